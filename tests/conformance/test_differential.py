"""The differential agrees on some cases, and shows what does not agree."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from conformance import differential
from conformance.candidates import EXECUTORS, Given, Told
from conformance.made import a_possible_ruleset
from conformance.richer import a_closer_state, a_richer_ruleset
from examples import examples
from routeengine.profile import State
from routeengine.ruleset.model import RuleSet


@pytest.mark.gate
def test_the_command_finds_no_disagreement(tmp_path: Path) -> None:
    """All executors agree; the page that is written says how many cases each had."""
    page, cases = tmp_path / "page.md", examples(2000)
    done = subprocess.run(
        [sys.executable, differential.__file__,
         "--cases", str(cases), "--seed", "9", "--write", page],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert page.read_text(encoding="utf-8") == done.stdout
    assert "Disagreements: 0." in done.stdout
    had = dict(re.findall(r"^\| ([a-z, ]+) \| ([0-9,]+) \|$", done.stdout, re.MULTILINE))
    numbers = {name: int(number.replace(",", "")) for name, number in had.items()}
    assert numbers["reference"] == numbers["lanes"] == numbers["first sight"] >= cases
    assert numbers["tables"] > cases // 2


def without_flags(ruleset: RuleSet) -> Given:
    """Build lanes that forget flags: what a fault would look like."""
    whole = EXECUTORS["lanes"].build(ruleset)

    def answer(states: Sequence[State]) -> list[Told]:
        return [{**one, "flags": ()} for one in whole(states)]

    return answer


@pytest.mark.gate
def test_a_disagreement_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is small, and can be made again, whatever refers to whatever."""
    faulty = replace(EXECUTORS["lanes"], name="faulty", build=without_flags)
    monkeypatch.setattr(differential, "EXECUTORS", {"faulty": faulty})
    random, found = Random(4), list[differential.Disagreement]()
    while len(found) < 5:
        ruleset = a_possible_ruleset(random, a_richer_ruleset)
        states = [a_closer_state(random, ruleset) for _ in range(20)]
        seen = differential.disagreements(ruleset, states, [faulty], Counter())
        found += islice(seen, 1)
    for small in map(differential.shrunk, found):
        assert len(small.ruleset.flags) == 1
        assert len(small.ruleset.facts) <= 3
        assert "`faulty` differs from `reference`" in str(small)
        assert f'"id": "{small.ruleset.flags[0].id}"' in str(small)
