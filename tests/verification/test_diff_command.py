"""`routeengine diff` says what changes, for people and as data, and shows no client's facts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from families import FAMILIES
from routeengine.cli import main
from routeengine.difference_words import DifferenceWords, amount_in_words
from routeengine.formatters.diff import as_json, as_text
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import RuleSet
from routeengine.verification import diff
from routeengine.verification.space import Amount
from verification.broken import LIBRARY, POLICY
from verification.pairs import with_rule

CASELOAD = str(Path(__file__).resolve().parents[2] / "fixtures" / "caseload.csv")
DECISIONS, FACTS = "3-decisions.yaml", "2-facts.yaml"
MONTH = {"decision-2-route.yaml": (("{at_most: 23}     #", "{at_most: 24}     #"),)}


def changed(tmp_path: Path, folder: Path, files: Mapping[str, tuple[tuple[str, str], ...]]) -> str:
    """Copy a rule set with texts of its files replaced everywhere; give its path."""
    copy = tmp_path / f"changed-{folder.name}"
    shutil.copytree(folder, copy)
    for file, patch in files.items():
        text = (copy / file).read_text(encoding="utf-8")
        for old, new in patch:
            assert old in text, old
            text = text.replace(old, new)
        (copy / file).write_text(text, encoding="utf-8")
    return str(copy)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Give what was printed, with plain spaces in numbers."""
    return capsys.readouterr().out.replace("\u00a0", " ")


@pytest.mark.gate
def test_the_same_rules_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0, and said in either language."""
    for language in LANGUAGES:
        assert main(["diff", "rijswijk-2023", str(POLICY), "--lang", language]) == 0
        assert told(capsys).splitlines()[1:] == [catalogue(language).difference.same]


def test_a_change_is_told_in_regions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From, to, where, how much and one example; in the labels of the rule set."""
    also_full = ("outcome: guest_card}", "outcome: [guest_card, full]}")
    new = changed(tmp_path, LIBRARY, {DECISIONS: (also_full,)})
    assert main(["diff", str(LIBRARY), new, "--lang", "en"]) == 1
    printed = told(capsys)
    assert (
        "the decision books to take home: 10 (ten) -> "
        "a review by a staff member (more than one rule fits; 10 (ten) or 3 (three))\n"
        "  36 combinations of facts, 35,226 full profiles\n"
        "  Always: age: at least 18; lives in town: lives here; family of staff: no.\n" in printed
    )
    assert "     for instance: age: 18; fine: none; overdue books: 0\n" in printed
    assert printed.splitlines()[2] == "The two versions do not mean the same."
    assert main(["diff", str(LIBRARY), new]) == 1
    assert "de beslissing boeken mee naar huis: 10 (tien) -> een beoordeling" in told(capsys)


def test_regions_are_listed_under_what_they_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What holds in all of them is said once; then each by number, and flags too."""
    new = changed(tmp_path, POLICY, MONTH)
    assert main(["diff", "rijswijk-2023", new, "--lang", "en"]) == 1
    printed = told(capsys)
    assert "prognosis in months: 24.\n  Together with one of these:\n  1. addiction: " in printed
    assert "flag ‘the prognosis does not fit the route’: not raised -> raised" in printed
    assert "     for instance: rung: 1; addiction: mild problem\n" in printed


def test_all_else_that_differs_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts, values, decisions, flags, what is possible, how a dossier weighs, what is read."""
    new = changed(
        tmp_path,
        LIBRARY,
        {
            FACTS: (
                ("  wish:\n", "  want:\n"),
                ("  staff_family:\n", "  kin:\n    aliases: [staff_family]\n"),
                ("maximum: 50", "maximum: 60"),
                ("- has_borrowed: false\n", "- has_borrowed: false\n        - can_come\n"),
            ),
            DECISIONS: (
                ("- wish: [books, both]", "- want: [books, both]"),
                ("  van:\n", "  bus:\n"),
                ("decision: van", "decision: bus"),
                ("  talk:\n", "  phone:\n"),
                ("when: staff_family", "when: kin"),
            ),
            "4-following.yaml": (("rank: 2", "rank: 5"),),
            "5-expectations.yaml": (("{not: staff_family}", "{not: kin}"),),
        },
    )
    assert main(["diff", str(LIBRARY), new, "--lang", "en"]) == 1
    printed = told(capsys)
    for line in (
        "  renamed: `staff_family` -> `kin`",
        "  `overdue`: now also possible: 51 to 60",
        "  new: `want`",
        "  removed: `wish`",
        "removed: the decision van",
        "removed: flag ‘time for a talk’",
        "new: the decision van",
        "new: flag ‘time for a talk’",
        "facts that can now occur together",
        "A dossier now weighs observations differently.",
    ):
        assert f"{line}\n" in printed, line
    assert main(["diff", new, str(LIBRARY), "--lang", "en"]) == 1
    back = told(capsys)
    assert "`overdue`: no longer possible: 51 to 60" in back
    assert "facts that can no longer occur together" in back
    renames = ["wish=want", "van=bus", "talk=phone"]
    options = [word for one in renames for word in ("--rename", one)]
    assert main(["diff", str(LIBRARY), new, "--lang", "en", *options]) == 1
    renamed = told(capsys)
    assert "removed: " not in renamed
    assert "renamed: `wish` -> `want`" in renamed


def test_reading_a_fact_in_vain_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It counts where facts contradict each other, and is said so, both ways."""
    vain = ("when: {not: receives_benefit}", "when: {all: [{not: receives_benefit}, {any: [at_maximum, {not: at_maximum}]}]}")  # fmt: skip  # noqa: E501  as it stands in the file
    new = changed(tmp_path, POLICY, {"decision-1-scope.yaml": (vain,)})
    assert main(["diff", "rijswijk-2023", new, "--lang", "en"]) == 1
    printed = told(capsys)
    assert (
        "Where facts contradict each other, the decision scope may come out differently:\n"
        "  now also uses at maximum\n" in printed
    )
    assert main(["diff", new, "rijswijk-2023", "--lang", "en"]) == 1
    assert "  no longer uses " in told(capsys)


def test_everybody_is_a_region_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A change that touches every profile says so."""
    always = (("when: {not: can_come}", "when: {any: [can_come, {not: can_come}]}"),)
    flag = (("flags:\n", "flags:\n  hello:\n    label: {nl: dag, en: hello}\n    when: {not: can_come}\n    basis: source\n    cites: [van]\n"),)  # fmt: skip  # noqa: E501  as it stands in the file
    old = changed(tmp_path, LIBRARY, {"5-expectations.yaml": flag})
    new = changed(tmp_path / "new", Path(old), {"5-expectations.yaml": always})
    other = changed(tmp_path / "other", Path(new), {"5-expectations.yaml": (("{any: [can_come, {not: can_come}]}", "{all: [can_come, {not: can_come}]}"),)})  # fmt: skip  # noqa: E501  as it stands in the file
    assert main(["diff", new, other, "--lang", "en"]) == 1
    assert "flag ‘hello’: raised -> not raised\n" in (printed := told(capsys))
    assert "  whatever the facts are\n" in printed


@pytest.mark.gate
def test_a_caseload_shows_who_moves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """First how many move in which way, and who, by id; then a table each; no fact of anybody."""
    new = changed(tmp_path, POLICY, MONTH)
    command = ["diff", "rijswijk-2023", new, "--caseload", CASELOAD, "--lang", "en"]
    assert main(command) == 1
    printed = told(capsys)
    assert printed.splitlines()[4:6] == [
        "1,113 clients compared. Clients for whom something changes: 1",
        "  route: D -> review (A, B, D): 1",
    ]
    assert "  flags: - -> prognosis_conflict: 1\n\nWho:\n  R-0896  route: D -> review (A" in printed
    assert printed.index("Who:") < printed.index("(before, now)") < printed.index("the decision ")
    assert "a person reviewed this" not in printed
    assert main([*command, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert {"old": "D", "new": "review", "clients": 1} in data["caseload"]["matrices"]["route"]
    assert sum(one["clients"] for one in data["caseload"]["matrices"]["route"]) == 1113
    assert [one["client_id"] for one in data["caseload"]["moved"]] == ["R-0896"]
    assert "prognosis_months" not in json.dumps(data["caseload"])


@pytest.mark.gate
def test_whoever_loses_the_look_of_a_person_is_told_of_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Turned round, the same change takes a review away: that stands above all ways to move."""
    old = changed(tmp_path, POLICY, MONTH)
    assert main(["diff", old, "rijswijk-2023", "--caseload", CASELOAD, "--lang", "en"]) == 1
    lines = told(capsys).splitlines()
    assert lines[4:7] == [
        "1,113 clients compared. Clients for whom something changes: 1",
        "Note: a person used to review these clients, and no longer does: 1",
        "  route: review (A, B, D) -> D: 1",
    ]


def test_rows_that_cannot_be_used_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad row is a fault; a value that one version does not know is "cannot be used" by it."""
    new = changed(tmp_path, LIBRARY, {FACTS: (("maximum: 50", "maximum: 60"),)})
    file = tmp_path / "readers.csv"
    file.write_text(
        "client_id,age,fine,overdue,extra\na,12,none,55,x\nb,30,huge,0,x\nc,40,none,0,x\n",
        encoding="utf-8",
    )
    command = ["diff", str(LIBRARY), new, "--caseload", str(file), "--drop-columns", "extra"]
    assert main([*command, "--lang", "en"]) == 1
    printed = capsys.readouterr()
    assert f"{file}:3: fine: " in printed.err
    assert "huge" not in printed.err
    assert "2 clients compared" in printed.out
    assert "  a  card: cannot be used -> junior; " in printed.out
    assert main(["diff", str(LIBRARY), str(LIBRARY), *command[3:], "--lang", "en"]) == 1
    printed = capsys.readouterr()
    assert "Nothing changes for any client.\n" in printed.out
    assert "The two versions mean the same." in printed.out


def test_what_cannot_be_compared_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rename without two names, and a caseload for two types of one fact."""
    assert main(["diff", "rijswijk-2023", "rijswijk-2023", "--rename", "willing"]) == 2
    assert capsys.readouterr().err == "`--rename` takes OLD=NEW\n"
    retyped = ("  has_borrowed:\n    type: boolean", "  has_borrowed:\n    type: integer\n    minimum: 0\n    maximum: 1")  # fmt: skip  # noqa: E501  as it stands in the file
    new = changed(
        tmp_path, LIBRARY,
        {
            FACTS: (
                retyped,
                ("- has_borrowed: false", "- has_borrowed: 0"),
                ("{not: has_borrowed}", "{has_borrowed: 0}"),
            )
        },
    )  # fmt: skip
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age\na,12\n", encoding="utf-8")
    assert main(["diff", str(LIBRARY), new, "--caseload", str(file)]) == 2
    assert "`has_borrowed`: another type in each version" in capsys.readouterr().err


@pytest.mark.gate
def test_the_difference_is_data_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Regions in values, witnesses as full profiles, exact counts."""
    new = changed(tmp_path, POLICY, MONTH)
    assert main(["diff", "rijswijk-2023", new, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["same"] is False
    shift = data["shifts"][0]
    assert (shift["kind"], shift["name"]) == ("decision", "route")
    assert (shift["before"]["outcome"], shift["after"]["candidates"]) == ("D", ["A", "B", "D"])
    assert (shift["combinations"], shift["profiles"]) == (47448, 47448)
    region = shift["regions"][0]
    assert region["where"]["prognosis_months"] == [24]
    assert region["witness"]["prognosis_months"] == 24
    assert region["witness_of"] == {"old": region["witness"], "new": region["witness"]}
    assert data["shifts"][2]["after"] is True


def test_what_was_not_compared_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the budget was too small, and where regions were too many, it is said."""
    from routeengine.cli import diff as command
    from routeengine.verification import diff as whole

    monkeypatch.setattr(command, "diff", lambda a, b, r: whole(a, b, r, budget=400))
    assert main(["diff", "rijswijk-2023", changed(tmp_path, POLICY, MONTH), "--lang", "en"]) == 1
    assert "Too large to compare: decision " in told(capsys)


def test_overlaps_with_too_many_candidates_are_told_without_them() -> None:
    """Which candidates there are varies: no list of them is given, in words or as data."""
    old = FAMILIES["different_outcomes"](8)
    difference = diff(old, with_rule(old, "r7", then="o6"))
    lines = as_text(DifferenceWords(difference, "en"), None).splitlines()
    many = "a review by a staff member (more than one rule fits; various candidates)"
    assert f"the decision words: {many} -> {many}" in lines
    data = json.loads(as_json(difference, None))["shifts"]
    assert [one["before"]["candidates"] for one in data] == [[], ["o6", "o7"], None]


def test_regions_past_the_limit_are_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is told by its size."""
    from routeengine.cli import diff as command
    from routeengine.verification import diff as whole

    monkeypatch.setattr(command, "diff", lambda a, b, r: whole(a, b, r, most=1))
    assert main(["diff", "rijswijk-2023", changed(tmp_path, POLICY, MONTH), "--lang", "en"]) == 1
    assert "\n  and a further 15,048 combinations of facts" in told(capsys)


def test_a_witness_belongs_to_the_versions_that_allow_it(rijswijk: RuleSet) -> None:
    """It is given in the names of each, so that it can be classified there."""
    looser = replace(rijswijk, constraints=rijswijk.constraints[1:])
    for old, new, side in ((rijswijk, looser, "new"), (looser, rijswijk, "old")):
        shifts = json.loads(as_json(diff(old, new), None))["shifts"]
        (possible,) = (one for one in shifts if one["kind"] == "possible")
        for region in possible["regions"]:
            assert region["witness_of"] == {side: region["witness"]}


def test_a_name_is_renamed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Of two new names for one old one the last would have won in silence."""
    renames = ["--rename", "willing=family", "--rename", "willing=housing"]
    assert main(["diff", "rijswijk-2023", "rijswijk-2023", *renames]) == 2
    told = capsys.readouterr().err
    assert "`--rename` names `willing` twice: as `family` and as `housing`" in told


@pytest.mark.gate
def test_a_fact_of_another_type_is_told_in_words(rijswijk: RuleSet) -> None:
    """One line, with both types."""
    facts = tuple(
        replace(fact, domain=IntegerDomain(0, 1)) if fact.id == "volunteering" else fact
        for fact in rijswijk.facts
    )
    difference = diff(replace(rijswijk, facts=facts), rijswijk)
    line = "`volunteering` has a different type, which makes it a different fact: was integer"
    assert line in as_text(DifferenceWords(difference, "en"), None)
    (fact,) = json.loads(as_json(difference, None))["facts"]
    assert fact["kinds"] == ["integer", "boolean"]


@pytest.mark.parametrize(
    ("language", "one", "some"),
    [
        (
            "en",
            "1 combination of facts, 1 full profile",
            "2 combinations of facts, 3 full profiles",
        ),
        (
            "nl",
            "1 combinatie van gegevens, 1 volledig profiel",
            "2 combinaties van gegevens, 3 volledige profielen",
        ),
    ],
)
def test_one_is_no_plural(language: str, one: str, some: str) -> None:
    """In either language, of combinations and of profiles."""
    words = catalogue(language).difference
    assert amount_in_words(words, language, Amount(1, 1)) == one
    assert amount_in_words(words, language, Amount(2, 3)) == some
