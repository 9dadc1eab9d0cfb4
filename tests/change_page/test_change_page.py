"""The page of a change never leaves out who loses the review by a consultant, and shows no fact."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from change_page.changed import without_prognosis
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from loading.small import small
from pages_read import Page
from routeengine import Engine, RuleSet, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.change_page import ChangePage, change, change_page, expected
from routeengine.change_page.expected import means_something
from routeengine.cli import main
from routeengine.errors import LanguageError
from routeengine.executors.reference import FullProfile
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.own_words import words_of
from routeengine.ruleset.conditions import (
    All,
    CriterionIs,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    ScoreIs,
    StatusIs,
    walk,
)
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.expectations import Change, Expectation
from routeengine.ruleset.model import Constraint, Decision, Outcome, Review
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.ruleset.wording import Publication
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.value_set import ValueSet, set_of_bits
from routeengine.verification import Migration, diff, migrate, verify
from routeengine.verification.alignment import Names, renamed
from urgency import urgency
from verification.broken import LIBRARY
from verification.pairs import all_profiles, allowed, pairs, with_rule

CASELOAD = Path(__file__).resolve().parents[2] / "fixtures" / "caseload.csv"
WORDS = catalogue("en").change
SPOILED = {"nl": "<script>alert('x')</script> & \"", "en": "<b>& ]]> {{ 7 * 7 }}"}


@pytest.fixture(scope="module")
def library() -> RuleSet:
    """Load the rule set of the library."""
    return load_ruleset(LIBRARY)


def paged(old: RuleSet, new: RuleSet, migration: Migration | None = None) -> ChangePage:
    """Return the page of a change, in English, as data."""
    return change(diff(old, new), migration, "en")


def seen(old: RuleSet, new: RuleSet, migration: Migration | None = None) -> Page:
    """Return the page of a change, in English, as a browser reads it."""
    return Page(change_page(diff(old, new), migration, "en"))


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_page_is_in_a_language_of_both_versions(library: RuleSet, language: str) -> None:
    """Any other is refused by name: one that nobody has words in, or that one version lacks."""
    difference = diff(library, replace(library, languages=("en",)))
    with pytest.raises(LanguageError, match="the languages are `en`"):
        change(difference, None, language)
    with pytest.raises(LanguageError):
        change_page(difference, None, language)


# Any two versions


def named(sides: tuple[RuleSet, RuleSet]) -> bool:
    """Say whether the new version has every outcome that it asks for, as the loader wants it."""
    new = sides[1]
    asked = [one for one in walk(*new.conditions) if isinstance(one, OutcomeIs)]
    return all(set(one.outcomes) <= set(new.decision[one.decision].keys) for one in asked)


versions = pairs(max_facts=3).filter(named)


@pytest.mark.gate
@given(versions, st.booleans())
def test_any_change_has_a_page(sides: tuple[RuleSet, RuleSet], spoil: bool) -> None:
    """Both languages are alike, each link leads somewhere, and texts are no mark-up."""
    old, new = sides
    if spoil:
        new = replace(
            new, title=SPOILED, facts=(replace(new.facts[0], label=SPOILED), *new.facts[1:])
        )
    difference = diff(old, new)
    pages = [Page(change_page(difference, None, one)) for one in LANGUAGES]
    for page in pages:
        assert len(page.ids) == len(set(page.ids))
        assert page.lost() == []
        assert not any(one.startswith("<script") for one in page.shape)
    assert pages[0].shape == pages[1].shape


def test_pages_are_alike_where_a_label_breaks_otherwise() -> None:
    """What a decision comes to that does not apply takes two lines in English, and one in Dutch."""
    old, new = (
        build_ruleset(
            "one",
            facts=(a_fact("f", BooleanDomain()),),
            decisions=(Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (), applies_when=when),),
        )
        for when in (None, FactIs("f", set_of_bits(1)))
    )
    dutch, english = (change_page(diff(old, new), None, one) for one in LANGUAGES)
    assert dutch.count("<text") < english.count("<text")
    assert Page(dutch).shape == Page(english).shape


@pytest.mark.gate
@given(versions)
def test_whoever_can_lose_the_look_of_a_person_is_warned_of(sides: tuple[RuleSet, RuleSet]) -> None:
    """By enumeration: where a decision is reviewed, and is not any more, or a signal is gone."""
    old, new = sides
    page = paged(old, new)
    lost = False
    for full in all_profiles(old):
        before, after = FullProfile(old, full).decide(), FullProfile(new, full).decide()
        if not allowed(after):
            continue
        if not allowed(before):
            lost = True  # what contradicted itself was reviewed
            continue
        lost |= any(
            verdict.status == "review" != after.verdicts[name].status
            for name, verdict in before.verdicts.items()
        )
        raised = {one.id: one.when for one in new.flags if one.when is not None}
        lost |= any(
            before.holds(one.when) and not after.holds(raised[one.id])
            for one in old.flags
            if one.when is not None
        )
    if lost:
        assert page.looks.warns
        assert page.looks.ways
    elif not diff(old, new).readings:
        assert not page.looks.warns
        assert page.looks.lines == (WORDS.lost_nobody_proved,)


@pytest.mark.gate
@given(versions)
def test_the_flow_is_what_was_proved(sides: tuple[RuleSet, RuleSet]) -> None:
    """Per decision and pair of answers the combinations, and each answer has its place."""
    difference = diff(*sides)
    counts: Counter[tuple[str, str, str]] = Counter()
    for shift in difference.shifts:
        if isinstance(shift.before, CompleteVerdict) and isinstance(shift.after, CompleteVerdict):
            keys = (shift.before.key, shift.after.key)
            counts[shift.name, *keys] += shift.covers.combinations
    shown = {
        (flow.name, one.before, one.after): one.count
        for flow in change(difference, None, "en").flows
        for one in flow.ribbons
    }
    assert shown == {key: count for key, count in counts.items() if key[1] != key[2]}
    for flow in change(difference, None, "en").flows:
        for end, side in enumerate(flow.sides):
            names = {(one.before, one.after)[end] for one in flow.ribbons}
            assert {answer.name for answer in side} == names


@given(rulesets())
def test_the_same_rules_have_nothing_to_tell(ruleset: RuleSet) -> None:
    """No row, no region, no warning."""
    page = paged(ruleset, ruleset)
    assert page.same
    assert (page.rules, page.shifts, page.flows, page.facts) == ((), (), (), ())
    assert not page.looks.warns


# What changed in the rules


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reason": {"nl": "nieuw", "en": "new"}}, ["reason"]),
        ({"label": {"nl": "nieuw", "en": "new"}}, ["name"]),
        ({"when": FactIs("age", set_of_bits(1))}, ["condition"]),
        ({"when": None}, ["condition"]),
        ({"outranks": ()}, ["takes precedence over"]),
        ({"then": Review(("full",))}, ["leads to"]),
    ],
    ids=lambda one: str(one)[:20],
)
def test_a_change_of_a_rule_is_told_side_by_side(
    library: RuleSet, changes: dict[str, Any], fields: list[str]
) -> None:
    """Just the field that changed, of just that rule."""
    rows = paged(library, with_rule(library, "card_junior", **changes)).rules
    named = [row.what for row in rows if row.part.startswith("Rule")]
    assert named == fields
    assert all(row.was != row.becomes for row in rows)


def test_parts_that_come_and_go_are_told_whole(library: RuleSet) -> None:
    """A rule that goes with its condition and what it led to; a criterion that comes."""
    extra = replace(library.criteria[0], id="extra", label={"nl": "meer", "en": "more"})
    new = replace(library, criteria=(*library.criteria, extra), refusals=library.refusals[1:])
    told = {(row.part, row.what): row for row in paged(library, new).rules}
    row = told["Criterion “more”", "whole"]
    assert (row.was.text, row.becomes.clause) == (WORDS.absent, row.becomes.clause)
    assert row.becomes.clause is not None
    gone = [row for row in told.values() if row.becomes.text == WORDS.gone]
    assert [row.part for row in gone] == [f"Refused column “{library.refusals[0].id}”"]


def test_another_sensitivity_is_told(library: RuleSet) -> None:
    """Beside what else is special about the fact."""
    new = replace(library, facts=(replace(library.facts[0], sensitivity=2), *library.facts[1:]))
    (row,) = paged(library, new).rules
    assert row.becomes.text.endswith(
        "Sensitivity 2 of 3: an interview asks the less sensitive questions first."
    )


def test_points_are_told_side_by_side() -> None:
    """A part that is worth more: the old worth and the new; a score that comes is told whole."""
    old = urgency()
    need = old.score["need"]
    first = replace(need.parts[0], worth=50)
    new = replace(old, scores=(replace(need, parts=(first, *need.parts[1:])),))
    (row,) = paged(old, new).rules
    assert (row.part, row.what) == ("Score “need”", "condition")
    for cell, worth in ((row.was, "+40"), (row.becomes, "+50")):
        assert cell.clause is not None
        assert cell.clause.parts[0].text == f"Home: no home ({worth})"
    extra = replace(need, id="extra", label={"nl": "meer", "en": "more"})
    (row,) = paged(old, replace(old, scores=(need, extra))).rules
    assert (row.part, row.was.text) == ("Score “more”", WORDS.absent)


def test_for_whom_it_is_stands_there_in_points() -> None:
    """Before the combinations of facts that come to them."""
    new = with_rule(urgency(), "is_raised", when=ScoreIs("need", 45, 65))
    points = "All combinations with these points, and no others: need: 40."
    _, _, after = seen(urgency(), new).said.partition(points)
    assert after.lstrip().startswith("7 combinations of facts")


def test_texts_around_the_rules_are_told_too(library: RuleSet) -> None:
    """The title, validity, a source, a citation, and that pages or following changed."""
    source = replace(library.sources[0], number="LC-2025", issued=date(2025, 1, 2))
    citation = replace(library.citations[0], sha256="0" * 64)
    new = replace(
        library,
        title={"nl": "Pas", "en": "Card"},
        valid_from=date(2025, 1, 1),
        sources=(source,),
        citations=(citation, *library.citations[1:]),
        publication=Publication(municipality={"nl": "Stad", "en": "Town"}),
        follow_up=None,
        languages=("en", "nl"),
    )
    told = [(row.part.split(" “")[0], row.what) for row in paged(library, new).rules]
    assert told == [
        ("The rules", "title"),
        ("The rules", "valid"),
        ("Source", "text"),
        ("Place in the source", "text"),
        ("The rules", "who publishes it"),
        ("The rules", "how clients are followed up"),
    ]


def _with_next(values: ValueSet) -> ValueSet:
    """Return a set in which each run is one value longer."""
    return ValueSet.of_runs((first, last + 1) for first, last in values.runs)


def test_a_condition_that_means_something_else_in_the_same_words_is_told(library: RuleSet) -> None:
    """`at least 18` of a fact that can now be 121 is not what it was."""
    age = library.fact["age"]
    assert isinstance(age.domain, IntegerDomain)
    more = replace(age, domain=IntegerDomain(age.domain.minimum, age.domain.maximum + 1))
    moved = renamed(library, Names(values={"age": _with_next}))
    facts = tuple(more if one.id == "age" else one for one in library.facts)
    new = replace(moved, facts=facts, expectations=library.expectations)
    page = paged(library, new)
    assert any(row.note == WORDS.same_words for row in page.rules)
    assert any("now possible too" in one or "121" in one for one in page.facts)


@pytest.mark.gate
def test_facts_of_another_type_and_other_names_are_told(library: RuleSet) -> None:
    """Below the clients, as `diff` tells them."""
    first = library.facts[0]
    extra = replace(first, id="extra", domain=CategoryDomain(("p", "q")), aliases=(), label=BOTH)
    old = replace(library, facts=(*library.facts, extra))
    new = replace(library, facts=(*library.facts, replace(extra, domain=IntegerDomain(0, 1))))
    assert any("a different type" in one for one in paged(old, new).facts)
    other = replace(
        library, facts=(*library.facts, replace(extra, id="called", aliases=("extra",)))
    )
    assert any("`extra` -> `called`" in one for one in paged(old, other).facts)
    assert not any(
        row.part.startswith("Fact") and row.what == "whole" for row in paged(old, other).rules
    )


# Who loses the review by a person


def test_a_decision_a_flag_or_a_reading_that_goes_is_warned_of(library: RuleSet) -> None:
    """Also where nothing can be counted."""
    flags = tuple(one for one in library.flags if one.when is None)
    fewer = replace(
        library, decisions=library.decisions[:-1], flags=flags, expectations=(), acceptances=()
    )
    assert any("this decision is removed" in one for one in paged(library, fewer).looks.ways)
    bare = replace(library, flags=flags)
    assert any(one.endswith("removed.") for one in paged(library, bare).looks.ways)
    free = replace(library, constraints=())
    looks = paged(library, free).looks
    assert any("now can" in one for one in looks.ways)
    assert looks.title == WORDS.lost_possible


def test_what_cannot_be_compared_is_no_proof(library: RuleSet) -> None:
    """Neither what is too large nor a dossier that is weighed otherwise."""
    new = with_rule(library, "card_junior", then="full")
    page = change(diff(library, new, budget=40), None, "en")
    assert page.looks.warns
    assert WORDS.lost_unproved in page.looks.lines
    assert library.evidence is not None
    other = replace(library, evidence=replace(library.evidence, newer_conflict_months=99))
    assert WORDS.lost_unproved in paged(library, other).looks.lines


@pytest.mark.gate
def test_the_clients_are_those_of_the_caseload(rijswijk: RuleSet) -> None:
    """Twelve lose the look of a consultant and come first, and twelve are asked no more."""
    new = without_prognosis(rijswijk)
    migration = migrate(rijswijk, new, CASELOAD)
    page = paged(rijswijk, new, migration)
    assert page.looks.title == "Note: 12 people are no longer reviewed by a consultant"
    assert (
        "12 more people now get an answer without being asked the question that was open."
        in page.looks.lines
    )
    words = words_of(rijswijk.wording, "en").change
    assert words.gained_nobody in page.looks.lines
    (flow,) = page.flows
    assert {(one.before, one.count, one.lost) for one in flow.ribbons} == {
        ("review", 12, True),
        ("insufficient", 12, False),
    }
    rows = page.client_rows or ()
    engines = Engine(rijswijk), Engine(new)
    with open_caseload(CASELOAD, rijswijk) as clients:
        profiles = {one.client_id: one.profile for one in clients}
    losing = {
        client
        for client, profile in profiles.items()
        for was, now in [[engine.classify(profile or {}).verdicts["route"] for engine in engines]]
        if was.status == "review" != now.status
    }
    assert {row.client_id for row in rows if row.loses} == losing
    assert {*list(dict.fromkeys(row.client_id for row in rows))[: len(losing)]} == losing
    (promise,) = page.promises.fallen
    assert promise.endswith("It would no longer always be true either.")
    assert page.promises.kept == "Proved in both versions: 11"


def test_no_fact_of_a_client_stands_on_the_page(library: RuleSet, tmp_path: Path) -> None:
    """Only ids and answers; whoever could not be read is counted, and not shown."""
    file = tmp_path / "readers.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["client_id", "age", "lives_in_town", "staff_family", "fine", "overdue"])
        rows.writerow(["<i>7</i>", 93, "true", "true", "small", 41])
        rows.writerow(["b", 94, "false", "true", "large", 42])
        rows.writerow(["c", "", "", "", "", ""])
        rows.writerow(["d", "odd", "", "", "", ""])
    family = next(one for one in library.rule.values() if not isinstance(one.then, str))
    new = with_rule(library, family.id, then="full")
    migration = migrate(library, new, file)
    page = seen(library, new, migration)
    assert "Note: 2 people are no longer reviewed by a staff member" in page.said
    assert "<i>7</i>" in page.said
    assert "<i " not in " ".join(page.shape)
    assert "Rows that could not be read and are not counted: 1" in page.said
    regions = page.said.split(WORDS.sections["clients"])[-1]
    for value in ("93", "94", "41", "42", "small", "large"):
        assert value not in regions.split(WORDS.sections["facts"])[0].replace("small fine", "")
    back = paged(new, library, migrate(new, library, file))
    assert "2 people are now reviewed by a staff member." in back.looks.lines


def test_clients_whose_candidates_or_signals_alone_change_are_counted(
    library: RuleSet, tmp_path: Path
) -> None:
    """The table of answers does not show them, so a sentence does."""
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age,lives_in_town,staff_family\na,40,true,true\n", encoding="utf-8")
    family = next(one for one in library.rule.values() if not isinstance(one.then, str))
    new = with_rule(library, family.id, then=Review(("full",)))
    page = paged(library, new, migrate(library, new, file))
    assert page.flows == ()
    assert page.candidates.startswith("For 1 clients")
    assert page.unmoved.startswith("Nothing changes for anyone in this file in: ")
    assert [row.loses for row in page.client_rows or ()] == [False]
    assert page.looks.title == WORDS.lost_nobody


# Promises


@pytest.mark.gate
def test_promises_fall_in_many_ways(library: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken or of nobody; taken out, and then false, true, of nobody or unsaid; too large."""
    old = library
    new = with_rule(old, "card_junior", then="guest_card")
    first = old.expectations[0]
    assert any("no longer always holds" in one for one in paged(old, new).promises.fallen)
    assert paged(new, old).promises.fallen == (), "what did not hold before does not fall"
    bare = replace(new, expectations=(), acceptances=())
    fallen = paged(old, bare).promises.fallen
    assert len(fallen) == len(old.expectations)
    assert any("no longer always be true" in one for one in fallen)
    assert any("would still be true" in one for one in fallen)
    assert first.when is not None
    nobody = Constraint("nobody", first.when, BOTH, GROUNDS)
    idle = replace(bare, constraints=(*bare.constraints, nobody))
    assert any("no longer apply to anyone" in one for one in paged(old, idle).promises.fallen)
    still = replace(idle, expectations=old.expectations)
    assert any("no longer applies to anyone" in one for one in paged(old, still).promises.fallen)
    fewer = replace(bare, decisions=bare.decisions[:1], flags=())
    assert any("cannot be said" in one for one in paged(old, fewer).promises.fallen)
    fresh = replace(first, id="fresh")
    (said,) = paged(old, replace(old, expectations=(*old.expectations, fresh))).promises.new
    assert said.endswith("This promise is new.")
    with monkeypatch.context() as patched:
        sizes = iter((NODE_BUDGET, 1))
        patched.setattr(expected, "verify", lambda rules: verify(rules, next(sizes)))
        fallen = paged(old, old).promises.fallen
    assert len(fallen) == len(old.expectations)
    assert all("too large to prove" in one for one in fallen)


def test_promises_are_asked_in_the_names_of_the_new_version(library: RuleSet) -> None:
    """All that can be renamed is, and every promise is gone: each would still be true.

    Untold of the other names, nobody can say so.
    """
    ids = {
        "facts": {one.id: f"{one.id}_now" for one in library.facts},
        "decisions": {one.id: f"{one.id}_now" for one in library.decisions},
        "flags": {one.id: f"{one.id}_now" for one in library.flags},
    }
    outcomes = {
        (one.id, outcome.id): f"{outcome.id}_now"
        for one in library.decisions
        for outcome in one.outcomes
    }
    facts = tuple(replace(one, id=ids["facts"][one.id]) for one in library.facts)
    new = replace(
        renamed(library, Names(ids["facts"], ids["decisions"], ids["flags"], outcomes)),
        facts=facts,
        evidence=None,
    )
    older = Change("age")
    jump = Expectation("jump", BOTH, "card", change=older, never=("junior",), never_from=("full",))
    old = replace(library, expectations=(*library.expectations, jump), evidence=None)
    told = {was: now for some in ids.values() for was, now in some.items()}
    told |= {".".join(key): now for key, now in outcomes.items()}
    assert {one.expectation for one in verify(old).kept} == {one.id for one in old.expectations}
    fallen = change(diff(old, new, told), None, "en").promises.fallen
    assert len(fallen) == len(old.expectations)
    assert all("would still be true" in one for one in fallen)
    untold = paged(old, new).promises.fallen
    assert len(untold) == len(fallen)
    assert all("cannot be said" in one for one in untold)


def test_a_promise_that_asks_something_else_under_the_same_name_is_told(library: RuleSet) -> None:
    """Each thing that it asks is a field of its own."""
    first, *rest = library.expectations
    other = replace(first, never=("guest_card",), always=())
    new = replace(library, expectations=(other, *rest))
    told = [row.what for row in paged(library, new).rules]
    assert told == ["always", "never"]


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"when": All((FactIs("age", set_of_bits(1)), Not(FactIs("age", set_of_bits(2)))))}, True),
        ({"when": FactIs("wish", set_of_bits(1))}, False),
        ({"when": CriterionIs("child")}, True),
        ({"when": CriterionIs("one_loose_end")}, False),
        ({"when": ScoreIs("points", 1)}, False),
        ({"when": OutcomeIs("card", ("junior",))}, True),
        ({"when": StatusIs("card", ("review",))}, True),
        ({"when": StatusIs("van", ("review",))}, False),
        ({"when": RuleIs("card", ("card_junior",))}, True),
        ({"when": RuleIs("van", ("van_yes",))}, False),
        ({"change": Change("wish"), "always": (), "never": ("full",)}, False),
        ({"decision": "van", "always": ("yes",)}, False),
        ({"always": ("nothing",)}, False),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_promise_is_asked_only_where_all_that_it_names_is_there(
    library: RuleSet, asked: dict[str, Any], there: bool
) -> None:
    """A fact that is gone, a criterion, a decision, a rule, an answer."""
    small = replace(
        library,
        facts=tuple(one for one in library.facts if one.id != "wish"),
        criteria=tuple(one for one in library.criteria if one.id != "one_loose_end"),
        decisions=tuple(one for one in library.decisions if one.id != "van"),
    )
    plain: dict[str, Any] = {"decision": "card", "always": ("junior",)}
    expectation = Expectation("made", BOTH, **(plain | asked))
    assert means_something(expectation, library, small) is there


# The command


@pytest.mark.gate
def test_the_command_writes_a_page_by_its_ending(
    library: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`.html` is a page; any other ending has what is printed else; 1 as something differs."""
    page, text, data = (tmp_path / f"change.{ending}" for ending in ("html", "txt", "json"))
    call = ["diff", str(LIBRARY), "rijswijk-2023"]
    same = ["diff", str(LIBRARY), str(LIBRARY), "--lang", "en"]
    assert main([*same, "-o", str(page)]) == 0
    assert Page(page.read_text(encoding="utf-8")).said.count(WORDS.same) == 1
    assert main([*same, "-o", str(text)]) == 0
    assert text.read_text(encoding="utf-8").endswith("The two versions mean the same.\n")
    assert main([*same, "--json", "-o", str(data)]) == 0
    assert data.read_text(encoding="utf-8").startswith("{")
    assert capsys.readouterr() == ("", "")
    assert main([*same, "-o", "-"]) == 0
    assert capsys.readouterr().out == text.read_text(encoding="utf-8")
    assert main([*same, "--json", "-o", str(page)]) == 2
    assert "`--json` is no page" in capsys.readouterr().err
    assert main([*call, "-o", str(page)]) == 1


@pytest.mark.gate
def test_what_goes_wrong_for_nobody_in_the_file_can_for_others(
    library: RuleSet, tmp_path: Path
) -> None:
    """The title says both; a value that the new version lacks is no answer, and is said so."""
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age\na,7\n", encoding="utf-8")
    family = next(one for one in library.rule.values() if not isinstance(one.then, str))
    new = with_rule(library, family.id, then="full")
    assert paged(library, new, migrate(library, new, file)).looks.title == WORDS.lost_none_here
    odd = tmp_path / "odd.csv"
    odd.write_text("client_id,age\na,120\n", encoding="utf-8")
    age = library.fact["age"]
    assert isinstance(age.domain, IntegerDomain)
    less = replace(age, domain=IntegerDomain(age.domain.minimum, 119))
    cut = renamed(library, Names(values={"age": lambda bits: bits & less.domain.full}))
    facts = tuple(less if one.id == "age" else one for one in library.facts)
    smaller = replace(cut, facts=facts)
    rows = paged(library, smaller, migrate(library, smaller, odd)).client_rows or ()
    assert {row.becomes for row in rows} == {"Cannot be used"}


def test_a_decision_that_reads_less_of_what_clashes_is_warned_of(library: RuleSet) -> None:
    """Facts that contradict each other put it under review before, and no more."""
    loans = library.decision["loans"]
    rules = tuple(replace(one, when=All(()), outranks=()) for one in loans.rules[:1])
    other = replace(loans, rules=rules, applies_when=None)
    fewer = replace(library, decisions=(library.decision["card"], other), flags=(), expectations=())
    page = paged(library, fewer)
    assert any("In that case the staff member does not look" in one for one in page.looks.ways)
    assert any("reads no more" in one or "no longer uses" in one for one in page.facts)


def test_another_ranking_is_told_of_the_decision_and_of_no_rule() -> None:
    """One row says both orders; what a rule goes before by it is no row of its own."""
    by_hand = ("        outranks: [card_b]\n", "")
    ranked, other = (
        small(by_hand, ("    rules:\n      c", f"    order: {names}\n    rules:\n      c"))
        for names in ("[card_a, card_b]", "[card_b, card_a]")
    )
    (row,) = paged(ranked, other).rules
    assert (row.part, row.what) == ("Decision “card”", "order")
    assert [row.was.text, row.becomes.text] == [
        f"If more than one rule fits, the first in this list counts: {names}"
        for names in ("A; B", "B; A")
    ]
    said, unsaid = paged(small(), ranked).rules
    assert (said.what, said.was.text, said.becomes.text[-4:]) == ("order", "", "A; B")
    assert (unsaid.what, unsaid.was.text, unsaid.becomes.text) == (
        "takes precedence over",
        "b",
        "None",
    )
