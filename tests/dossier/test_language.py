"""The sections `evidence` and `follow_up` of the rule language, and the shipped ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dossier.observed import EVIDENCE, SMALL
from generated import BOTH
from routeengine import RuleSet, RuleSetError
from routeengine.loading import load_ruleset
from routeengine.ruleset.checks import check
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.evidence import ActivationForm, Evidence, EvidenceSource, FollowUp

REST = """
ruleset:
  id: small
  version: 1.0.0
  languages: [en]
  title: {en: small}
  purpose: {en: to test}
  owner: {en: us}
facts:
  spoken: {type: boolean, label: {en: spoken}, question: {en: spoken?}, why_needed: {en: so}}
  rung:
    {type: integer, minimum: 1, maximum: 6, label: {en: rung}, question: {en: rung?},
     why_needed: {en: so}}
decisions:
  route:
    label: {en: route}
    outcomes:
      A: {label: {en: a}, description: {en: a}}
      B: {label: {en: b}, description: {en: b}}
    rules:
      other: {label: {en: other}, otherwise: true, then: A, reason: {en: so},
              basis: interpretation,
              interpretation: {choice: {en: so}, because: {en: so}, alternative: {en: so}}}
flags:
  doubt: {label: {en: doubt}, raised_by: dossier, basis: interpretation,
          interpretation: {choice: {en: so}, because: {en: so}, alternative: {en: so}}}
  spoke: {label: {en: spoke}, when: spoken, basis: interpretation,
          interpretation: {choice: {en: so}, because: {en: so}, alternative: {en: so}}}
"""

GOOD = """
evidence:
  newer_conflict_months: 6
  flags: {conflict: doubt, superseded: doubt, stale: doubt}
  sources:
    talk: {label: {en: talk}, rank: 2, sets: {spoken: true, rung: 3}, max_age_months: 9}
    file: {label: {en: file}, rank: 1}
follow_up:
  decision: route
  upwards: [B, A]
  fact: rung
  forms:
    whole: {label: {en: whole}}
    part: {label: {en: part}, part_of: whole}
"""


def loaded(extra: str) -> RuleSet:
    """Load the small rule set with these sections."""
    return load_ruleset({"rest.yaml": REST, "extra.yaml": extra})


def test_both_sections_are_read_as_written() -> None:
    """Every key of them arrives in the rule set."""
    ruleset = loaded(GOOD)
    en = {"en": "talk"}
    assert ruleset.evidence == Evidence(
        (
            EvidenceSource("talk", 2, en, {"spoken": True, "rung": 3}, 9),
            EvidenceSource("file", 1, {"en": "file"}),
        ),
        6, "doubt", "doubt", "doubt",
    )  # fmt: skip
    assert ruleset.evidence.sources[0].place.line == 6
    assert ruleset.follow_up == FollowUp(
        "route", ("B", "A"), "rung",
        (
            ActivationForm("whole", {"en": "whole"}),
            ActivationForm("part", {"en": "part"}, "whole"),
        ),
    )  # fmt: skip
    assert ruleset.follow_up.forms[1].place.line == 14


def test_both_sections_may_be_left_out() -> None:
    """A rule set need not know of dossiers; what is optional in them may be left out too."""
    assert (loaded("").evidence, loaded("").follow_up) == (None, None)
    bare = loaded(
        "evidence: {sources: {file: {label: {en: file}, rank: 1}}}\n"
        "follow_up: {decision: route, upwards: []}\n"
    )
    assert bare.evidence == Evidence((EvidenceSource("file", 1, {"en": "file"}),))
    assert bare.follow_up == FollowUp("route", ())


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("newer_conflict_months: 6", "newer_conflict_months: -1",
         "3:26: `newer_conflict_months` is a number of months, and cannot be below 0"),
        ("max_age_months: 9", "max_age_months: -9",
         "6:87: `max_age_months` is a number of months, and cannot be below 0"),
        (", stale: doubt", "", ("6:87: `max_age_months` needs a flag for evidence that is older "
          "(name it under `flags: {stale: …}`)")),
        ("stale: doubt", "stale: doupt", "4:54: `doupt` is no flag (did you mean `doubt`?)"),
        ("conflict: doubt", "conflict: spoke", ("4:21: `spoke` is raised by a condition, not by "
          "the dossier (give the flag `raised_by: dossier`)")),
        ("spoken: true", "spoken: perhaps",
         "6:55: `spoken` cannot be `perhaps` (it is true or false)"),
        ("rung: 3", "rung: 7",
         "6:67: `rung` cannot be `7` (it is a whole number from 1 to 6)"),
        ("spoken: true", "spokn: true", "6:47: `spokn` is no fact (did you mean `spoken`?)"),
        ("rank: 1", "rank: 1, sets: {rung: 2}", ("7:53: `rung` is set to another value by `talk` "
          "(a fact can be settled in one way only)")),
        ("{en: file}", "{}", "7:12: `label` lacks its words in `en` (add `en: …`)"),
        ("file:", "File:", ("7:5: `File` cannot be an id (begin with a lower-case letter, then "
          "lower-case letters, digits and underscores)")),
        ("decision: route", "decision: root",
         "9:13: `root` is no decision (did you mean `route`?)"),
        ("[B, A]", "[B, C]", "10:16: `C` is no outcome of `route` (it has `A`, `B`)"),
        ("[B, A]", "[B, B]", "10:16: `B` appears twice"),
        ("fact: rung", "fact: rang", "11:9: `rang` is no fact (did you mean `rung`?)"),
        ("part_of: whole", "part_of: hole",
         "14:40: `hole` is no form (did you mean `whole`?)"),
        ("part_of: whole", "part_of: part",
         "14:40: `part_of` goes round in a circle: `part`"),
        ("{en: whole}", "{}", "13:13: `label` lacks its words in `en` (add `en: …`)"),
        ("part:", "Part:", ("14:5: `Part` cannot be an id (begin with a lower-case letter, then "
          "lower-case letters, digits and underscores)")),
    ],
)  # fmt: skip
def test_a_fault_is_found_at_its_place(good: str, bad: str, fault: str) -> None:
    """One thing wrong is one fault, with line, column and what to try."""
    assert good in GOOD
    with pytest.raises(RuleSetError) as caught:
        loaded(GOOD.replace(good, bad))
    assert [str(one) for one in caught.value.faults] == [f"extra.yaml:{fault}"]


def test_evidence_needs_a_source() -> None:
    """Without sources nothing could ever be observed."""
    with pytest.raises(RuleSetError, match="`evidence` needs a source at least"):
        loaded("evidence: {sources: {}}\n")


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ({"shoes": True}, "`shoes` is no fact"),
        ({"spoken": "yes"}, "`spoken` is set to a value that it does not have"),
        ({"months": True}, "`months` is set to a value that it does not have"),
    ],
)
def test_rule_sets_made_by_hand_are_checked_too(sets: dict[str, Any], message: str) -> None:
    """What the loader would have refused, the checks of a rule set refuse."""
    evidence = replace(EVIDENCE, sources=(EvidenceSource("talk", 1, BOTH, sets),))
    flaws = [flaw.message for flaw in check(replace(SMALL, evidence=evidence))]
    assert message in flaws
    sound = [flaw.message for flaw in check(replace(SMALL, evidence=EVIDENCE))]
    assert message not in sound


@pytest.mark.parametrize(
    "changes",
    [
        {"newer_conflict_months": 11},
        {"conflict_flag": None},
        {"superseded_flag": None},
        {"stale_flag": "source_conflict"},
        {"sources": EVIDENCE.sources[:2]},
        # An observation names its source by this.
        {"sources": (replace(EVIDENCE.sources[1], id="letter"), *EVIDENCE.sources[::2])},
        {"sources": (replace(EVIDENCE.sources[0], rank=9), *EVIDENCE.sources[1:])},
        {"sources": (replace(EVIDENCE.sources[0], max_age_months=7), *EVIDENCE.sources[1:])},
        {"sources": (*EVIDENCE.sources[:2], replace(EVIDENCE.sources[2], sets={"spoken": False}))},
    ],
)
def test_how_evidence_is_weighed_is_part_of_the_meaning(changes: dict[str, Any]) -> None:
    """Another rank, age, limit, flag or settled fact changes the digest of the meaning."""
    other = replace(SMALL, evidence=replace(EVIDENCE, **changes))
    assert meaning_digest(other) != meaning_digest(SMALL)


def test_a_label_of_a_source_is_no_part_of_the_meaning() -> None:
    """A mended typo, and another order of sources, keep the digest of the meaning."""
    mended = (*EVIDENCE.sources[1:], replace(EVIDENCE.sources[0], label={"nl": "x", "en": "y"}))
    other = replace(SMALL, evidence=replace(EVIDENCE, sources=mended))
    assert meaning_digest(other) == meaning_digest(SMALL)
    assert whole_digest(other) != whole_digest(SMALL)
    assert meaning_digest(replace(SMALL, evidence=None)) != meaning_digest(SMALL)


def test_the_shipped_policy_weighs_as_the_letter_is_read(rijswijk: RuleSet) -> None:
    """Conversation over form over file, twelve months, and the conversation settles itself."""
    assert rijswijk.evidence is not None
    sources = sorted(rijswijk.evidence.sources, key=lambda source: -source.rank)
    assert [source.id for source in sources] == ["conversation", "form", "file"]
    assert len({source.rank for source in sources}) == 3
    assert [dict(source.sets) for source in sources] == [{"conversation_held": True}, {}, {}]
    assert rijswijk.evidence.newer_conflict_months == 12
    flags = (rijswijk.evidence.superseded_flag, rijswijk.evidence.conflict_flag)
    assert flags == ("superseded_evidence", "source_conflict")
    by_dossier = {flag.id for flag in rijswijk.flags if flag.when is None}
    assert by_dossier == set(flags)


def test_the_shipped_policy_follows_route_and_rung(rijswijk: RuleSet) -> None:
    """Routes go up from D to A, and the seven forms of activation have words in both languages."""
    follow_up = rijswijk.follow_up
    assert follow_up is not None
    assert (follow_up.decision, follow_up.fact) == ("route", "rung")
    assert follow_up.upwards == ("D", "C", "B", "A")
    assert {form.id: form.part_of for form in follow_up.forms} == {
        "informal_care": None,
        "volunteering": None,
        "day_activities": None,
        "individual_programme": None,
        "basic_job": "individual_programme",
        "found_it_themselves": None,
        "already_active": None,
    }
    assert all(set(form.label) == {"nl", "en"} for form in follow_up.forms)
