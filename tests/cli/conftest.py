"""Shared set-up of the tests of the commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import routeengine.executors.lanes as lanes_module
import routeengine.loading as loading_module
from routeengine.loading.files import Files
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet


@pytest.fixture(scope="package", autouse=True)
def read_once() -> Iterator[None]:
    """Read the same files once, and make ready for the same rules once.

    Whoever embeds the library does so too; and to read took most of the time of a command.
    """
    load, read = loading_module._load, dict[tuple[object, ...], RuleSet]()
    ready = dict[tuple[int, int], tuple[RuleSet, CompiledRuleSet]]()

    def loaded(files: Files) -> RuleSet:
        texts = {n: f if isinstance(f, str | bytes) else f.read_bytes() for n, f in files.items()}
        key = tuple(texts.items())
        if key not in read:
            read[key] = load(texts)
        return read[key]

    def compiled(ruleset: RuleSet, budget: int) -> CompiledRuleSet:
        key = id(ruleset), budget
        if key not in ready:  # the rule set is kept too, so that no other one gets its id
            ready[key] = ruleset, CompiledRuleSet(ruleset, budget)
        return ready[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading_module, "_load", loaded)
        patch.setattr(lanes_module, "CompiledRuleSet", compiled)
        yield
