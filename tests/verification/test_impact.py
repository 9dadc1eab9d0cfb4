"""Whom a change moves, by group: every client counts once, and no small count comes out."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine import load_ruleset
from routeengine.change_page import change
from routeengine.change_page.groups import GroupWords
from routeengine.cli import main
from routeengine.difference_words import DifferenceWords
from routeengine.errors import CaseloadError, UsageError
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.ruleset.model import RuleSet
from routeengine.suppress import Figure
from routeengine.verification import ClientGroup, Impact, diff, impact, migrate
from routeengine.verification.impact import EFFECTS, MAX_GROUPS, effect_of
from verification.broken import LIBRARY
from verification.moving import ANSWERS, OUTCOMES, clients_file, version
from verification.pairs import with_rule

OLD, NEW = version("was"), version("now")
OPEN_OLD, OPEN_NEW = version("was", limit=1), version("now", 1, OUTCOMES)
DISTRICTS = ("North", "south", "")

Client = tuple[str, str, str]


def clients(most: int) -> st.SearchStrategy[list[Client]]:
    """Draw clients in a few districts, most of whom keep what they had."""
    answers = st.sampled_from(ANSWERS)
    stay = answers.map(lambda one: (one, one))
    way = stay | st.tuples(answers, answers) | st.just(("a", "b"))
    one = st.tuples(st.sampled_from(DISTRICTS), way).map(lambda some: (some[0], *some[1]))
    return st.lists(one, min_size=1, max_size=most).filter(lambda some: any(c[0] for c in some))


def counted(old: RuleSet, new: RuleSet, some: list[Client], by: str = "district") -> Impact:
    """Return the impact on some clients."""
    with TemporaryDirectory() as folder:
        return impact(old, new, clients_file(Path(folder), some), by)


@given(clients(12))
@settings(max_examples=examples(60), deadline=None)
def test_every_client_counts_once_in_a_group_of_their_own(some: list[Client]) -> None:
    """By enumeration, where nothing is small: groups, effects and moves; none is lost."""
    found = counted(OPEN_OLD, OPEN_NEW, some)
    names = ["" if one.kind == "unknown" else one.value for one in found.groups]
    assert set(names) == {district for district, *_ in some}
    every = [*names, None]

    def of(figures: tuple[Figure, ...]) -> dict[str | None, int | None]:
        assert not any(figure.rounded for figure in figures)
        if not figures:
            return {}
        return {name: one.number for name, one in zip(every, figures, strict=True) if one.number}

    def number(holds: Any) -> dict[str | None, int]:
        held = [one for one in some if holds(*one[1:])]
        counts = Counter[str | None](one[0] for one in held)
        return dict(counts) | ({None: len(held)} if held else {})

    assert of(found.clients) == number(lambda *_: True)
    decision = found.decisions["route"]
    pairs = {(was, now) for _, was, now in some if was != now}
    assert decision.moves.keys() == pairs
    for was, now in pairs:
        assert of(decision.moves[was, now]) == number(lambda *one: one == (was, now))  # noqa: B023  # asked at once
    for effect in EFFECTS if pairs else ():
        held = number(lambda was, now: effect_of(was, now, OUTCOMES, OUTCOMES) == effect)  # noqa: B023  # asked at once
        assert of(decision.effects.get(effect, ())) == held
    assert of(found.changes["unseen"]) == number(lambda was, now: was == "review" != now)
    assert of(found.changes["same"]) == number(lambda was, now: was == now)


@pytest.mark.parametrize(
    ("was", "now", "name"),
    [
        ("a", "review", "seen"),
        ("review", "a", None),
        ("insufficient", "a", "unasked"),
        ("insufficient", "review", "seen"),
        ("a", "b", None),
    ],
)
def test_what_is_counted_besides_is_of_those_who_move(was: str, now: str, name: str | None) -> None:
    """Of all groups together; whoever gets what they had counts nowhere."""
    found = counted(OPEN_OLD, OPEN_NEW, [("North", was, now)] * 7 + [("south", was, was)] * 9)
    wanted = dict.fromkeys(found.besides, 0) | ({} if name is None else {name: 7})
    assert {one: figure.number for one, figure in found.besides.items()} == wanted


@pytest.mark.parametrize(
    ("was", "now", "effect"),
    [
        ("a", "a", "same"),
        ("a", "b", "worse"),
        ("b", "a", "better"),
        ("a", "c", "moved"),
        ("c", "d", "moved"),
        ("a", "review", "undecided"),
        ("not_applicable", "insufficient", "undecided"),
        ("review", "a", "decided"),
        ("insufficient", "c", "decided"),
        ("review", "insufficient", "other"),
        ("review", "not_applicable", "other"),
        ("not_applicable", "a", "other"),
        ("a", "not_applicable", "other"),
        ("unusable", "a", "other"),
        ("a", "unusable", "other"),
    ],
)
def test_only_by_a_declared_order_does_anybody_gain_or_lose(
    was: str, now: str, effect: str
) -> None:
    """What the order does not name moves, and what is no outcome is told apart."""
    assert effect_of(was, now, ["a", "b"], ["a", "b", "c", "d"]) == effect
    without = effect_of(was, now, [], ["a", "b", "c", "d"])
    assert without == ("moved" if effect in ("better", "worse") else effect)


# What a reader could work out


def small_counts(found: Impact, some: list[Client]) -> Iterator[tuple[Any, z3.Solver]]:
    """Yield each small count that the tables are about, with all that a reader knows of it.

    Written from what is shown alone: how many there are in each group of each way, and the rest.
    """
    known, groups = z3.Solver(), len(found.groups)
    ways: list[tuple[str, str] | None] = [*found.decisions["route"].moves, None]
    cells = {(g, way): z3.Int(f"n{g}{way}") for g in range(groups) for way in ways}
    for one in cells.values():
        known.add(one >= 0)

    def add(figures: Mapping[int, Figure], counts: Mapping[int, Any]) -> None:
        for place, figure in figures.items():
            if figure.number is not None:
                wide = 5 if figure.rounded else 0
                known.add(counts[place] >= figure.number - wide)
                known.add(counts[place] <= figure.number + max(wide - 1, 0))

    names = ["" if one.kind == "unknown" else one.value for one in found.groups]
    tables: list[tuple[tuple[Figure, ...], set[Any]]] = [(found.clients, {*ways})]
    decision, small = found.decisions["route"], []
    tables += [(figures, {pair}) for pair, figures in decision.moves.items()]
    for effect, figures in decision.effects.items():
        kept = {w for w in ways if (effect_of(*w, (), OUTCOMES) if w else "same") == effect}
        tables.append((figures, kept))
    unseen = {w for w in ways if w and w[0] == "review"}
    tables.append((found.changes["unseen"], unseen))
    tables.append((found.changes["otherwise"], {*ways} - unseen - {None}))
    tables.append((found.changes["same"], {None}))
    for figures, kept in tables:
        counts = {g: z3.Sum([cells[g, w] for w in kept] or [z3.IntVal(0)]) for g in range(groups)}
        counts[groups] = z3.Sum(list(counts.values()))
        add(dict(enumerate(figures)), counts)
        for place, count in counts.items():
            within = names if place == groups else [names[place]]
            there = [c for c in some if c[0] in within]
            number = sum((c[1:] if c[1] != c[2] else None) in kept for c in there)
            if 0 < number < found.limit:
                assert figures[place].number is None
                small.append(count)
    for count in small:
        yield count, known


def values_of(count: Any, known: z3.Solver, most: int) -> set[int]:
    """Return what a count could be, up to so many values."""
    found = set[int]()
    known.push()
    while len(found) <= most and known.check() == z3.sat:
        value = known.model().eval(count, model_completion=True).as_long()
        found.add(value)
        known.add(count != value)
    known.pop()
    return found


WAYS = (("a", "a"), ("a", "b"), ("b", "c"), ("review", "a"), ("a", "insufficient"))
MANY = st.sampled_from([0, 1, 3, 6, 9, 30])


@pytest.mark.gate
@given(st.lists(st.lists(MANY, min_size=5, max_size=5), min_size=3, max_size=3))
@settings(max_examples=examples(60), deadline=None)
def test_no_small_count_can_be_worked_out(table: list[list[int]]) -> None:
    """Given every table by group and all totals, each could be at least six numbers."""
    every = [
        (district, *way)
        for district, counts in zip(("north", "south", ""), table, strict=True)
        for way, count in zip((*WAYS, ("a", "a")), (*counts, 5), strict=True)
        for _ in range(count)
    ]
    found = counted(OLD, NEW, every)
    for count, known in small_counts(found, every):
        assert len(values_of(count, known, found.limit)) > found.limit


# The column


def test_a_column_is_read_as_people_write_it(tmp_path: Path) -> None:
    """Case and blanks make no other group, unknown is one, and what few have is the rest."""
    some = [("North ", "a", "b"), ("north", "a", "b"), ("NORTH", "a", "a")] * 2
    some += [("onbekend", "a", "a"), ("geen antwoord", "a", "a"), ("", "a", "b")] * 2
    some += [("lonely", "a", "a"), ("9-10", "a", "b")] + [
        ("2-8", "a", "b"),
        ("10-19", "a", "a"),
    ] * 5
    found = impact(OLD, NEW, clients_file(tmp_path, some), "District")
    assert [one.value or one.kind for one in found.groups] == [
        "2-8", "10-19", "North", "rest", "unknown",
    ]  # fmt: skip
    assert "lonely" not in json.dumps(found.to_dict())


def test_groups_by_a_fact_stand_in_its_order(tmp_path: Path) -> None:
    """All its values that there are, and the unknown; none is called the rest."""
    some = [("", "c", "a"), ("", "a", "insufficient"), ("", "a", "a")]
    found = impact(OLD, NEW, clients_file(tmp_path, some), "now", drop_columns=["district"])
    assert (found.by, found.fact) == ("now", True)
    assert found.groups == (ClientGroup("value", "a"), ClientGroup("unknown"))


@pytest.mark.parametrize(
    ("by", "options", "error", "message"),
    [
        ("client_id", {"drop_columns": ["district"]}, UsageError, "another column"),
        ("district", {"drop_columns": ["district"]}, UsageError, "left out"),
        ("area", {"drop_columns": ["district"]}, CaseloadError, "has nothing in a column `area`"),
    ],
)
def test_a_column_that_makes_no_groups_is_refused(
    by: str, options: dict[str, Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    """The client id, one that was left out, and one that is not there."""
    file = clients_file(tmp_path, [("x", "a", "b")])
    with pytest.raises(error, match=message):
        impact(OLD, NEW, file, by, **options)


def test_too_many_values_make_no_groups(tmp_path: Path) -> None:
    """No value stands in the message."""
    some = [(f"d{number}", "a", "b") for number in range(MAX_GROUPS + 1)] * 5
    with pytest.raises(UsageError, match="more than 20 values") as caught:
        impact(OLD, NEW, clients_file(tmp_path, some), "district")
    assert "d7" not in str(caught.value)


def test_a_column_that_the_rules_refuse_is_read_for_this_alone(tmp_path: Path) -> None:
    """And it is said, with the reason; without `by` the file is refused as before."""
    file = clients_file(tmp_path, [("North", "a", "b")] * 6)
    text = file.read_text(encoding="utf-8").replace("district", "name")
    file.write_text(text, encoding="utf-8")
    found = impact(OLD, NEW, file, "name")
    assert found.refused == "name"
    page = change(diff(OLD, NEW), found, "en")
    assert page.by_group is not None
    assert any("refuse this column: not needed." in one for one in page.by_group.notes)
    with pytest.raises(CaseloadError, match="is refused"):
        migrate(OLD, NEW, file)


def test_records_with_keys_of_their_own_have_the_column_too(tmp_path: Path) -> None:
    """Of JSON Lines: text, numbers and truth; what is none of these is unknown."""
    rows = [{"client_id": f"c{n}", "was": "a", "now": "b", "district": one} for n, one in
            enumerate(["x", "X", 7, 7.0, True, 7.5, ["x"], None])]  # fmt: skip
    rows.append({"client_id": "last", "was": "a", "now": "b"})
    file = tmp_path / "clients.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = impact(OPEN_OLD, OPEN_NEW, file, "district")
    numbers = [one.number for one in found.clients]
    assert [(one.value or one.kind) for one in found.groups] == ["7", "true", "x", "unknown"]
    assert numbers == [2, 1, 2, 4, 9]


def test_a_file_without_clients_has_no_groups(tmp_path: Path) -> None:
    """Nothing is there to be counted, and nothing fails."""
    found = impact(OLD, NEW, clients_file(tmp_path, []), "district")
    assert (found.groups, found.clients) == ((), (Figure(0),))


# What is told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_with_groups_names_no_client(language: str, tmp_path: Path) -> None:
    """Neither does what is hidden stand in a sentence or in the picture."""
    some = [("North", "review", "a")] * 2 + [("North", "a", "b")] * 9 + [("south", "a", "a")] * 9
    some += [("south", "b", "c")] * 90 + [("North", "b", "c")] * 80
    found = impact(OLD, NEW, clients_file(tmp_path, some), "district")
    page = change(diff(OLD, NEW), found, language)
    assert page.client_rows is None
    assert page.looks.warns
    assert not any(letter.isdecimal() for letter in page.looks.title)
    (flow,) = page.flows
    assert [(one.before, one.after) for one in flow.ribbons] == [("b", "c")]
    assert page.by_group is not None
    assert "client-" not in repr(page)
    ordered = change(diff(OLD, version("now", 5, "cab")), impact(
        OLD, version("now", 5, "cab"), clients_file(tmp_path, some), "district"
    ), language)  # fmt: skip
    assert ordered.by_group is not None
    assert len({*ordered.by_group.notes} - {*page.by_group.notes}) == 1


def test_a_name_that_can_mean_two_facts_makes_no_groups(tmp_path: Path) -> None:
    """Which of them is not guessed."""
    label = {"nl": "antwoord", "en": "answer"}
    new = replace(NEW, facts=tuple(replace(fact, label=label) for fact in NEW.facts))
    with pytest.raises(UsageError, match="can mean `was`, `now`"):
        impact(OLD, new, clients_file(tmp_path, []), "answer", drop_columns=["district"])


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_tells_a_line_for_each_group_and_no_client(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By a fact of each kind, under its labels; as data under `impact`; and only of a caseload."""
    other = with_rule(load_ruleset(LIBRARY), "card_junior", then="full")
    file = tmp_path / "readers.csv"
    rows = [
        f"reader-{n}-{age}-{t},{age},{t},none" for n in range(9) for age in (9, 40) for t in "01"
    ]
    file.write_text("\n".join(["client_id,age,lives_in_town,fine", *rows]), encoding="utf-8")
    found = {by: impact(load_ruleset(LIBRARY), other, file, by) for by in FACTS}
    words = DifferenceWords(diff(load_ruleset(LIBRARY), other), language)
    for by, one in found.items():
        lines = [line for block in GroupWords(words, one).lines() for line in block]
        assert FACTS[by][language] in "\n".join(lines)
    here, there = str(LIBRARY), str(tmp_path / "next")
    shutil.copytree(LIBRARY, there)
    rule = tmp_path / "next" / "2-facts.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("17", "15"), encoding="utf-8")
    arguments = ["diff", here, there, "--caseload", str(file), "--by", "age", "--lang", language]
    assert main(arguments) in (0, 1)
    told = capsys.readouterr().out
    assert "reader-" not in told
    assert sum(line.startswith("  9: ") for line in told.splitlines()) >= 1
    few = tmp_path / "few.csv"
    few.write_text("client_id,age\na,9\nb,40\n", encoding="utf-8")
    # How many there are is hidden in a table, and in no sentence.
    assert main([*arguments[:4], str(few), *arguments[5:]]) in (0, 1)
    hidden = catalogue(language).report.hidden
    assert not any(line.startswith(hidden) for line in capsys.readouterr().out.splitlines())
    assert main([*arguments, "--json"]) in (0, 1)
    data = json.loads(capsys.readouterr().out)
    assert data["impact"]["by"] == "age"
    assert "caseload" not in data
    assert main(["diff", here, there, "--by", "age"]) == 2
    assert "--caseload" in capsys.readouterr().err


FACTS = {
    "age": {"nl": "  9: ", "en": "  9: "},
    "lives_in_town": {"nl": "  woont hier: ", "en": "  lives here: "},
    "fine": {"nl": "  geen: ", "en": "  none: "},
}
"""Facts of the library, and how a line of one of their values begins."""
