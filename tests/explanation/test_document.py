"""What a reader is shown: sentences from nodes, signs with words, nothing unescaped."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given, settings

from examples import examples
from explanation.explained import REF, Case, as_profile, cases, explainer_of, nodes
from explanation.test_golden import CHANGED, VIGNETTES, profile
from generated import GROUNDS, a_fact, build_ruleset
from i18n.test_catalogue import templates
from routeengine import Engine, load_ruleset
from routeengine.executors.lanes import LanesExecutor
from routeengine.explanation import LANGUAGES, Explanation
from routeengine.explanation.build import plan_of
from routeengine.explanation.document import MOST_QUESTIONS, document
from routeengine.explanation.facts import MAX_VIEWS
from routeengine.explanation.model import ConditionNode
from routeengine.explanation.parts import CitedPlace, Named, Reading
from routeengine.explanation.rendering import MARKS, WIDTH
from routeengine.i18n import wording_of
from routeengine.profile import Known
from routeengine.result import Result
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
)
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Flag, Outcome, Review, Rule, RuleSet
from routeengine.ruleset.words import Text
from routeengine.truth import Truth
from verification.broken import LIBRARY
from verification.pairs import with_rule

PROFILES = [*VIGNETTES, *CHANGED]


def strings(explanation: Explanation) -> set[str]:
    """Give every text that the data of an explanation hold."""
    return {
        value
        for node in nodes(explanation)
        for field in fields(cast(typing.Any, node))
        if isinstance(value := getattr(node, field.name), str)
    } | {text for verdict in explanation.verdicts.values() for text in verdict.sentences}


def by_id(explanation: Explanation) -> dict[str, object]:
    """Give the nodes of an explanation by id."""
    found: dict[str, object] = {"explanation": explanation}
    for node in nodes(explanation):
        if hasattr(node, "id") and not isinstance(node, Named):
            found[node.id] = node
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROFILES)
def test_every_sentence_comes_from_a_node(
    rijswijk: RuleSet, engine: Engine, name: str, language: str
) -> None:
    """Each block names a node that is there, and says what that node or a template says."""
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    known = by_id(explanation)
    said = [one for key, one in templates(language).items() if key.startswith("explanation.")]
    fixed = {part.strip() for one in said for part in re.split(r"\{\w+\}", one)}
    words = sorted({one.lower() for one in fixed | strings(explanation)}, key=len, reverse=True)
    for block in document(explanation):
        assert block.node in known
        left = block.text.lower()
        # Take out what templates and data say, longest first: no word may be left over.
        for word in words:
            left = left.replace(word, "|") if len(word) > 1 else left
        assert not re.search(r"[^\W\d_]{2,}", left), (block.text, left)


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
    shown = {block.node for block in document(explanation) if block.node.startswith("cite:")}
    assert shown <= {place.id for place in cited}


@pytest.mark.parametrize("name", PROFILES)
def test_an_interpretation_carries_its_alternative(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """Where a reading decides, the reader sees it with its reason and the reading not chosen."""
    explanation = engine.explain(profile(rijswijk, name), lang="en")
    shown = {block.node for block in document(explanation)}
    readings = {node.id: node for node in nodes(explanation) if isinstance(node, Reading)}
    text = " ".join(explanation.to_text().split())
    for why in explanation.why.values():
        for rule in why.rules:
            if rule.grounds.reading is not None:
                assert rule.grounds.reading.id in shown
    for name_ in shown & set(readings):
        for part in (readings[name_].choice, readings[name_].because, readings[name_].alternative):
            assert " ".join(part.split()) in text


@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_text_is_readable(case: Case) -> None:
    """Lines fit the width, signs stand beside their words, and the result comes first."""
    for language in LANGUAGES:
        explanation = case.explain(language)
        wording = wording_of(language)
        words = {
            Truth.TRUE: wording.met, Truth.FALSE: wording.not_met, Truth.OPEN: wording.undecided,
        }  # fmt: skip
        for block in document(explanation):
            if block.truth is not None:
                assert block.text.endswith(f"– {words[block.truth]}")
        text = explanation.to_text()
        lines = text.splitlines()
        assert all(len(line) <= WIDTH for line in lines)
        assert not any(line != line.rstrip() for line in lines)
        at = [lines.index(wording.heading_summary), lines.index(wording.heading_versions)]
        assert at == sorted(at)
        for sentence in explanation.advice:
            assert sentence in " ".join(text.split())


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROFILES)
def test_the_page_says_what_the_text_says(
    rijswijk: RuleSet, engine: Engine, name: str, language: str
) -> None:
    """The page holds every block, has headings without a gap, and asks nothing of the network."""
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    page = Outline()
    page.feed(explanation.to_html())
    assert not page.open
    shown = " ".join(page.text.split())
    for block in document(explanation):
        assert " ".join(block.text.split()) in shown
    assert ("html", {"lang": language}) in page.tags
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "img", "iframe")
        assert not {"src", "href", "style"} & set(attributes)
        if attributes.get("class") == "mark":
            assert attributes["aria-hidden"] == "true"


@pytest.mark.parametrize("heading", ["", "paragraph", "‘, 1", "<i>&"])
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
    page.feed(explanation.to_html())
    marked = own not in (None, "en") and heading
    assert page.foreign == ({(own, heading)} if marked else set())


def test_a_page_in_the_language_of_its_source_marks_nothing(engine: Engine) -> None:
    """The shipped rules say that their letter is in Dutch."""
    client = profile(engine.ruleset, "ready_to_volunteer")
    for language in LANGUAGES:
        page = Outline()
        page.feed(engine.explain(client, lang=language).to_html())
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
        else Known(2 if facts[fact.id] else 1)
        for fact in ruleset.facts
    }
    return Case(ruleset, state, LanesExecutor(ruleset)).explain("en")


def flat(explanation: Explanation) -> str:
    """Give the text of an explanation on one line."""
    return " ".join(explanation.to_text().split())


P, Q, R, S = (FactIs(name, 2) for name in "pqrs")


def test_everything_shown_is_escaped() -> None:
    """Texts of a rule set and ids of clients cannot break out of Markdown or HTML."""
    ruleset = one_decision(
        Rule("r", P, "A", nasty(), nasty(), GROUNDS), rule("s", Not(P), "B"),
        flags=(Flag("f", nasty(), P, GROUNDS),),
    )  # fmt: skip
    ruleset = replace(ruleset, facts=tuple(replace(f, label=nasty()) for f in ruleset.facts))
    case = Case(ruleset, {f.id: Known(2) for f in ruleset.facts}, LanesExecutor(ruleset))
    explanation = replace(case.explain(), client_id=NASTY)
    page = Outline()
    page.feed(explanation.to_html())
    assert not {"b", "a", "em"} & {tag for tag, _ in page.tags}
    blocks = [block for block in document(explanation) if NASTY in block.text]
    assert {block.kind for block in blocks} == {"title", "sentence", "item"}
    for block in blocks:
        assert " ".join(block.text.split()) in " ".join(page.text.split())
    markdown = explanation.to_markdown()
    assert markdown.count("\\<b\\>") == markdown.count("<b")
    assert markdown.count("\\[x\\](y)") == sum(block.text.count("[x](y)") for block in blocks)


def test_a_gap_says_that_no_rule_fits() -> None:
    """Where no rule applies, the reader is told so, and a person looks."""
    text = flat(explained(one_decision(rule("a", P, "A")), p=False))
    assert "A member of staff looks at this. No rule fits these facts." in text
    assert "Together" not in text
    assert "This is enough to know that a member of staff looks at this: fact p: no." in text
    assert "What is possible, and what is not" in text
    assert "B (outcome B): no rule leads here." in text


def test_an_overlap_names_the_rules() -> None:
    """Where rules clash, both are named and shown, and the person chooses between their targets."""
    text = flat(explained(one_decision(rule("a", P, "A"), rule("b", Q, "B")), p=True, q=True))
    assert "More than one rule fits: label a and label b." in text
    assert "chooses between A (outcome A) and B (outcome B)." in text
    assert "The rule is: label a. ✓ fact p: yes – met The rule is: label b." in text
    assert "A (outcome A): this is possible. A member of staff looks at it." in text


def test_where_several_rules_can_decide_all_are_named() -> None:
    """Not knowing which rule decides does not hide that the answer is the same."""
    ruleset = one_decision(rule("a", P, "A"), rule("b", Not(P), "A"))
    text = flat(explained(ruleset))
    assert "The advice is: A (outcome A)." in text
    assert "These rules may settle it: ‘label a’ or ‘label b’." in text
    assert "? fact p: yes – still open - Facts: fact p: not yet known." in text
    assert "This answer depends on no fact at all." in text


def test_several_review_rules_or_reasons() -> None:
    """A review that is certain is told as one, also where its rule or reason is not."""
    look = Review(("A",))
    text = flat(explained(one_decision(rule("a", P, look), rule("b", Not(P), look))))
    assert "The reason may be: label a or label b." in text
    text = flat(explained(one_decision(rule("a", P, look))))
    assert "A member of staff looks at this. What is still open does not change that." in text


def test_a_review_without_candidates_says_why() -> None:
    """An empty list of candidates comes with its reason."""
    none = Review((), nasty("Nobody can choose here."))
    assert "Nobody can choose here." in flat(explained(one_decision(rule("a", P, none)), p=True))
    bare = flat(explained(one_decision(rule("a", P, Review(()))), p=True))
    assert "A member of staff looks at this. Reason a. Why this answer" in bare


def test_outranked_outcomes_name_the_rule_that_goes_before() -> None:
    """An outcome whose rule holds but is outranked says by which rule."""
    ruleset = one_decision(rule("a", P, "A", "b"), rule("b", Q, "B"))
    text = flat(explained(ruleset, p=True, q=True))
    assert "B (outcome B): this fits too, but the rule ‘label a’ goes before it." in text
    text = flat(explained(ruleset, q=True))
    assert "B (outcome B): this is still possible." in text
    assert "A (outcome A): this is still possible. Still open is ‘fact p: yes’." in text


def test_an_open_rule_that_is_always_outranked_is_outranked() -> None:
    """A rule that may hold, but never without the rule that goes before it, cannot decide."""
    ruleset = one_decision(
        rule("a", P, "A", "b"), rule("b", All((P, Q)), "B"), rule("c", Not(P), "A")
    )
    text = flat(explained(ruleset))
    assert "The advice is: A (outcome A)." in text
    assert "B (outcome B): the rule ‘label a’ goes before it." not in text
    assert "B (outcome B): this fits too, but" not in text
    assert "B (outcome B): where this fits, the rule ‘label a’ goes before it." in text


def test_an_outcome_that_can_only_end_in_review_says_so() -> None:
    """Where a rule never fits without another that leads elsewhere, a person looks."""
    ruleset = one_decision(
        rule("a", P, "A"), rule("b", P, "B"), rule("c", Not(P), "C"), outcomes=("A", "B", "C")
    )
    explanation = explained(ruleset)
    assert explanation.why_not["route"]["A"].status == "review"
    assert "A (outcome A): where this fits, something else does too." in flat(explanation)


def test_evidence_that_disagrees_is_named() -> None:
    """A person is told which fact the sources disagree on, and what is settled without it."""
    ruleset = one_decision(rule("a", All((P, Q)), "A"), rule("b", All((P, Not(Q))), "B"))
    state = {fact.id: Known(3) for fact in ruleset.facts} | {
        "p": Known(2), "q": Known(3, conflicting=True), "s": Known(3, conflicting=True),
    }  # fmt: skip
    explanation = Case(ruleset, state, LanesExecutor(ruleset)).explain("en")
    text = flat(explanation)
    assert "The sources do not agree on: fact q." in text
    assert "These facts rule out other answers already: fact p: yes." in text
    assert [one.id for one in explanation.verdicts["route"].conflicting] == ["q"]
    alone = flat(Case(ruleset, state | {"p": Known(3)}, LanesExecutor(ruleset)).explain("en"))
    assert "rule out other answers" not in alone


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


def test_what_is_kept_is_bounded() -> None:
    """However many clients are explained, no more than a fixed number of views is kept."""
    months = replace(a_fact("p", IntegerDomain(0, 3 * MAX_VIEWS)), label=nasty("fact p"))
    ruleset = one_decision(rule("a", FactIs("p", 2), "A"))
    ruleset = replace(ruleset, facts=(months, *ruleset.facts[1:]))
    executor = LanesExecutor(ruleset)
    for value in range(0, 3 * MAX_VIEWS, 2):
        state = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
        explanation = Case(ruleset, state | {"p": Known(1 << value)}, executor).explain("en")
        assert explanation.facts["p"].value == value
        assert f"- Fact p: {value} " in flat(explanation)
    assert 0 < len(plan_of(ruleset, "en").facts["p"].views) <= MAX_VIEWS


def test_otherwise_is_told_as_such() -> None:
    """The rule for what no other rule fits says just that, deciding or not."""
    ruleset = one_decision(rule("a", P, "A"), rule("rest", None, "B"))
    decided = flat(explained(ruleset, p=False))
    assert "The advice is: B (outcome B)." in decided
    assert "- no other rule fits" in decided
    other = flat(explained(ruleset, p=True))
    assert "B (outcome B): this counts only where no other rule fits." in other
    assert "B (outcome B): this is still possible." in flat(explained(ruleset))


def test_a_contradiction_names_facts_and_constraint() -> None:
    """Facts that clash are named with what was given, and with the constraint they break."""
    clash = Constraint("k", All((P, Q)), nasty("P and Q do not go together."), GROUNDS)
    loose = Constraint("l", All((R, S)), nasty("R and S do not go together."), GROUNDS)
    ruleset = one_decision(rule("a", P, "A"), constraints=(clash, loose))
    explanation = explained(ruleset, p=True, q=True)
    text = flat(explanation)
    assert "These facts cannot all be true: fact p: yes; fact q: yes." in text
    assert "P and Q do not go together." in text
    assert "R and S" not in text
    assert "Fact p: yes (does not fit with other facts)" in text
    assert explanation.why_not["route"]["A"].status == "review"
    assert explanation.why["route"].because == ("p", "q")
    assert [one.constraint for one in explanation.verdicts["route"].broken] == ["k"]


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
    assert "The member of staff finds out with you what is right." in " ".join(sentences)


def test_what_constraints_imply_is_shown_as_implied() -> None:
    """A fact that was not given, but is settled by a constraint, is told apart."""
    clash = Constraint("k", All((P, Q)), nasty("P and Q do not go together."), GROUNDS)
    text = flat(explained(one_decision(rule("a", Not(Q), "A"), constraints=(clash,)), p=True))
    assert "✓ fact q: no – met - Facts: fact q: no (follows from other facts)." in text
    assert "Fact q: no (follows from other facts)" in text


def test_declined_questions_are_not_asked_again() -> None:
    """Where all that counts was asked and not answered, the reader is told so."""
    explanation = explained(one_decision(rule("a", P, "A")), p=None)
    text = flat(explanation)
    assert "A member of staff asked the questions that still count. There was no answer." in text
    assert "What we still need to know" not in text
    assert "Asked, but not answered: fact p." in text
    assert explanation.verdicts["route"].missing == ()


def test_a_decision_that_does_not_apply_says_why() -> None:
    """Not applicable is an answer with a reason, and with the condition that failed."""
    ruleset = one_decision(rule("a", P, "A"), applies_when=Q)
    explanation = explained(ruleset, q=False)
    text = flat(explanation)
    assert "This part does not apply now. It is not for you." in text
    assert "✗ fact q: yes – not met - Facts: fact q: no. That is enough for this answer." in text
    assert explanation.why_not["route"]["A"].status == "not_applicable"
    bare = replace(ruleset, decisions=(replace(ruleset.decisions[0], not_applicable_because=None),))
    assert "✗ fact q: yes – not met" in flat(explained(bare, q=False))


def test_long_lists_of_questions_are_cut_and_counted() -> None:
    """Only the best questions are shown, and the reader is told how many are left."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(MOST_QUESTIONS + 2))
    every = All(tuple(FactIs(fact.id, 2) for fact in facts))
    for count, words in ((0, "There is 1 more question."), (1, "There are 2 more questions.")):
        ruleset = replace(one_decision(rule("a", every, "A")), facts=facts)
        known = {fact.id: Known(3) for fact in facts}
        if not count:
            known["f0"] = Known(2)
        explanation = Case(ruleset, known, LanesExecutor(ruleset)).explain("en")
        assert words in flat(explanation)
        assert len(explanation.verdicts["route"].missing) == MOST_QUESTIONS + 1 + count
    assert "This question can still change the answer." in flat(
        explained(one_decision(rule("a", P, "A")))
    )


def test_groups_are_listed_with_what_makes_them_true() -> None:
    """Under a group stand the parts that make it what it is, each with its own sign."""
    when = All(
        (Any((P, Q, All((R, S)))), AtLeast(2, (P, Q, R)), Exactly(2, (P, Q, R)), Not(All((R, S))))
    )
    text = explained(one_decision(rule("a", when, "A")), p=True, q=True, r=False, s=True).to_text()
    assert (
        "✓ at least 1 of these – met\n   ✓ fact p: yes – met\n   ✓ fact q: yes – met\n"
        "✓ at least 2 of these – met\n   ✓ fact p: yes – met\n   ✓ fact q: yes – met\n"
        "✓ exactly 2 of these – met\n   ✓ fact p: yes – met\n   ✓ fact q: yes – met\n"
        "   ✗ fact r: yes – not met\n      - Facts: fact r: no.\n"
        "✓ not all of this together – met\n   ✗ fact r: yes – not met\n      - Facts: fact r: no.\n"
    ) in text


def test_what_another_outcome_lacks_keeps_alternatives_apart() -> None:
    """Alternatives that ask several things are kept apart from what stands beside them."""
    simple = one_decision(rule("a", P, "A"), rule("b", Any((Q, R)), "B"))
    text = flat(explained(simple, p=True, q=False, r=False))
    assert "this needs ‘fact q: yes’ or ‘fact r: yes’. That is not so here." in text
    either = one_decision(rule("a", P, "A"), rule("b", Any((Q, All((R, S)))), "B"))
    text = flat(explained(either, p=True, q=False, r=False, s=False))
    assert "this needs ‘fact q: yes’; or ‘fact r: yes’ and ‘fact s: yes’." in text


def test_flags_are_told_apart_from_those_that_may_come() -> None:
    """A flag that is raised is listed first; one that may be raised is said to depend."""
    flags = (Flag("f", nasty("is p right?"), P, GROUNDS), Flag("g", nasty("look at q"), Q, GROUNDS))
    explanation = explained(one_decision(rule("a", P, "A"), flags=flags), p=True)
    assert "- Is p right? These signals may still come." in flat(explanation)
    assert [flag.flag for flag in explanation.flags] == ["f"]
    assert [flag.flag for flag in explanation.flags_possible] == ["g"]
    when = explanation.flags[0].when
    assert isinstance(when, ConditionNode)
    assert when.id == "flag:f/when/p"


def test_the_mark_is_never_the_only_sign() -> None:
    """Every mark is another, and each stands with words of its own in both languages."""
    assert len(set(MARKS.values())) == len(Truth)
    for wording in map(wording_of, LANGUAGES):
        assert len({wording.met, wording.not_met, wording.undecided}) == len(Truth)


def test_the_profile_reads_back() -> None:
    """A state that is written as a profile is the state that the engine reads."""
    ruleset = one_decision(rule("a", P, "A"))
    state = {"p": Known(2), "q": Known(3), "r": Known(3, declined=True), "s": Known(1)}
    engine = Engine(ruleset)
    assert engine.explain(as_profile(ruleset, state), lang="en").why["route"].because == ("p",)


GUEST, COMES = OutcomeIs("card", ("guest_card",)), FactIs("can_come", 2)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (GUEST, "That is still open."),
        (Any((GUEST, COMES)), "That is still open."),
        (All((GUEST, COMES)), "That is not so here."),
        (COMES, "That is not so here."),
    ],
)
def test_what_a_person_has_yet_to_choose_is_not_called_false(when: Condition, said: str) -> None:
    """An outcome of a decision under review may still become so; what else fails may not."""
    ruleset = with_rule(load_ruleset(LIBRARY), "loans_guest", when=when)
    profile = {
        "age": 40, "lives_in_town": True, "staff_family": True, "fine": "none", "overdue": 0,
        "has_borrowed": False, "can_come": False, "wish": "books",
    }  # fmt: skip
    explanation = Engine(ruleset).explain(profile, lang="en")
    assert explanation.verdicts["card"].status == "review"
    shown = [block.text for block in document(explanation) if block.text.startswith("3 (three): ")]
    assert [text.endswith(said) for text in shown] == [True]
