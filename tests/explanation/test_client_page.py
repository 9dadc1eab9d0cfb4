"""The page that a client gets: sentences of the rule set, only what counted, nothing unescaped."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from statistics import mean
from typing import Any

import pytest
from hypothesis import given, settings

from examples import examples, gated
from explanation.clients import kinds
from explanation.explained import (
    REF,
    Case,
    as_profile,
    cases,
    every_form,
    explainer_of,
    nodes,
)
from explanation.test_golden import CHANGED, VIGNETTES, profile
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from i18n.test_catalogue import templates
from routeengine import Engine, load_ruleset
from routeengine.departure import Departure, depart
from routeengine.executors.lanes import LanesExecutor
from routeengine.explanation import LANGUAGES, Explanation
from routeengine.explanation.build import plan_of
from routeengine.explanation.facts import MAX_VIEWS
from routeengine.explanation.page.client import client_page
from routeengine.explanation.page.evidence import counted
from routeengine.explanation.page.prose import SIGNS, WIDTH, Block, blocks_of
from routeengine.explanation.page.questions import FEW, MANY, leading
from routeengine.explanation.page.voice import Voice
from routeengine.explanation.parts import CitedPlace, Named
from routeengine.i18n import catalogue
from routeengine.profile import Between, Known, OneOf
from routeengine.result import Result
from routeengine.rulebook import rulebook_page
from routeengine.ruleset.conditions import All, Condition, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import (
    Constraint,
    Decision,
    Flag,
    Outcome,
    Progression,
    Review,
    Rule,
    RuleSet,
)
from routeengine.ruleset.wording import Publication, RoleWording, Wording
from routeengine.ruleset.words import Text
from routeengine.value_set import set_of_bits
from routeengine.verification import verify
from verification.broken import LIBRARY

TODAY = date(2023, 6, 6)

PROFILES = [*VIGNETTES, *CHANGED]

LONGEST, USUAL = 25, 9
"""Words in a sentence of the first part of a page: the most, and the most on average."""


def texts_of(part: object, language: str) -> Iterator[str]:
    """Yield every text that a rule set or an explanation holds, in a language."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, typing.Mapping):
        own = part.get(language)
        for one in [own] if isinstance(own, str) else part.values():
            yield from texts_of(one, language)
    elif isinstance(part, tuple):
        for one in part:
            yield from texts_of(one, language)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts_of(getattr(part, field.name), language)


def first_part(blocks: list[Block], language: str) -> list[Block]:
    """Give what stands before the account."""
    heading = catalogue(language).client.heading_account
    texts = [block.text for block in blocks]
    return blocks[: texts.index(heading)] if heading in texts else blocks


def lower(text: str) -> str:
    """Return a text in lower case, with the accents that a Dutch word has where it begins none."""
    return text.lower().replace("eén", "één")


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_a_template_or_a_text_of_the_rules(
    rijswijk: RuleSet, engine: Engine, language: str
) -> None:
    """Cross out what templates and data say: no word may be left over."""
    said = [
        text
        for key, text in templates(language, rijswijk).items()
        if re.match(r"client|expl|page", key)
    ]
    fixed = {part.strip() for one in said for part in re.split(r"\{\w+\}", one)}
    fixed |= {*catalogue(language).client.counts, *catalogue(language).months}
    fixed |= set(texts_of(rijswijk, language))
    for client in kinds(engine, rijswijk):
        explanation = engine.explain(client, lang=language)
        own = fixed | set(texts_of(explanation, language))
        words = {bare for one in own if len(bare := lower(one.rstrip("."))) > 1}
        for block in blocks_of(explanation):
            text = left = lower(block.text)
            for word in (one for one in words if one in text):
                for at in (found.start() for found in re.finditer(re.escape(word), text)):
                    left = left[:at] + "|" * len(word) + left[at + len(word) :]
            assert not re.search(r"[^\W\d_]{2,}", left), (block.text, left)


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_part_speaks_to_the_client_in_short_sentences(
    rijswijk: RuleSet, engine: Engine, language: str
) -> None:
    """Nobody is "the client" there, nor in the account outside the readings of the policy."""
    lengths = []
    for client in kinds(engine, rijswijk):
        explanation = engine.explain(client, lang=language)
        page = client_page(explanation)
        assert page.account is not None
        outside = replace(page, account=replace(page.account, readings=()))
        said = " ".join(texts_of(outside, language)).lower()
        assert not re.search(r"\b(de|the) (cliënt|client)\b", said)
        for block in first_part(blocks_of(explanation), language):
            found = [one for one in re.split(r"(?<=[.?!])\s", block.text) if one]
            lengths += [len(one.split()) for one in found]
    assert max(lengths) <= LONGEST
    assert mean(lengths) <= USUAL


@pytest.mark.gate
def test_a_fact_that_no_answered_decision_reads_is_on_no_page(
    rijswijk: RuleSet, engine: Engine
) -> None:
    """But for those by which a decision does not apply: what did not count is not shown."""
    hidden = 0
    for client in kinds(engine, rijswijk):
        explanation = engine.explain(client, lang="nl")
        answered = {
            name for name, one in explanation.verdicts.items() if one.status != "not_applicable"
        }
        closing = {
            fact for name, why in explanation.why.items() if name not in answered
            for fact in why.because
        }  # fmt: skip
        said = " ".join(texts_of(client_page(explanation), "nl")).lower()
        for name, node in explanation.facts.items():
            if name not in closing and answered.isdisjoint(node.read_by):
                hidden += 1
                assert name not in counted(explanation)
                assert not re.search(rf"\b{re.escape(node.label)}\b", said), name
    assert hidden


@pytest.mark.parametrize("name", PROFILES)
def test_both_languages_have_the_same_structure(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """Block by block, with the same signs."""
    of = {
        language: blocks_of(engine.explain(profile(rijswijk, name), lang=language))
        for language in LANGUAGES
    }
    first, *others = ([(b.kind, b.level, b.mark) for b in blocks] for blocks in of.values())
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", PROFILES)
def test_every_citation_resolves(rijswijk: RuleSet, engine: Engine, name: str) -> None:
    """A place that is cited is a citation of the rule set, with its place and digest."""
    explanation = engine.explain(profile(rijswijk, name), lang="nl")
    cited = [node for node in nodes(explanation) if isinstance(node, CitedPlace)]
    assert cited
    for place in cited:
        citation = rijswijk.citation[place.citation]
        assert (place.section, place.paragraph, place.sentence, place.sha256) == (
            citation.section, citation.paragraph, citation.sentence, citation.sha256,
        )  # fmt: skip
        source = next(one for one in rijswijk.sources if one.id == citation.source)
        assert (place.source, place.number) == (source.id, source.number)
        assert place.text.startswith(f"{source.kind['nl']} {source.number}")


@pytest.mark.parametrize("name", PROFILES)
def test_an_interpretation_carries_its_alternative(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """Where a reading decides, the reader sees it with the reading that was not chosen."""
    explanation = engine.explain(profile(rijswijk, name), lang="en")
    page, text = client_page(explanation), flat(explanation)
    for rule in explanation.why[page.decision].rules:
        reading = rule.grounds.reading
        if reading is not None:
            assert " ".join(reading.choice.split()) in text
            assert " ".join(reading.alternative.split()) in text


@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_outcomes_are_listed_in_declared_order(case: Case) -> None:
    """Other outcomes stand in the order of the declaration, whatever their standing."""
    explanation = case.explain()
    for decision in case.ruleset.decisions:
        order = [outcome.id for outcome in decision.outcomes]
        found = list(explanation.why_not[decision.id])
        assert found == [one for one in order if one in found]
        possible = [one.id for one in explanation.verdicts[decision.id].possible]
        assert possible == [one for one in (*order, "review", "not_applicable") if one in possible]


class Outline(HTMLParser):
    """Checks that a page is well-formed as far as its own tags go, and gathers its text."""

    EMPTY = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.foreign: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last, and no other."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Gather the text, and what of it is said to be in another language."""
        self.text += data
        tag, attributes = self.tags[-1] if self.tags else ("", {})
        if self.open[-1:] == ["span"] == [tag] and attributes.get("lang"):
            self.foreign.add((str(attributes["lang"]), data))


@pytest.mark.parametrize("heading", gated(["<i>&", "paragraph", "", "‘, 1"], 2))
@pytest.mark.parametrize("own", [None, "nl", "en", "fy"])
def test_words_of_a_source_say_their_language(
    rijswijk: RuleSet, own: str | None, heading: str
) -> None:
    """A heading in another language than the page is marked, it alone and all of it (WCAG 3.1.2).

    Also one that looks like the words around it. Nothing is marked where no language is given.
    """
    (source,) = rijswijk.sources
    cited = replace(rijswijk.citations[0], section=heading)
    ruleset = replace(
        rijswijk,
        sources=(replace(source, language=own, headings=(heading,)),),
        citations=tuple(replace(cited, id=one.id) for one in rijswijk.citations),
    )
    explanation = Engine(ruleset).explain(profile(rijswijk, "ready_to_volunteer"), lang="en")
    page = Outline()
    page.feed(explanation.to_html(audience="client"))
    marked = own not in (None, "en") and heading
    assert page.foreign == ({(own, heading)} if marked else set())


def test_a_page_in_the_language_of_its_source_marks_nothing(engine: Engine) -> None:
    """The shipped rules say that their letter is in Dutch."""
    client = profile(engine.ruleset, "ready_to_volunteer")
    for language in LANGUAGES:
        page = Outline()
        page.feed(engine.explain(client, lang=language).to_html(audience="client"))
        assert {own for own, _ in page.foreign} == ({"nl"} if language == "en" else set())


NASTY = "<b>&\"'`*_[x](y)#|~\\"


def nasty(words: str = NASTY) -> Text:
    """Write a text that is not safe to show as it is."""
    return {"nl": words, "en": words}


def one_decision(
    *rules: Rule,
    outcomes: tuple[str, ...] = ("A", "B"),
    constraints: tuple[Constraint, ...] = (),
    flags: tuple[Flag, ...] = (),
    applies_when: FactIs | None = None,
) -> RuleSet:
    """Make a rule set of one decision over four boolean facts."""
    decision = Decision(
        "route", nasty("route"),
        tuple(Outcome(one, nasty(f"outcome {one}"), nasty("so")) for one in outcomes),
        rules, applies_when, None if applies_when is None else nasty("It is not for you."),
    )  # fmt: skip
    facts = tuple(replace(a_fact(n, BooleanDomain()), label=nasty(f"fact {n}")) for n in "pqrs")
    return build_ruleset(
        "small",
        title=nasty("small"),
        purpose=nasty(),
        owner=nasty(),
        facts=facts,
        decisions=(decision,),
        constraints=constraints,
        flags=flags,
    )


def rule(name: str, when: Condition | None, then: str | Review, *outranks: str) -> Rule:
    """Make a rule whose label is its id."""
    return Rule(
        name,
        when,
        then,
        nasty(f"label {name}"),
        nasty(f"Reason {name}."),
        GROUNDS,
        outranks,
    )


def explained(ruleset: RuleSet, **facts: bool | None) -> Explanation:
    """Explain a client of whom these facts are known; None is declined."""
    state = {
        fact.id: Known(fact.domain.full, declined=fact.id in facts)
        if facts.get(fact.id) is None
        else Known(set_of_bits(2 if facts[fact.id] else 1))
        for fact in ruleset.facts
    }
    return Case(ruleset, state, LanesExecutor(ruleset)).explain("en")


def flat(explanation: Explanation) -> str:
    """Give the text of an explanation on one line."""
    return " ".join(explanation.to_text().split())


P, Q, R, S = (FactIs(name, set_of_bits(2)) for name in "pqrs")


def test_an_answer_over_budget_says_so() -> None:
    """Where not everything was worked out, the reader is told that less may be possible."""
    ruleset = one_decision(rule("a", P, "A"))
    executor = LanesExecutor(ruleset)
    state = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
    answer = executor.evaluate(state)
    verdict = replace(answer.verdicts["route"], exact=False)
    rough = replace(answer, verdicts={"route": verdict})
    result = Result(rough, as_profile(ruleset, state), REF, "0.0.0")
    explanation = explainer_of(ruleset, executor).explain(result, "en")
    assert "The program did not work everything out." in flat(explanation)
    assert not explanation.verdicts["route"].exact


@pytest.mark.gate
def test_what_is_kept_is_bounded() -> None:
    """However many clients are explained, no more than a fixed number of views is kept."""
    months = replace(a_fact("p", IntegerDomain(0, 3 * MAX_VIEWS)), label=nasty("fact p"))
    ruleset = one_decision(rule("a", FactIs("p", set_of_bits(2)), "A"))
    ruleset = replace(ruleset, facts=(months, *ruleset.facts[1:]))
    executor = LanesExecutor(ruleset)
    for value in range(0, 3 * MAX_VIEWS, 2):
        state = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
        explanation = Case(
            ruleset, state | {"p": Known(set_of_bits(1 << value))}, executor
        ).explain("en")
        assert explanation.facts["p"].value == value
        assert f"- Fact p: {value}." in flat(explanation)
    assert 0 < len(plan_of(ruleset, "en").facts["p"].views) <= MAX_VIEWS


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("p and Q do not go together", "P and Q do not go together."),
        ("P and Q do not go together.", "P and Q do not go together."),
        ("p without Q!", "P without Q!"),
    ],
)
def test_a_broken_constraint_is_a_sentence(label: str, shown: str) -> None:
    """However its label is written, a constraint that is broken begins and ends as a sentence."""
    clash = Constraint("k", All((P, Q)), nasty(label), GROUNDS)
    ruleset = one_decision(rule("a", P, "A"), constraints=(clash,))
    sentences = explained(ruleset, p=True, q=True).verdicts["route"].sentences
    assert shown in sentences
    assert "The staff member will work out with you which are right." in " ".join(sentences)


def test_the_mark_is_never_the_only_sign() -> None:
    """Every mark is another, and each stands with words of its own in both languages."""
    assert len(set(SIGNS.values())) == len(SIGNS)
    for language in LANGUAGES:
        marks = catalogue(language).page.marks
        assert set(marks) == set(SIGNS)
        assert len(set(marks.values())) == len(SIGNS)


def test_the_profile_reads_back() -> None:
    """A state that is written as a profile is the state that the engine reads."""
    ruleset = one_decision(rule("a", P, "A"))
    state = {
        "p": Known(set_of_bits(2)),
        "q": Known(set_of_bits(3)),
        "r": Known(set_of_bits(3), declined=True),
        "s": Known(set_of_bits(1)),
    }
    engine = Engine(ruleset)
    assert engine.explain(as_profile(ruleset, state), lang="en").why["route"].because == ("p",)


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_text_is_readable(case: Case) -> None:
    """Lines fit the width, and the answer comes before how it came about."""
    for language in LANGUAGES:
        explanation, words = case.explain(language), catalogue(language).client
        text = explanation.to_text()
        lines = text.splitlines()
        assert all(len(line) <= WIDTH for line in lines)
        assert not any(line != line.rstrip() for line in lines)
        page = client_page(explanation)
        at = [lines.index(one) for one in (page.title, page.panel.over, words.heading_account)]
        assert at == sorted(at)
        assert ("- " + words.who_decides in flat(explanation)) or words.made_by in flat(explanation)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROFILES)
def test_the_page_says_what_the_text_says(
    rijswijk: RuleSet, engine: Engine, name: str, language: str
) -> None:
    """The answer and the reasons of the text; headings without a gap, nothing of the network."""
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    page = Outline()
    page.feed(explanation.to_html(audience="client"))
    assert not page.open
    shown = " ".join(page.text.split())
    for block in first_part(blocks_of(explanation), language):
        if block.kind in ("title", "heading", "result", "text", "step"):
            # What lacks stands in the note above.
            assert all(part in shown for part in block.text.split(". ")), block.text
    assert ("html", {"lang": language}) in page.tags
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "img", "iframe")
        assert not {"src", "style"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")


def test_everything_shown_is_escaped() -> None:
    """Texts of a rule set, ids of clients and reasons cannot break out of Markdown or HTML."""
    ruleset = one_decision(
        Rule("r", P, "A", nasty(), nasty(), GROUNDS), rule("s", Not(P), "B"),
        flags=(Flag("f", nasty(), P, GROUNDS),),
    )  # fmt: skip
    ruleset = replace(ruleset, facts=tuple(replace(f, label=nasty()) for f in ruleset.facts))
    case = Case(
        ruleset, {f.id: Known(set_of_bits(2)) for f in ruleset.facts}, LanesExecutor(ruleset)
    )
    explanation = replace(case.explain(), client_id=NASTY)
    page = Outline()
    page.feed(explanation.to_html(audience="client"))
    assert not {"b", "a", "em"} & {tag for tag, _ in page.tags if tag != "a"}
    assert NASTY in page.text
    markdown = explanation.to_markdown()
    assert markdown.count("\\<b\\>") == markdown.count("<b") > 0


def test_an_answer_is_named_once_and_explained_by_what_is_so() -> None:
    """Without a sentence of the rule set its labels do, also for the rule that fits all else."""
    ruleset = one_decision(rule("a", All((P, Not(Q))), "A"), rule("rest", None, "B"))
    text = flat(explained(ruleset, p=True, q=False))
    assert "Our advice ---------- Route A – outcome A so" in text
    assert "- Fact p: yes. - Fact q: no." in text
    assert "✓ A – outcome A: yes, this follows" in text
    other = flat(explained(ruleset, p=False))
    assert "- Reason rest." in other
    assert "✓ No other rule fits: needs yes, for you yes – this is so" in other
    assert "Route A – outcome A: Fact p: yes (now: no)" in other
    assert text.count("Route A – outcome A so") == 1


def test_where_rules_do_not_choose_the_client_reads_why() -> None:
    """A gap, an overlap, a rule for people, one without candidates, and one of several."""
    a, b = rule("a", P, "A"), rule("b", Q, "B")
    gap = flat(explained(one_decision(a), p=False))
    assert "You and the staff member choose together" in gap
    assert "No rule fits these facts." in gap
    overlap = flat(explained(one_decision(a, b), p=True, q=True))
    assert "More than one rule fits: ‘label a’ and ‘label b’." in overlap
    assert "Choose together: route A or B" in overlap
    look = Review(("A",))
    one = flat(explained(one_decision(rule("a", P, look)), p=True))
    assert "Look together at whether this fits: route A Reason a." in one
    none = Review((), nasty("Nobody can choose here."))
    assert "Nobody can choose here." in flat(explained(one_decision(rule("a", P, none)), p=True))
    several = one_decision(rule("a", P, look), rule("b", Not(P), look))
    assert "The reason may be: ‘label a’ or ‘label b’." in flat(explained(several))
    still = flat(explained(one_decision(rule("a", P, look))))
    assert "What we do not know yet makes no difference to that." in still


def test_where_several_rules_can_decide_the_answer_is_one() -> None:
    """Not knowing which rule decides does not hide that the answer is the same."""
    text = flat(explained(one_decision(rule("a", P, "A"), rule("b", Not(P), "A"))))
    assert "Route A – outcome A" in text
    assert "What we do not know makes no difference here." in text
    assert "? A – outcome A: label a: yes, or this follows in another way" in text


def test_sources_that_disagree_are_named() -> None:
    """The client reads which fact it is on, and that nobody guesses."""
    ruleset = one_decision(rule("a", All((P, Q)), "A"), rule("b", All((P, Not(Q))), "B"))
    state = {fact.id: Known(set_of_bits(3)) for fact in ruleset.facts} | {
        "p": Known(set_of_bits(2)),
        "q": Known(set_of_bits(3), conflicting=True),
        "s": Known(set_of_bits(3), conflicting=True),
    }  # fmt: skip
    explanation = Case(ruleset, state, LanesExecutor(ruleset)).explain("en")
    text = flat(explanation)
    assert "We do not know which answer is right" in text
    assert "We want to know ‘fact q’. Your file has different answers: no or yes." in text
    assert [one.id for one in explanation.verdicts["route"].conflicting] == ["q"]


def test_a_contradiction_is_no_fault_of_the_client() -> None:
    """What does not go together is said; what goes with nothing else is not."""
    clash = Constraint("k", All((P, Q)), nasty("P and Q do not go together"), GROUNDS)
    ruleset = one_decision(rule("a", P, "A"), constraints=(clash,))
    explanation = explained(ruleset, p=True, q=True)
    text = flat(explanation)
    assert "Two facts do not agree We do not guess which is right." in text
    assert "- P and Q do not go together." in text
    assert "This is not your fault." in text
    assert "First the staff member will work out what is right." in text
    assert client_page(explanation).map == ()
    three = Constraint("k", All((P, Q)), nasty("One."), GROUNDS)
    two = one_decision(rule("a", P, "A"), constraints=(three, replace(three, id="l")))
    assert "Several facts do not agree" in flat(explained(two, p=True, q=True))


def test_what_was_not_answered_is_no_dead_end() -> None:
    """The client need not answer, and reads where answers would lead."""
    ruleset = one_decision(rule("a", P, "A"), rule("b", Not(P), "B"))
    text = flat(explained(ruleset, p=None))
    assert (
        "First, a talk with the staff member You chose not to answer a question. That is fine."
        in text
    )
    assert "We do not yet know ‘fact p’. If the answer is ‘yes’, then route A follows." in text
    assert "If the answer is ‘no’, then route B follows." in text


@pytest.mark.parametrize("more", [1, 2])
def test_a_client_is_asked_a_few_questions(more: int) -> None:
    """And reads how many there are besides."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(FEW + more))
    facts += tuple(a_fact(f"g{n}", BooleanDomain()) for n in range(MANY - FEW))
    every = All(tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts))
    ruleset = replace(one_decision(rule("a", every, "A")), facts=facts)
    known = {fact.id: Known(set_of_bits(3)) for fact in facts}
    page = client_page(Case(ruleset, known, LanesExecutor(ruleset)).explain("en"))
    assert page.asks is not None
    assert len(page.asks.items) == FEW
    assert page.panel.big == "We are still missing many answers"
    assert page.asks.note.startswith(f"There are {MANY + more - FEW} other questions.")


def test_a_decision_that_does_not_apply_says_why() -> None:
    """Not applicable is no advice: it is what is so, with the condition that failed."""
    ruleset = one_decision(rule("a", P, "A"), applies_when=Q)
    explanation = explained(ruleset, q=False)
    text = flat(explanation)
    assert "This is no advice, but what we see" in text
    assert "It is not for you. - Fact q: no." in text
    assert "Fact p" not in text
    bare = replace(ruleset, decisions=(replace(ruleset.decisions[0], not_applicable_because=None),))
    assert "- Fact q: no." in flat(explained(bare, q=False))


def test_what_a_constraint_settles_is_told_apart() -> None:
    """A fact that was not given, but follows from others, says so."""
    clash = Constraint("k", All((P, Q)), nasty("P and Q do not go together."), GROUNDS)
    text = flat(explained(one_decision(rule("a", Not(Q), "A"), constraints=(clash,)), p=True))
    assert "Fact q: no (follows from other facts)." in text


def test_flags_are_for_people_who_work_with_them() -> None:
    """Not on a client's page, raised or not."""
    flags = (Flag("f", nasty("is p right?"), P, GROUNDS), Flag("g", nasty("look at q"), Q, GROUNDS))
    explanation = explained(one_decision(rule("a", P, "A"), flags=flags), p=True)
    assert "p right" not in flat(explanation)
    assert "look at q" not in flat(explanation)
    assert [flag.flag for flag in explanation.flags] == ["f"]


def test_a_page_is_a_draft_until_all_of_it_is_laid_down(rijswijk: RuleSet, engine: Engine) -> None:
    """It says what lacks; nothing is made up, and a letter is its first part."""
    explanation = engine.explain(profile(rijswijk, "ready_to_volunteer"), lang="en")
    head = client_page(explanation).head
    assert head.draft
    assert len(head.lacking) == 3  # the date, a contact, and what one can do
    html = explanation.to_html(audience="client")
    assert "DRAFT" in html
    assert "Is something wrong, or do you disagree?</h2>\n<p>Not recorded yet.</p>" in html
    letter = explanation.to_html(audience="client", letter=True, large=True)
    assert "How did we read" in html
    assert "How did we read" not in letter
    assert 'class="client large"' in letter


def test_what_a_person_decided_stands_before_the_advice(rijswijk: RuleSet, engine: Engine) -> None:
    """With the day, the role, and the reason in that person's own words; of a path too."""
    known = profile(rijswijk, "debts_and_depression_willing")
    result = engine.classify({**known, "conversation_held": True})
    choice = Departure("route", "D", "participatieconsulent", "Zij ligt <nu>.", TODAY)
    explanation = depart(result, choice, rijswijk).annotate(engine.explain(result, lang="nl"))
    text = flat(explanation)
    assert "Besluit van 6 juni 2023 ----------------------- Route D – Zorg en rust" in text
    assert "Ons advies was: Route B – Beweging. Uw participatieconsulent koos anders." in text
    assert "Reden: “Zij ligt <nu>" in text
    assert "De rest van ons advies hoorde bij ons eerste advies." in text
    states = {item.outcome: item.state for item in client_page(explanation).map}
    assert states == {"A": "", "B": "was", "C": "", "D": "here"}
    assert "Zij ligt" not in flat(explanation.masked())


def test_what_was_decided_before_stands_there_with_its_reason(
    rijswijk: RuleSet, engine: Engine
) -> None:
    """Each earlier one, the last first: who decided, when and why. Masked, no reason is told."""
    result = engine.classify(profile(rijswijk, "debts_and_depression_willing"))
    taken: Any = result
    for outcome, why in (("D", "Zij ligt <nu>."), ("C", "Zij kan weer iets."), ("A", "Het gaat.")):
        choice = Departure("route", outcome, "participatieconsulent", why, TODAY)
        taken = depart(taken, choice, rijswijk)
    explanation = taken.annotate(engine.explain(result, lang="nl"))
    text = flat(explanation)
    told = [
        text.index("Reden: “Het gaat”"),
        text.index("Eerder: Route C – Maximaal haalbaar, door participatieconsulent op"),
        text.index("op 6 juni 2023. Reden: “Zij kan weer iets”"),
        text.index("op 6 juni 2023. Reden: “Zij ligt <nu>”"),
    ]
    assert told == sorted(told)
    page = explanation.to_html(audience="client")
    assert 'Reden: <q dir="auto">Zij ligt &lt;nu&gt;</q>' in page
    for masked in (flat(explanation.masked()), explanation.masked().to_html(audience="client")):
        assert "Eerder: " in masked
        assert "Zij " not in masked


@pytest.mark.parametrize(
    ("possible", "dutch", "english"),
    [
        (("A", "B"), "route A of B", "route A or B"),
        (("A", "review"), "route A of eerst een gesprek", "route A or a talk"),
        (("A", "B", "review"), "route A of B, of eerst een gesprek", "route A or B, or a talk"),
    ],
)
def test_two_times_or_takes_a_comma(
    engine: Engine, possible: tuple[str, ...], dutch: str, english: str
) -> None:
    """Among outcomes by id, and between those and a talk."""
    for language, words in (("nl", dutch), ("en", english)):
        voice = Voice(engine.explain({}, language))
        told = voice.could_be("route", [Named(one, one) for one in possible])
        assert told.startswith(words)


def test_no_outcome_is_better_than_another_in_the_words_of_the_rules(engine: Engine) -> None:
    """Below the map of outcomes; where the rules have no words for it, that order says nothing."""
    page = client_page(engine.explain({}, "nl"))
    dashed = "Een stippellijn betekent: dit kan nog."
    assert page.map_note == f"{dashed} Geen route is beter dan een andere."
    other = client_page(Engine(load_ruleset(LIBRARY)).explain({}, "nl"))
    assert other.map_note == f"{dashed} De volgorde heeft geen betekenis."


def test_what_is_known_in_part_is_told_where_it_is_asked(engine: Engine) -> None:
    """Of numbers the least and the most; of a choice what is left of it."""
    known = {
        "rung": 2, "receives_benefit": True, "current_service": "participation",
        "able_to_participate": False, "prognosis_months": Between(18, 30),
    }  # fmt: skip
    nl, en = (engine.explain(known, language) for language in ("nl", "en"))
    assert (
        "Wij weten nog niet precies wanneer uw consulent een volgende stap verwacht. "
        "Wel bekend: ten minste 18 en hoogstens 30." in flat(nl)
    )
    assert "Verwachting in maanden: ten minste 18 en hoogstens 30 (deels bekend)." in flat(nl)
    assert "What we do know: at least 18 and at most 30." in flat(en)
    assert "What is known: at least 18 and at most 30." in en.to_html(audience="consultant")
    few = engine.explain({**known, "current_service": OneOf(["participation", "wsp"])}, "en")
    assert "What we do know: participation consultant or employer service point" in flat(few)


@pytest.mark.parametrize(
    ("due", "overdue", "told", "marks"),
    [
        (12, 18, "Tussen juni 2024 en december 2024 kijken wij samen opnieuw.", ["12", "18"]),
        (24, None, "Vanaf juni 2025 kijken wij samen opnieuw.", ["24"]),
        (None, 1, "Vóór juli 2023 kijken wij samen opnieuw.", ["1"]),
        (None, None, "Later kijken wij samen opnieuw.", []),
    ],
)
def test_months_ahead_are_a_sentence_and_a_picture(
    due: int | None, overdue: int | None, told: str, marks: list[str]
) -> None:
    """The picture says in words what it shows, and stands on the page alone."""
    outcome = Outcome("A", BOTH, BOTH, Progression(BOTH, due, overdue))
    ruleset = one_decision(rule("a", P, "A"))
    decision = replace(ruleset.decisions[0], outcomes=(outcome,))
    ruleset = replace(ruleset, decisions=(decision,))
    engine = Engine(ruleset)
    at = datetime(2023, 6, 5, 9, 30, tzinfo=UTC)
    explanation = engine.explain({"p": True}, "nl", at=at)
    assert told in flat(explanation)
    picture = client_page(explanation, ruleset).timeline
    assert (picture is not None) == bool(marks)
    if picture is not None:
        assert f'<title id="picture-months-wide">Tijdlijn vanaf juni 2023. {told}' in picture
        assert [*dict.fromkeys(re.findall(r">(\d+) maand(?:en)?<", picture))] == marks
        page = explanation.to_html(audience="client", ruleset=ruleset)
        assert picture in page
    assert "<svg" not in explanation.to_html_fragment()
    assert client_page(engine.explain({"p": True}, "nl"), ruleset).timeline is None
    assert client_page(engine.explain({"p": False}, "nl", at=at), ruleset).timeline is None


def test_answers_that_lead_to_the_same_are_told_together(engine: Engine) -> None:
    """Numbers in a row as a row, of which the rules tell some apart for another reason."""
    known = {"rung": 2, "receives_benefit": True, "current_service": "participation"}
    known |= {"able_to_participate": False}
    asked = engine.explain(known, "en").verdicts["route"].missing
    months = next(one for one in asked if one.fact == "prognosis_months")
    assert [one.words for one in months.answers][:2] == ["0 to 12", "13 to 18"]
    voice = Voice(engine.explain(known, "en"))
    told = [*leading(voice, months).values()]
    assert told == [["0 to 23"], ["24 to 240"]]
    rung = next(
        one for one in engine.explain({}, "en").verdicts["route"].missing if one.fact == "rung"
    )
    assert [*leading(voice, rung).values()] == [["1", "2"], ["3 to 6"]]
    pages = [engine.explain(known, one).to_html(audience="consultant") for one in LANGUAGES]
    assert all(
        text in page for text, page in zip(("0 tot en met 23", "0 to 23"), pages, strict=True)
    )
    assert "everything that is possible now" in engine.explain(
        known | {"rung": None}, "en"
    ).to_html(audience="consultant")


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_decides_has_one_name(rijswijk: RuleSet, language: str) -> None:
    """That of the rule set, on every page and in every text; without one it is a staff member."""
    names = {"nl": ("de balie", "medewerker", "consulent")}
    names["en"] = ("the desk", "staff member", "consultant")
    own, neutral, other = names[language]
    desk = {"nl": "de balie", "en": "the desk"}
    library = load_ruleset(LIBRARY)
    named = replace(library, wording=Wording(role=RoleWording(desk, desk, desk, desk)))
    for ruleset, said, unsaid in (
        (library, neutral, (other,)),
        (named, own, (neutral, other)),
        (rijswijk, other, (neutral,)),
    ):
        explanation = Engine(ruleset).explain({}, language)
        forms = [*every_form(explanation).values()]
        forms += [explanation.masked().to_text(), explanation.to_html(audience="consultant")]
        forms.append(rulebook_page(ruleset, verify(ruleset), None, language))
        for form in forms:
            text = re.sub(r"<style>.*?</style>|<[^>]+>", "", form, flags=re.DOTALL).lower()
            assert said in text or "participatieconsulent" in text
            assert not any(re.search(rf"\b{one}s?\b", text) for one in unsaid)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_set_without_sentences_reads_well(language: str) -> None:
    """It has labels, descriptions and reasons, and nothing of it is an id."""
    engine = Engine(load_ruleset(LIBRARY))
    explanation = engine.explain(
        {"age": 40, "lives_in_town": True, "staff_family": False, "can_come": True}, lang=language
    )
    page = client_page(explanation)
    assert page.panel.big == {"nl": "Volle pas", "en": "Full card"}[language]
    assert "guest_card" not in flat(explanation)
    assert page.account is not None
    assert page.account.steps[0].answer == page.panel.big


@pytest.mark.gate
def test_readings_link_into_the_rule_book(rijswijk: RuleSet, engine: Engine) -> None:
    """Where it is said where that is: each link leads to what is there; else there is none."""
    publication = replace(rijswijk.publication or Publication(), rulebook="book.html")
    ruleset = replace(rijswijk, publication=publication)
    book = set(re.findall(r'id="([^"]+)"', rulebook_page(ruleset, verify(ruleset))))
    found = set()
    for name in PROFILES:
        explanation = engine.explain(profile(rijswijk, name), lang="nl")
        linked = explanation.to_html(audience="client", ruleset=ruleset)
        found |= set(re.findall(r'href="book\.html#([^"]+)"', linked))
        assert "book.html" not in explanation.to_html(audience="client")
    assert found
    assert found <= book
