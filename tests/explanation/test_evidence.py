"""Who recorded each fact, where and when: everything a dossier holds stands in the explanation."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from examples import examples
from explanation.test_golden import AT, SEEN, from_dossier
from routeengine import Engine
from routeengine.dossier import Dossier, Observation
from routeengine.errors import UsageError
from routeengine.explanation import LANGUAGES
from routeengine.explanation.page.evidence import counted
from routeengine.explanation.parts import EvidenceNode, ObservationNode
from routeengine.i18n import catalogue, date_in_words, wording_of
from routeengine.record.canonical import canonical
from routeengine.ruleset.evidence import EvidenceSource
from routeengine.ruleset.model import RuleSet

ENGINE = Engine(SMALL)


def every(node: EvidenceNode) -> list[ObservationNode]:
    """Give all observations of one fact."""
    return [*node.basis, *node.agreeing, *node.superseded, *node.declined]


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(observations(), max_size=6), st.sampled_from(["nl", "en"]))
def test_nothing_of_a_dossier_is_left_out(seen: list[Observation], language: str) -> None:
    """Each fact carries each observation once, in the role in which the dossier weighed it."""
    dossier = Dossier(SMALL, seen, as_of=TODAY)
    explanation = ENGINE.explain(dossier.profile(), lang=language)
    for fact in SMALL.facts:
        held, node = dossier.evidence(fact.id), explanation.facts[fact.id].evidence
        if fact.id not in dossier.profile().evidence:
            assert node is None
            continue
        assert node is not None
        for ours, theirs in (
            (node.basis, held.basis),
            (node.agreeing, held.agreeing),
            (node.superseded, held.superseded),
            (node.declined, tuple(o for o in held.declined if o not in held.basis)),
        ):
            assert [(o.source, o.date, o.assessor) for o in ours] == [
                (o.source, o.date, o.assessor) for o in theirs
            ]
        assert node.conflict == bool(held.conflicting)
        assert sum(one.stale for one in every(node)) == len(held.stale)
        assert len({one.id for one in every(node)}) == len(every(node))


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(observations(), max_size=6), st.sampled_from(["nl", "en"]))
def test_every_observation_is_shown_with_its_date_in_words(
    seen: list[Observation], language: str
) -> None:
    """Where and when, and by whom what counts; what is stale is flagged in words."""
    explanation = ENGINE.explain(Dossier(SMALL, seen, as_of=TODAY).profile(), lang=language)
    text, shown = " ".join(explanation.to_text().split()), list[ObservationNode]()
    for fact in counted(explanation).values():
        if fact.evidence is not None:
            shown += (*fact.evidence.basis, *fact.evidence.superseded)
            assert all(one.assessor in text for one in fact.evidence.basis)
    for one in shown:
        assert f"{one.source_label}, {date_in_words(one.date, language)}" in text
    assert (catalogue(language).client.old in text) == any(one.stale for one in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dossier_in_full(rijswijk: RuleSet, language: str) -> None:
    """Superseded, conflicting, stale and declined evidence are each told apart."""
    explanation = from_dossier(rijswijk, language)
    evidence = {name: node.evidence for name, node in explanation.facts.items() if node.evidence}
    assert [one.stale for one in evidence["rung"].basis] == [True]
    assert [one.source for one in evidence["current_service"].superseded] == ["file"]
    assert evidence["willing"].conflict
    assert len(evidence["willing"].basis) == 2
    assert [one.words for one in evidence["addiction"].basis] == [wording_of(language).declined]
    assert not evidence["addiction"].declined
    assert len(evidence["housing"].declined) == 1
    # What a source settles by itself is traced to it as well.
    assert {one.source for one in evidence["conversation_held"].basis} == {"conversation"}
    assert len(SEEN) <= sum(len(every(one)) for one in evidence.values())


def test_a_source_that_the_rules_do_not_know_is_named_by_its_id() -> None:
    """A dossier that was weighed by other rules is shown with what it says itself."""
    assert SMALL.evidence is not None
    radio = EvidenceSource("radio", 9, {"nl": "radio", "en": "radio"})
    held = replace(SMALL.evidence, sources=(*SMALL.evidence.sources, radio))
    seen = [Observation("debts", "mild", "radio", TODAY, "consultant 1")]
    dossier = Dossier(replace(SMALL, evidence=held), seen, as_of=TODAY)
    node = ENGINE.explain(dossier.profile(), lang="nl").facts["debts"].evidence
    assert node is not None
    assert [one.source_label for one in node.basis] == ["radio"]


@pytest.mark.gate
def test_the_time_is_the_callers(rijswijk: RuleSet, engine: Engine) -> None:
    """No clock is read; a time that says no distance from UTC is refused."""
    assert from_dossier(rijswijk, "nl").versions.at == AT
    assert "1 juni 2023 om 10:15 uur (UTC+02:00)" in from_dossier(rijswijk, "nl").to_text()
    plain = engine.explain({}, lang="en")
    assert plain.versions.at is None
    assert "Calculated on" not in plain.to_text()
    day: Any = date(2024, 1, 1)  # which is no time, though it looks like one
    for at in (datetime.fromisoformat("2024-01-01T12:00"), day):
        with pytest.raises(UsageError, match="distance from UTC"):
            engine.explain({}, at=at)


def test_the_digest_of_the_facts_is_that_of_the_record(engine: Engine) -> None:
    """An auditor who holds the record can work out the digest in the explanation."""
    profile = {"client_id": 'c\u00e9"1', "rung": 2, "willing": None, "current_service": "wsp"}
    result = engine.classify(profile)
    record = engine.record(result, datetime(2024, 1, 1, tzinfo=UTC))
    body = record.codec.write(record.body)
    assert isinstance(body, dict)
    held = canonical({"client_id": body["client_id"], "facts": body["facts"]})
    digest = engine.explain(result).versions.input_sha256
    assert digest == hashlib.sha256(held).hexdigest()
