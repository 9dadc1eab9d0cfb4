"""Rules are read once, where tests ask for the same ones over and over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import routeengine.executors.lanes as lanes_module
import routeengine.loading as loading_module
from routeengine.loading.files import Files
from routeengine.loading.parameters import Asked
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet

__all__ = ["read_once"]

_READ: dict[tuple[object, ...], RuleSet] = {}
_READY: dict[tuple[int, int], CompiledRuleSet] = {}


def read_once() -> Iterator[None]:
    """Read the same files once, and make ready for the same rules once.

    Whoever embeds the library does so too; and to read took most of the time of a command.
    What is shared does not change: what is made of a text depends on the text alone. For the module
    that asks and no longer: a fixture for a folder would last until all tests are done.
    """
    load, read, ready = loading_module._load, _READ, _READY

    def loaded(files: Files, asked: Asked) -> RuleSet:
        contents = files.contents.items()
        texts = {n: f if isinstance(f, str | bytes) else f.read_bytes() for n, f in contents}
        if any("table:" in str(text) for text in texts.values()):
            return load(files, asked)  # what stands beside them may be another table each time
        key = asked, *texts.items()
        if key not in read:
            read[key] = load(Files(texts, files.beside), asked)
        return read[key]

    def compiled(ruleset: RuleSet, budget: int) -> CompiledRuleSet:
        if not any(one is ruleset for one in read.values()):
            return CompiledRuleSet(ruleset, budget)
        key = id(ruleset), budget
        if key not in ready:
            ready[key] = CompiledRuleSet(ruleset, budget)
        return ready[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading_module, "_load", loaded)
        patch.setattr(lanes_module, "CompiledRuleSet", compiled)
        yield
