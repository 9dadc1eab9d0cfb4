"""The parts of a rule set in a rule book: decisions with their rules, criteria, facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from routeengine.explanation.clauses import Clause
from routeengine.i18n import span_in_words
from routeengine.pages.anchors import anchor
from routeengine.pages.render import first_up
from routeengine.rulebook.context import Context
from routeengine.rulebook.model import (
    DecisionEntry,
    FactEntry,
    Link,
    OutcomeEntry,
    PartEntry,
    Row,
    RuleEntry,
)
from routeengine.rulebook.proved import share
from routeengine.ruleset.conditions import All, FactIs, walk
from routeengine.ruleset.dependencies import facts_read
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.evidence import EvidenceSource
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Periods,
    Rule,
    Score,
)
from routeengine.ruleset.ranking import without_ranking
from routeengine.verification import Proof


def decisions(
    book: Context, proofs: Iterable[Proof], won: Mapping[str, int] | None
) -> Iterator[DecisionEntry]:
    """Yield the decisions; `won` counts the cases that each rule decides, if any were run."""
    by_decision = {proof.decision: proof for proof in proofs}
    for decision in book.ruleset.decisions:
        reach = _reach(book, decision, by_decision.get(decision.id))
        because = book.say(decision.not_applicable_because)
        by_hand = without_ranking(decision)
        yield DecisionEntry(
            book.link(decision),
            book.clause(decision.applies_when),
            book.words.or_else.format(because=because) if because else "",
            tuple(_outcomes(book, decision)),
            tuple([_rule(book, by_hand, rule, reach, won) for rule in by_hand.rules]),
            *_ranked(book, decision),
        )


def _ranked(book: Context, decision: Decision) -> tuple[str, tuple[Link, ...]]:
    """Return that rules are ranked all at once, and how; nothing if they are not."""
    if decision.ranking is None:
        return "", ()
    words, names = book.words, decision.ranking.names
    if decision.ranking.by == "order":
        return words.ranked_rules, tuple([book.link(book.ruleset.rule[one]) for one in names])
    answers = book.phrases.outcomes[decision.id]
    return words.ranked_answers, tuple([Link(first_up(answers[one]), "") for one in names])


def ranking_in_words(book: Context, decision: Decision) -> str:
    """Return the same as a text."""
    words, links = _ranked(book, decision)
    return f"{words} {'; '.join(one.text for one in links)}" if links else ""


def _outcomes(book: Context, decision: Decision) -> Iterator[OutcomeEntry]:
    for outcome in decision.outcomes:
        progression = outcome.progression
        yield OutcomeEntry(
            anchor("outcome", decision.id, outcome.id),
            first_up(book.phrases.outcomes[decision.id][outcome.id]),
            first_up(book.say(outcome.description)),
            first_up(book.say(progression.label)) if progression else "",
        )


def _rule(
    book: Context,
    decision: Decision,
    rule: Rule,
    reach: Mapping[str, str],
    won: Mapping[str, int] | None,
) -> RuleEntry:
    others = book.ruleset.rule
    return RuleEntry(
        link=book.link(rule),
        target=target_in_words(book, decision, rule),
        condition=book.clause(rule.when),
        reason=book.say(rule.reason),
        outranks=tuple([book.link(others[one]) for one in rule.outranks]),
        outranked_by=tuple([book.link(one) for one in decision.rules if rule.id in one.outranks]),
        basis=book.basis(rule),
        reach=reach.get(rule.id, ""),
        cases="" if won is None else book.count(won.get(rule.id, 0)),
    )


def target_in_words(book: Context, decision: Decision, rule: Rule) -> str:
    """Return what a rule leads to, as a sentence."""
    words, answers = book.words, book.phrases.outcomes[decision.id]
    if isinstance(rule.then, str):
        return words.leads_to.format(outcome=answers[rule.then])
    candidates = [answers[one] for one in rule.then.candidates]
    if not candidates:
        because = book.say(rule.then.no_candidates_because)
        return " ".join(filter(None, (words.leads_to_review_none, because)))
    several = words.leads_to_review if len(candidates) > 1 else words.leads_to_review_one
    return several.format(candidates=book.phrases.wording.either(candidates))


def _reach(book: Context, decision: Decision, proof: Proof | None) -> dict[str, str]:
    """Return how much each rule decides, of those that alone lead to their outcome."""
    alone = Counter(rule.then for rule in decision.rules if isinstance(rule.then, str))
    reach = {}
    for rule in decision.rules:
        if proof is not None and isinstance(rule.then, str) and alone[rule.then] == 1:
            count = proof.answers.get(rule.then, 0)
            part = share(book.words, count, proof.combinations)
            reach[rule.id] = book.words.reach_counts.format(count=book.count(count), share=part)
    return reach


def named(book: Context, some: Iterable[Criterion | Score]) -> Iterator[PartEntry]:
    """Yield criteria, or scores, each with the rules that read it."""
    for one in some:
        used = [
            book.link(rule)
            for rule in book.ruleset.rule.values()
            if one.id in book.criteria_of[rule.id]
        ]
        yield PartEntry(book.link(one), book.clause_of(one), book.basis(one), tuple(used))


def others(book: Context, some: Iterable[Constraint | Flag]) -> Iterator[PartEntry]:
    """Yield constraints, or flags."""
    for one in some:
        whole = book.clause(one.forbids if isinstance(one, Constraint) else one.when)
        if whole is not None and isinstance(one, Constraint):
            together = isinstance(one.forbids, All) and bool(whole.parts)
            head = book.words.forbids if together else book.words.forbids_one
            whole = Clause(head, parts=whole.parts if together else (whole,))
        elif whole is not None:
            whole = Clause(book.words.raised_when, parts=(whole,))
        yield PartEntry(book.link(one), whole, book.basis(one))


def numbers(book: Context, periods: Periods) -> Iterator[PartEntry]:
    """Yield the parameters with the numbers that they have in this instance.

    Of one that changes all its numbers follow, each with its days.
    """
    for one in book.ruleset.parameters:
        clause, own = book.clause_of(one), periods.get(one.id, ())
        if clause is not None and len(own) > 1:
            said = [
                f"{span_in_words(when.since, when.until, book.language)}: "
                f"{book.phrases.number(replace(one, value=value))}"
                for when, value in own
            ]
            clause = replace(clause, parts=tuple(map(Clause, said)))
        yield PartEntry(book.link(one), clause, book.basis(one))


def facts(book: Context) -> Iterator[FactEntry]:
    """Yield the facts, and how each decision reads them."""
    ruleset = book.ruleset
    reads = {}
    for decision in ruleset.decisions:
        own = {one.fact for one in walk(*decision.conditions) if isinstance(one, FactIs)}
        reads[decision.id] = own, facts_read(ruleset, decision.id)
    for fact in ruleset.facts:
        how = [
            "own" if fact.id in own else "via" if fact.id in every else "not"
            for own, every in reads.values()
        ]
        yield FactEntry(
            book.link(fact),
            book.say(fact.question),
            values_in_words(book, fact),
            book.say(fact.why_needed),
            tuple(how),
            tuple(_special(book, fact)),
        )


def values_in_words(book: Context, fact: Fact) -> str:
    """Return all that a fact can be."""
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        return book.phrases.wording.between.format(low=domain.minimum, high=domain.maximum)
    return book.phrases.values(fact, domain.full)


def _special(book: Context, fact: Fact) -> Iterator[str]:
    if fact.special_category:
        yield book.words.special
    if fact.possible_proxy:
        yield proxy_effect(book, fact)
    yield from asked_when(book, fact)


def asked_when(book: Context, fact: Fact) -> Iterator[str]:
    """Yield when an interview asks for a fact, where the author says it."""
    if fact.sensitivity is not None:
        yield book.words.sensitivity.format(sensitivity=fact.sensitivity)
    for topic in book.ruleset.topics:
        if topic.id == fact.topic:
            yield book.words.topic.format(topic=book.say(topic.label))


def proxy_effect(book: Context, fact: Fact) -> str:
    """Return what a fact that may stand in for origin decides, and what not, if that is said."""
    words = book.ruleset.wording
    effects = {one.id: one.proxy_effect for one in words.facts} if words else {}
    effect = effects.get(fact.id)
    if effect is not None:
        return book.say(effect)
    return f"{book.words.proxy} {book.words.proxy_unsaid}"


def weighing(book: Context) -> Iterator[tuple[str, str, str]]:
    """Yield the kinds of evidence: what each is, how much it weighs, and what else it does."""
    evidence = book.ruleset.evidence
    for one in evidence.sources if evidence else ():
        more = " ".join(_settled(book, one))
        yield first_up(book.say(one.label)), str(one.rank), more


def _settled(book: Context, source: EvidenceSource) -> Iterator[str]:
    words, phrases = book.words, book.phrases
    if source.sets:
        facts = [
            phrases.wording.labelled_as(
                book.say(book.ruleset.fact[name].label),
                phrases.value(book.ruleset.fact[name], value),
            )
            for name, value in source.sets.items()
        ]
        yield first_up(words.sets.format(facts=phrases.wording.both(facts))) + "."
    if source.max_age_months is not None:
        yield first_up(words.stale_after.format(months=source.max_age_months)) + "."


def refused(book: Context) -> Iterator[Row]:
    """Yield the columns that are refused: their names, and why."""
    for one in book.ruleset.refusals:
        names = ", ".join((one.id, *one.aliases))
        yield Row(names, book.say(one.reason), anchor("refusal", one.id))
