"""The rule book holds every part of any rule set, once, with the counts that were proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examples import gated
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from loading.small import small
from pages_read import Page
from routeengine import Engine, RuleSet, load_ruleset
from routeengine.cases import Case, load_cases, run_cases
from routeengine.cli import main
from routeengine.explanation.clauses import Clause
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.pages.anchors import anchor
from routeengine.pages.pictures_rules import decision_graph
from routeengine.rulebook import rulebook, rulebook_page
from routeengine.rulebook.proved import share
from routeengine.ruleset import conditions
from routeengine.ruleset.dependencies import decisions_of
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Rule, Topic
from routeengine.ruleset.sources import Grounds, Interpretation
from routeengine.ruleset.wording import Contact, Publication
from routeengine.ruleset.words import Place
from routeengine.value_set import set_of_bits
from routeengine.verification import verify
from urgency import urgency
from verification.broken import LIBRARY, POLICY
from verification.pairs import with_rule

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"
SPOILED = {"nl": "<script>alert('x')</script> & \"", "en": "<b>& ]]> {{ 7 * 7 }}"}
READING = Grounds("interpretation", (), Interpretation(SPOILED, SPOILED, SPOILED))


@pytest.fixture(scope="module")
def library() -> RuleSet:
    """Load the rule set of the library."""
    return load_ruleset(LIBRARY)


def spoiled(ruleset: RuleSet) -> RuleSet:
    """Return the rule set with mark-up in its texts, and with readings for grounds."""
    facts = tuple(replace(one, question=SPOILED, why_needed=SPOILED) for one in ruleset.facts)
    decisions = tuple(
        replace(
            decision,
            label=SPOILED,
            rules=tuple(replace(one, reason=SPOILED, grounds=READING) for one in decision.rules),
        )
        for decision in ruleset.decisions
    )
    return replace(ruleset, title=SPOILED, facts=facts, decisions=decisions)


def addresses(ruleset: RuleSet) -> list[str]:
    """Return the addresses that a book has for its parts, one by one."""
    return [
        *(anchor("fact", one.id) for one in ruleset.facts),
        *(anchor("criterion", one.id) for one in ruleset.criteria),
        *(anchor("constraint", one.id) for one in ruleset.constraints),
        *(anchor("flag", one.id) for one in ruleset.flags),
        *(anchor("decision", one.id) for one in ruleset.decisions),
        *(anchor("outcome", d.id, one.id) for d in ruleset.decisions for one in d.outcomes),
        *(anchor("rule", one) for one in ruleset.rule),
        *(anchor("score", one) for one in ruleset.score),
        *(anchor("source", one.id) for one in ruleset.sources),
        *(anchor("citation", one.id) for one in ruleset.citations),
        *(anchor("refusal", one.id) for one in ruleset.refusals),
        *(anchor("expectation", one.id) for one in ruleset.expectations),
        *(anchor("reading", id_) for id_ in readings(ruleset)),
    ]


def readings(ruleset: RuleSet) -> list[str]:
    """Return the ids of all that has a reading; no two of them are equal in these rule sets."""
    every: list[Any] = [*ruleset.rule.values(), *ruleset.criteria]
    every += [*ruleset.scores, *ruleset.constraints, *ruleset.flags]
    return [one.id for one in every if one.grounds.interpretation is not None]


@pytest.mark.gate
@given(rulesets(), st.booleans())
def test_any_rule_set_has_a_book(ruleset: RuleSet, spoil: bool) -> None:
    """Each part has its address, once; each link leads somewhere; both languages are alike."""
    ruleset = spoiled(ruleset) if spoil else ruleset
    verification = verify(ruleset)
    pages = [Page(rulebook_page(ruleset, verification, None, one)) for one in LANGUAGES]
    for page in pages:
        assert len(page.ids) == len(set(page.ids))
        assert set(addresses(ruleset)) <= set(page.ids)
        assert page.lost() == []
        assert page.open == []
        assert not any(one.startswith("<script") for one in page.shape)
    assert pages[0].shape == pages[1].shape


def test_a_score_is_a_part_of_the_book() -> None:
    """With what each part is worth, what it stands on, and the rules that read it."""
    book = rulebook(urgency(), verify(urgency()), language="en")
    (need,) = book.scores
    assert need.condition is not None
    assert need.condition.text == "Points for each of these"
    assert [one.text for one in need.condition.parts][:2] == [
        "Home: no home (+40)", "Home: stays with others (+15)",
    ]  # fmt: skip
    assert len(need.basis.places) == 5
    assert [one.text for one in need.used_by] == [
        "70 points or more", "40 to 69 points", "Fewer than 40 points",
    ]  # fmt: skip
    (box,) = [one for one in book.boxes if one.kind == "criteria"]
    assert (box.head, box.lines) == ("1 score", ("need",))


@given(rulesets())
def test_the_counts_are_those_that_were_proved(ruleset: RuleSet) -> None:
    """Per decision and answer, and where nothing was proved it says so; what was found is told."""
    verification = verify(ruleset)
    book = rulebook(ruleset, verification)
    shown = {entry.link.address: entry for entry in book.proofs.decisions}
    assert len(shown) == len(ruleset.decisions)
    for proof in verification.proofs:
        entry = shown.pop(anchor("decision", proof.decision))
        counts = [int(count.replace("\u00a0", "")) for _, count, _ in entry.answers]
        assert counts == list(proof.answers.values())
        assert sum(counts) == proof.combinations
    assert all(not entry.answers for entry in shown.values())
    told = (book.proofs.problems, book.proofs.notes)
    assert sum(map(len, told)) == len(verification.findings)
    assert book.proofs.clean is verification.clean is not bool(book.proofs.problems)


@given(rulesets())
def test_the_picture_shows_what_reads_what(ruleset: RuleSet) -> None:
    """Each fact is in one box; a decision has an arrow from each decision that it asks."""
    boxes = rulebook(ruleset, verify(ruleset)).boxes
    names = [box.name for box in boxes]
    assert len(set(names)) == len(names)
    assert all(source in names for box in boxes for source in box.sources)
    for decision in ruleset.decisions:
        (box,) = [one for one in boxes if one.name == decision.id]
        earlier = {one.id for one in ruleset.decisions} & set(box.sources)
        assert earlier == decisions_of(ruleset, decision)
    drawn = decision_graph("a title", boxes)
    assert drawn.count("<a ") == 2 * len(boxes)
    assert drawn.count("<svg") == drawn.count("<title") == drawn.count('role="group"') == 2


@given(st.integers(0, 10**6), st.integers(1, 10**6))
@example(1, 10**6)
@example(999_999, 10**6)
def test_what_is_there_is_never_told_as_nothing_or_all(part: int, whole: int) -> None:
    """None is 0, all is 100, and nothing else is."""
    part = min(part, whole)
    said = share(catalogue("en").rulebook, part, whole)
    assert (said == "0.0%") == (part == 0)
    assert (said == "100.0%") == (part == whole)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", gated([LIBRARY, POLICY]), ids=["library", "policy"])
def test_the_shipped_rules_have_a_book(folder: Path, language: str) -> None:
    """Every address once, every link leads somewhere, and what nobody recorded is said to be so."""
    ruleset = load_ruleset(folder)
    page = Page(rulebook_page(ruleset, verify(ruleset), None, language))
    assert len(page.ids) == len(set(page.ids))
    assert set(addresses(ruleset)) <= set(page.ids)
    assert page.lost() == []
    missing = catalogue(language).page.not_recorded
    assert page.said.lower().count(missing) >= len(readings(ruleset))
    words = catalogue(language).rulebook
    # Above each proof of a decision, above the expectations, and above all of them.
    assert page.said.count(words.not_people) == len(ruleset.decisions) + 2


def test_what_the_owner_records_stands_in_the_book(library: RuleSet) -> None:
    """Who publishes it, how long data are kept, how it is stopped, and who chose a reading when."""
    every = {"retention", "impact_assessment", "register", "stop", "monitoring", "lawful_basis"}
    texts: dict[str, Any] = {name: {"nl": f"nl {name}", "en": f"en {name}"} for name in every}
    contact = Contact(phone="14 070", email="a@b.nl")
    sender = {"nl": "Stad", "en": "Town"}
    owner = Publication(
        municipality=sender, team=sender, contact=contact, in_use_since=date(2024, 5, 6), **texts
    )
    choice = Interpretation(BOTH, BOTH, BOTH, "the board", date(2023, 1, 2))
    rule = next(iter(library.rule))
    known = replace(library, publication=owner)
    known = with_rule(known, rule, grounds=Grounds("interpretation", (), choice))
    page = Page(rulebook_page(known, verify(known), None, "en"))
    for said in (*(f"en {name}" for name in every), "14 070; a@b.nl", "6 May 2024"):
        assert said in page.said
    assert "The board, 2 January 2023" in page.said
    assert "Town" in page.said
    half = Interpretation(BOTH, BOTH, BOTH, decided_on=date(2023, 1, 2))
    known = with_rule(known, rule, grounds=Grounds("interpretation", (), half))
    assert (
        "Not recorded yet, 2 January 2023"
        in Page(rulebook_page(known, verify(known), None, "en")).said
    )
    empty = replace(known, publication=Publication(contact=Contact()))
    contacts = [row.text for row in rulebook(empty, verify(empty), None, "en").oversight]
    assert contacts[-2] == "Not recorded yet"


def test_a_rule_and_a_flag_of_one_id_have_readings_apart(library: RuleSet) -> None:
    """The rule has the plain address."""
    rule, flag = next(iter(library.rule)), library.flags[0]
    choice = Grounds("interpretation", (), Interpretation(BOTH, BOTH, BOTH))
    known = replace(library, flags=(replace(flag, id=rule, grounds=choice), *library.flags[1:]))
    known = with_rule(known, rule, grounds=choice)
    entries = rulebook(known, verify(known)).readings
    found = {entry.address: entry.of.address for entry in entries}
    assert found[f"reading-{rule}"] == f"rule-{rule}"
    assert found[f"reading-flag-{rule}"] == f"flag-{rule}"
    assert len(found) == len(entries)


@pytest.mark.gate
def test_what_may_stand_in_for_origin_is_told(library: RuleSet) -> None:
    """What it decides and what not, and where that is not said, that it is not."""
    rijswijk = load_ruleset(POLICY)
    told = rulebook(rijswijk, verify(rijswijk), None, "en").oversight[-1].text
    assert "It decides whether you get a route from us" in told
    told = rulebook(library, verify(library), None, "en").oversight[-1].text
    assert "has not been recorded yet" in told


def test_when_an_interview_asks_stands_beside_a_fact(library: RuleSet) -> None:
    """Just where the author says it: its sensitivity, also 0, and its topic."""
    first, second, *others = library.facts
    topics = (Topic("visiting", {"nl": "langskomen", "en": "coming in"}), Topic("other", BOTH))
    facts = (replace(first, sensitivity=0, topic="visiting"), replace(second, sensitivity=3))
    new = replace(library, facts=(*facts, *others), topics=topics)
    book = rulebook(new, verify(new), None, "en")
    told = [note for fact in book.facts for note in fact.special]
    assert [note for note in told if "ensitivity" in note or "Topic" in note] == [
        "Sensitivity 0 of 3: an interview asks the less sensitive questions first.",
        "Topic: coming in.",
        "Sensitivity 3 of 3: an interview asks the less sensitive questions first.",
    ]
    dutch = rulebook(new, verify(new), None, "nl")
    assert "Onderwerp: langskomen." in [note for fact in dutch.facts for note in fact.special]


def test_a_rule_set_that_is_not_sound_says_so_first(library: RuleSet) -> None:
    """The finding stands above the proofs, and the page claims nothing else; the status is 1."""
    first = next(iter(library.rule))
    broken = with_rule(library, first, when=conditions.Any(()))
    page = Page(rulebook_page(broken, verify(broken), None, "en"))
    words = catalogue("en").rulebook
    assert words.proof_findings in page.said
    assert words.proof_clean not in page.said
    assert f"rule `{first}` never applies" in page.said.replace("Rule", "rule")


def test_what_is_too_large_to_be_proved_is_said_to_be(library: RuleSet) -> None:
    """Neither a count nor a claim; of an expectation the same."""
    book = rulebook(library, verify(library, budget=1), None, "en")
    words = catalogue("en").rulebook
    assert {entry.looked for entry in book.proofs.decisions} == {words.proof_missing}
    assert {row.text for row in book.proofs.expectations} == {words.proof_undetermined}
    assert not book.proofs.clean


@pytest.mark.gate
def test_the_cases_stand_in_the_book_with_what_they_reach() -> None:
    """Each with an address; one that fails with what was expected; each rule with its number."""
    ruleset = load_ruleset(POLICY)
    cases = load_cases(CASES, ruleset)
    wrong = replace(cases[0], id="an odd 'id'", label={}, expect={"path": {"outcome": "none"}})
    report = run_cases(Engine(ruleset), [*cases, wrong])
    page = Page(rulebook_page(ruleset, verify(ruleset), report, "en"))
    assert {anchor("case", one.id) for one in cases} <= set(page.ids)
    assert "case-an%20odd%20%27id%27" in page.ids
    assert f"{len(cases)} of {len(cases) + 1} cases give the expected answer." in page.said
    assert "path.outcome: expected `none`, got " in page.said
    book = rulebook(ruleset, verify(ruleset), report, "en")
    assert all(rule.cases not in ("", "0") for one in book.decisions for rule in one.rules)
    few = run_cases(Engine(ruleset), cases[:1])
    assert "Not covered: " in Page(rulebook_page(ruleset, verify(ruleset), few, "en")).said


def test_a_case_says_what_a_person_chooses_from_and_what_is_not_known() -> None:
    """What cases do not reach is named; where they reach all of it nothing is."""
    ruleset, place = small(), Place("cases.yaml", 1, 1)
    child = {"age": 5, "debt": "none", "willing": False}
    some = [
        Case(name, {}, known, {}, None, None, place)
        for name, known in (("child", child), ("grown_up", {"age": 30}))
    ]
    found = rulebook(ruleset, verify(ruleset), run_cases(Engine(ruleset), some), "en").cases
    assert found is not None
    assert [one.answers for one in found.entries] == [
        (
            "A staff member will look at this: A (a) or B (b)",
            "Does not apply at the moment",
        ),
        ("No advice yet: willing and debt", "No advice yet: willing and debt"),
    ]
    assert [one.text for one in found.coverage] == [
        "Covered: 1 of 3. Not covered: a; one.",
        "Covered: 0 of 2. Not covered: card: A (a); loan: 1 (one).",
        "Covered: 1 of 1.",
    ]


@pytest.mark.gate
def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To a file or to standard output; 1 where a case fails, 2 where there are no cases."""
    out = tmp_path / "book.html"
    assert main(["rulebook", str(LIBRARY), "--lang", "en", "-o", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    library = load_ruleset(LIBRARY)
    assert out.read_text(encoding="utf-8").strip() == rulebook_page(
        library, verify(library), None, "en"
    )
    assert main(["rulebook", str(LIBRARY)]) == 0
    assert "<h1>Regelboek: Bibliotheekpas</h1>" in capsys.readouterr().out
    assert main(["rulebook", str(LIBRARY), "--cases", str(tmp_path / "none")]) == 2
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: {one: {facts: {age: 7}, expect: {card: full}}}", encoding="utf-8")
    assert main(["rulebook", str(LIBRARY), "--cases", str(cases), "-o", str(out)]) == 1
    assert "klopt niet" in out.read_text(encoding="utf-8")


def test_rules_of_many_uses_have_one_box_of_facts(library: RuleSet) -> None:
    """A picture with a box for each use could not be read."""
    facts = tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(9))
    outcome = library.decisions[0].outcomes[0]
    decisions = tuple(
        Decision(
            f"d{number}",
            BOTH,
            (outcome,),
            (
                Rule(
                    f"r{number}",
                    conditions.FactIs(f"f{number}", set_of_bits(2)),
                    outcome.id,
                    BOTH,
                    BOTH,
                    GROUNDS,
                ),
            ),
        )
        for number in range(9)
    )
    ruleset = build_ruleset("many", facts=facts, decisions=decisions)
    boxes = rulebook(ruleset, verify(ruleset)).boxes
    assert [box.kind for box in boxes] == ["facts", *["decision"] * 9]
    assert all(box.sources == ("facts-0",) for box in boxes[1:])


def test_of_several_sources_each_place_says_which(library: RuleSet) -> None:
    """And an expectation that speaks of nobody says so."""
    other = replace(library.sources[0], id="other", number="LC-1")
    place = replace(library.citations[0], id="there", source="other")
    nobody = replace(library.expectations[0], when=conditions.Any(()))
    ruleset = replace(
        library,
        sources=(*library.sources, other),
        citations=(*library.citations, place),
        expectations=(nobody, *library.expectations[1:]),
    )
    book = rulebook(ruleset, verify(ruleset), None, "en")
    assert book.citations[-1].link.text.startswith("Regulations LC-1, ")
    assert book.proofs.expectations[0].text == catalogue("en").rulebook.proof_idle


ORDER = ("    rules:\n      card_a", "    order: [card_a, card_b]\n    rules:\n      card_a")
ANSWERS = "If rules with different answers fit, the first answer in this list counts:"
PRIORITY = ("    rules:\n      card_a", "    priority: [A, review]\n    rules:\n      card_a")


@pytest.mark.parametrize(
    ("language", "ranking", "words", "names"),
    [
        ("nl", ORDER, "Past meer dan één regel? Dan geldt de eerste uit deze lijst:", ["A", "B"]),
        ("en", PRIORITY, ANSWERS, ["A (a)", "A review by a staff member"]),
    ],
)
def test_a_ranking_is_told_once_in_plain_words(
    language: str, ranking: tuple[str, str], words: str, names: list[str]
) -> None:
    """The decision says it; no rule lists what it goes before, save what is written by hand."""
    for changes, by_hand in (((ranking, UNRANKED), 0), ((ranking,), 0), ((), 1)):
        ruleset = small(*changes)
        entry = rulebook(ruleset, verify(ruleset), language=language).decisions[0]
        assert sum(len(one.outranks) for one in entry.rules) == by_hand
        assert entry.ranked_words == (words if changes else "")
        assert [one.text for one in entry.ranked] == (names if changes else [])
        page = Page(rulebook_page(ruleset, verify(ruleset), language=language))
        assert (words in page.text) == bool(changes)


UNRANKED = ("        outranks: [card_b]\n", "")


def test_what_a_ranking_leaves_open_stands_with_the_rules() -> None:
    """An `outranks` between rules of one rank is not told by the ranking, and stays."""
    rank = ("    rules:\n      card_a", "    priority: [A]\n    rules:\n      card_a")
    ruleset = small(rank, ("then: {review: [A, B]}", "then: A"))
    first, other = rulebook(ruleset, verify(ruleset), language="en").decisions[0].rules
    assert [one.text for one in first.outranks] == ["B"]
    assert [one.text for one in other.outranked_by] == ["A"]


def test_a_rule_that_always_applies_says_so() -> None:
    """Without a list of what has to hold: there is nothing on it."""
    ruleset = small(("when: {all: [willing, free]}", "always: true"))
    for language, word in (("nl", "Altijd"), ("en", "Always")):
        first = rulebook(ruleset, verify(ruleset), language=language).decisions[0].rules[0]
        assert first.condition == Clause(word)
