"""A machine that grows dossiers: the shipped rules stand it, and what is broken is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis.stateful import run_state_machine_as_test

import routeengine
from dossier.observed import SMALL
from examples import examples
from generated import a_fact, build_ruleset
from routeengine import Between, OneOf
from routeengine.dossier import Dossier
from routeengine.errors import UsageError
from routeengine.observation import DossierProfile
from routeengine.profile import DECLINED
from routeengine.result import Result
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import RuleSet
from routeengine.testing import BrokenLawError, dossier_machine, observations

TestShippedDossiers = dossier_machine(routeengine.load_ruleset("rijswijk-2023")).TestCase
TestShippedDossiers.settings = settings(
    max_examples=examples(30), stateful_step_count=12, deadline=None
)

QUICK = settings(
    max_examples=300, stateful_step_count=6, deadline=None, database=None, phases=(Phase.generate,)
)


@pytest.mark.parametrize("form", [int, str, OneOf, Between, type(DECLINED)])
def test_every_form_of_evidence_is_drawn(rijswijk: RuleSet, form: type) -> None:
    """Values, parts of values, ranges, and what somebody declined to say."""
    quick = settings(QUICK, max_examples=2000)
    assert find(observations(rijswijk), lambda one: type(one.value) is form, settings=quick)


def test_rules_without_evidence_have_no_dossiers() -> None:
    """Both say so."""
    both = {"nl": "x", "en": "x"}
    bare = build_ruleset(
        "bare",
        title=both,
        purpose=both,
        owner=both,
        languages=("nl",),
        facts=(a_fact("f", BooleanDomain()),),
    )
    for make in (observations, dossier_machine):
        with pytest.raises(UsageError, match="`bare` does not say how evidence is weighed"):
            make(bare)


def lost(self: Dossier, *more: Any, **other: Any) -> Dossier:
    """Add to a dossier, and lose what was there."""
    return Dossier(self.ruleset, more, as_of=other.get("as_of") or self.as_of)


def flagless(self: Result) -> tuple[str, ...]:
    """Forget the flags of the dossier."""
    return self.answer.flags


@pytest.mark.parametrize(
    ("owner", "name", "broken", "message"),
    [
        (Dossier, "add", lost, "an observation is lost"),
        (DossierProfile, "provenance", property(lambda _: {}), "does not say what it rests on"),
        (Result, "flags", property(flagless), "a flag is missing"),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, broken: Any, message: str
) -> None:
    """With the profile and its explanation."""
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(BrokenLawError, match=message) as caught:
        run_state_machine_as_test(dossier_machine(SMALL), settings=QUICK)
    assert "What the rules say of it:" in str(caught.value)
