"""`routeengine check` shows each finding with its witness, and what may stay apart from them."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from families import FAMILIES
from generated import BOTH, GROUNDS
from routeengine.cli import main
from routeengine.formatters.check import as_json, as_text, findings
from routeengine.formatters.data import all_digits
from routeengine.ruleset.conditions import All, Any, Exactly, FactIs, Not
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Constraint, RuleSet
from routeengine.value_set import set_of_bits
from routeengine.verification import verify
from routeengine.verification.instances import Checked
from verification.broken import LIBRARY, POLICY
from verification.pairs import a_rule, door, with_rule


def copied(tmp_path: Path, folder: Path, file: str, *patch: tuple[str, str]) -> str:
    """Copy a rule set with texts of one file replaced; give its path."""
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    text = (copy / file).read_text(encoding="utf-8")
    for old, new in patch:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / file).write_text(text, encoding="utf-8")
    return str(copy)


@pytest.mark.gate
def test_a_change_that_is_not_expected_is_shown_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fact that changes stands with both its values, and the witness keeps to what it needs."""
    rules = copied(
        tmp_path, POLICY, "decision-2-route.yaml",
        ("- not: willing\n            - not: active_at_maximum\n        then: {review: [B]}",
         "- not: willing\n            - not: active_at_maximum\n        then: D"),
    )  # fmt: skip
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert (
        "error: expectation `unwillingness_alone_is_no_ground_for_rest` does not hold: "
        "`route` can go from `B` to `D` [broken_expectation]\n  for instance: " in printed
    )
    assert "willing: true -> false" in printed
    assert "expectations that hold: 8 of 12" in printed
    assert main(["check", rules, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (one,) = [f for f in data["findings"] if f["changed"]]
    assert (one["witness"]["willing"], one["changed"]["willing"]) == (True, False)
    assert "willing" in one["enough"]
    assert {f["kind"] for f in data["accepted"]} == {"idle_outranks"}
    assert data["accepted"][0]["accepted"]["en"]
    assert len(data["expectations"]) == 8


def test_what_never_is_has_no_witness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning without an example; status 1 all the same."""
    rules = copied(tmp_path, LIBRARY, "3-decisions.yaml", ("        - one_loose_end\n", ""))
    Path(rules, "5-expectations.yaml").unlink()
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert "warning: criterion `one_loose_end` makes no difference: " in printed
    assert "for instance" not in printed
    assert "expectations" not in printed
    assert printed.startswith("library-card 1.2.0: 1 warning, 2 notes\n\n")


def test_a_note_is_told_and_found_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An outcome that is only ever proposed is worth a note, and no failure."""
    rules = copied(
        tmp_path, LIBRARY, "3-decisions.yaml",
        ("        then: guest_card\n", "        then: {review: [guest_card]}\n"),
        ("        when: {decision: card, outcome: guest_card}\n",
         "        when: {all: [guest, {not: staff_family}]}\n"),
    )  # fmt: skip
    assert main(["check", rules]) == 0
    printed = capsys.readouterr().out
    assert "note: outcome `guest_card` of `card` is a candidate, and never decided" in printed
    assert printed.splitlines()[0].endswith("every rule has its use; 3 notes; 1 accepted")


@pytest.mark.gate
def test_what_is_needed_besides_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts that the constraints bring along are told after those that are enough."""
    rules = copied(
        tmp_path, POLICY, "decision-2-route.yaml",
        ("            - not: serious_barrier\n", "            - not: single_serious_problem\n"),
    )  # fmt: skip
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert "can_start_soon: true" in printed
    assert "  and with that: able_to_participate: true\n" in printed


def test_what_is_wrong_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How many of each on the first line, then errors before warnings, and then the proof."""
    rules = copied(
        tmp_path, LIBRARY, "3-decisions.yaml",
        ("        - one_loose_end\n", ""),
        ("        outranks: [card_full, card_guest]\n", ""),
    )  # fmt: skip
    assert main(["check", rules]) == 1
    first, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"library-card 1\.2\.0: \d errors?, \d warnings?.*", first)
    severities = re.findall(r": (error|warning|note): ", "\n".join(lines))
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert {"error", "warning"} <= set(severities)
    proof = next(number for number, line in enumerate(lines) if line.startswith("proof, on all"))
    assert all(": error: " not in line for line in lines[proof:])


def printed_of(ruleset: RuleSet) -> str:
    """Give what is printed of a rule set, without its closing lines."""
    return "\n".join(findings(ruleset, verify(ruleset)))


@pytest.mark.gate
def test_overlaps_are_told_per_first_rule() -> None:
    """1,770 of them are 59 findings in print, and the whole amount is told once."""
    printed = printed_of(FAMILIES["different_outcomes"](60))
    lines = printed.splitlines()
    assert sum("[overlap]" in line for line in lines) == 59
    assert sum(" cover: " in line for line in lines) == 1
    assert len(lines) < 200
    assert max(map(len, lines)) < 200
    assert (
        "error: decision `door` has overlaps: "
        "`r2` overlaps with `r3`, `r4`, `r5`, `r6`, … 57 in all [overlap]\n"
        "  for instance: f2: true, f3: true\n"
        "  to mend it: let `r2` go first by `outranks: [r3, r4, r5, r6, …]`, "
        "or whichever of those should by `outranks: [r2]`; "
        "or rank all rules by `order` or `priority`\n"
    ) in printed
    assert (
        "`r57` overlaps with `r58`, `r59` [overlap]\n"
        "  for instance: f57: true, f58: true\n"
        "  to mend it: let `r57` go first by `outranks: [r58, r59]`, "
        "or whichever of those should by `outranks: [r57]`; "
        "or rank all rules by `order` or `priority`\n"
    ) in printed
    assert "  Always: fact 58: yes; fact 59: yes.\n" in printed
    assert printed.endswith(
        "let one go first: `outranks: [r59]` at `r58`, or `outranks: [r58]` at `r59`; "
        "or rank all rules by `order` or `priority`\n"
        "  the overlaps of `door` together (pairs share profiles) cover: "
        f"{2**60 - 61:,} combinations ({2**60 - 61:,} full profiles)"
    )


def test_counts_have_all_their_digits() -> None:
    """Of 900 facts with 100,000 values each there are more profiles than Python writes out."""
    ruleset = FAMILIES["same_outcome"](2)
    (fact, *_), domain = ruleset.facts, IntegerDomain(0, 99_999)
    many = tuple(replace(fact, id=f"n{number}", domain=domain) for number in range(900))
    large = replace(ruleset, facts=(*ruleset.facts, *many))
    checked = [Checked(large, (), verify(large))]
    with all_digits():
        assert f" ({4 * 10**4500:,} full profiles) looked through" in as_text(checked)
        data = json.loads(as_json(checked))
        assert sum(data["proofs"][0]["profiles"].values()) == 4 * 10**4500
    with pytest.raises(ValueError, match="digits"):
        str(10**4500)


def test_one_overlap_has_all_that_overlaps() -> None:
    """It covers what the overlaps of its decision cover together, so that is told once."""
    lines = printed_of(FAMILIES["different_outcomes"](2)).splitlines()
    assert [line for line in lines if "cover" in line] == [
        "  covers: 1 combination (1 full profile)"
    ]


def test_of_many_regions_a_few_are_told() -> None:
    """An even number of seven things is 64 regions: 8 are told, 22 more found, and 34 counted."""
    ruleset = door(["x"], *(a_rule(number, "x") for number in range(7)))
    things = tuple(rule.when for rule in ruleset.rule.values() if rule.when is not None)
    odd = Any(tuple(Exactly(number, things) for number in (1, 3, 5, 7)))
    (decision,) = ruleset.decisions
    rule = replace(decision.rules[0], when=odd)
    lines = printed_of(replace(ruleset, decisions=(replace(decision, rules=(rule,)),))).splitlines()
    assert sum(re.match(r"  \d+\. ", line) is not None for line in lines) == 8
    assert lines[-2:] == [
        "  and 22 more, in --json",
        "  and a further 34 combinations (34 full profiles)",
    ]


def test_what_constraints_bring_along_is_told_apart() -> None:
    """After the facts that are enough, and only where it is not the first value of a fact."""
    one, third = (FactIs(fact, set_of_bits(2)) for fact in ("f0", "f2"))
    ruleset, when = FAMILIES["different_outcomes"](3), All((Not(one), third))
    ruleset = with_rule(ruleset, "r2", when=when, outranks=("r1",))
    instance = "  for instance: f0: true, f1: true\n"
    assert f"{instance}  covers: " in printed_of(ruleset)
    never = Constraint("never", All((one, Not(third))), BOTH, GROUNDS)
    told = printed_of(replace(ruleset, constraints=(never,)))
    assert f"{instance}  and with that: f2: true\n  covers: " in told


def test_what_would_mend_an_overlap_mends_it() -> None:
    """And where no rule is for all else, that is said too."""
    ruleset = FAMILIES["different_outcomes"](3)
    bare = with_rule(ruleset, "else", when=Not(FactIs("f0", set_of_bits(3))))
    words = "  a rule that is meant for all else has `otherwise: true` and no `when`\n"
    assert words in printed_of(bare)
    assert "otherwise" not in printed_of(ruleset)
    mended = with_rule(with_rule(ruleset, "r0", outranks=("r1", "r2")), "r2", outranks=("r1",))
    assert verify(mended).clean


@pytest.mark.gate
def test_findings_as_data_have_all_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where by file and line, regions with their values, and what would mend it."""
    rules = copied(tmp_path, POLICY, "decision-2-route.yaml", ("        outranks: [route_d]\n", ""))
    assert main(["check", rules, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (one,) = [f for f in data["findings"] if f["kind"] == "overlap"]
    assert one["severity"] == "error"
    file, line = one["where"].rsplit(":", 1)
    assert file.endswith("decision-2-route.yaml")
    text = Path(tmp_path, POLICY.name, "decision-2-route.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[int(line) - 1].strip() == "route_d:"
    assert one["place"].startswith(one["where"] + ":")
    assert one["hint"].startswith(
        "let one go first: `outranks: [prognosis_against_d]` at `route_d`"
    )
    assert all(region["where"]["able_to_participate"] == [False] for region in one["regions"])
    assert all(0 < region["combinations"] <= one["combinations"] for region in one["regions"])
    assert one["left_over"] == {"combinations": 0, "profiles": 0}
    (route,) = [proof for proof in data["proofs"] if proof["decision"] == "route"]
    assert route["overlap"] == {key: one[key] for key in ("combinations", "profiles")}


@pytest.mark.gate
def test_what_may_stand_in_for_origin_is_explained_on_every_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error where there are sentences for pages and this one is not; without any, a note."""
    assert main(["check", str(LIBRARY)]) == 0
    assert "note: fact `lives_in_town` may stand in for origin" in capsys.readouterr().out
    words = Path(POLICY, "words.yaml").read_text(encoding="utf-8")
    effect = words[words.index("      proxy_effect:") : words.index("    finances:")]
    silent = copied(tmp_path, POLICY, "words.yaml", (effect, ""))
    assert main(["check", silent]) == 1
    printed = capsys.readouterr().out
    assert "error: fact `current_service` may stand in for origin" in printed
    assert "  to mend it: say so to the client: `proxy_effect` under `words: facts: " in printed
