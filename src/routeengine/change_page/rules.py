"""What changed in the rules: each part as both versions say it, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from routeengine.change_page.model import Cell, ChangedRow
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.pages.render import first_up
from routeengine.rulebook.context import Context, Grounded
from routeengine.rulebook.parts import (
    asked_when,
    ranking_in_words,
    target_in_words,
    values_in_words,
)
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.model import Decision, Fact, Outcome, Rule, RuleSet
from routeengine.ruleset.ranking import without_ranking
from routeengine.verification.alignment import Aligned, Side

Key: TypeAlias = tuple[str, ...]
"""A part: its kind and its id, of an outcome the decision's first."""

OPEN = ("target", "values", "description", "text")
"""What is shown of a part that just one version has, besides its condition."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of one version: what it is called, and what is said of it by field."""

    name: str
    fields: Mapping[str, Cell]


def changed(
    aligned: Aligned, books: tuple[Context, Context], words: ChangeWording
) -> Iterator[ChangedRow]:
    """Yield all that the two versions say differently, and the parts that just one of them has.

    Whether a condition is the same is seen in the common vocabulary; what is shown are the words
    of each version itself.
    """
    before, after = (
        dict(_parts(book, side))
        for book, side in zip(books, (aligned.before, aligned.after), strict=True)
    )
    old, new = (_conditions(side.common) for side in (aligned.before, aligned.after))
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        part = _named(words, key, after[key] if was is None else now or was)
        if was is None:
            yield ChangedRow(part, words.fields["whole"], Cell(words.absent), _whole(after[key]))
        elif now is None:
            yield ChangedRow(part, words.fields["whole"], _whole(was), Cell(words.gone))
        else:
            rewritten = old.get(key) != new.get(key)
            yield from _differing(words, part, (was, now), rewritten=rewritten)
    yield from _beside(aligned, words)


def _named(words: ChangeWording, key: Key, part: _Part) -> str:
    """Return what a part is called: its kind, and its name if it has one."""
    kind = words.kinds[key[0]]
    return words.called.format(kind=kind, name=part.name) if part.name else kind


def _differing(
    words: ChangeWording, part: str, both: tuple[_Part, _Part], *, rewritten: bool
) -> Iterator[ChangedRow]:
    """Yield the fields of a part that the versions say differently, or mean differently."""
    was, now = (one.fields for one in both)
    for field in dict.fromkeys((*was, *now)):
        cells = was.get(field, Cell()), now.get(field, Cell())
        if cells[0] != cells[1]:
            yield ChangedRow(part, words.fields[field], *cells)
        elif field == "condition" and rewritten:
            yield ChangedRow(part, words.fields[field], *cells, words.same_words)


def _whole(part: _Part) -> Cell:
    """Return a part in short: what it leads to or can be, and when it holds."""
    texts = [part.fields[name].text for name in OPEN if name in part.fields]
    condition = part.fields.get("condition")
    clause = condition.clause if condition else None
    said = " ".join(filter(None, texts))
    return Cell(said if said or clause else first_up(part.name), clause)


def _conditions(ruleset: RuleSet) -> dict[Key, object]:
    """Return the conditions of a version in the common vocabulary; of a score all its parts."""
    every = ruleset.owned_conditions()
    own: dict[Key, object] = {(one.kind, one.owner.id): one.condition for one in every}
    return own | {("score", one.id): one.parts for one in ruleset.scores}


def _parts(book: Context, side: Side) -> Iterator[tuple[Key, _Part]]:
    """Yield the parts of a version under their common names."""
    ruleset, common = book.ruleset, side.common
    yield ("ruleset",), _Part("", _header(book))
    facts = {own: name for name, own in side.fact.items()}
    for fact in ruleset.facts:
        yield ("fact", facts[fact.id]), _Part(book.say(fact.label), _fact(book, fact))
    for criterion in ruleset.criteria:
        yield (
            ("criterion", criterion.id),
            _Part(book.say(criterion.label), _grounded(book, criterion)),
        )
    for score in ruleset.scores:
        yield ("score", score.id), _Part(book.say(score.label), _grounded(book, score))
    for constraint in ruleset.constraints:
        name = book.say(constraint.label)
        yield ("constraint", constraint.id), _Part(name, _grounded(book, constraint))
    for own, decision in zip(ruleset.decisions, common.decisions, strict=True):
        yield ("decision", decision.id), _Part(book.say(own.label), _decision(book, own))
        for outcome, other in zip(own.outcomes, decision.outcomes, strict=True):
            name = book.phrases.outcomes[own.id][outcome.id]
            yield ("outcome", decision.id, other.id), _Part(name, _outcome(book, outcome))
        for rule in without_ranking(own).rules:
            yield ("rule", rule.id), _Part(book.say(rule.label), _rule(book, own, rule))
    for flag, other_flag in zip(ruleset.flags, common.flags, strict=True):
        yield ("flag", other_flag.id), _Part(book.say(flag.label), _grounded(book, flag))
    yield from _documents(book)


def _header(book: Context) -> dict[str, Cell]:
    ruleset = book.ruleset
    texts = {
        "title": book.say(ruleset.title),
        "purpose": book.say(ruleset.purpose),
        "owner": book.say(ruleset.owner),
        "valid": book.validity,
    }
    return {name: Cell(text) for name, text in texts.items()}


def _fact(book: Context, fact: Fact) -> dict[str, Cell]:
    words = book.words
    special = [words.special] if fact.special_category else []
    special += [words.proxy] if fact.possible_proxy else []
    special += asked_when(book, fact)
    texts = {
        "label": book.say(fact.label),
        "question": book.say(fact.question),
        "why": book.say(fact.why_needed),
        "values": values_in_words(book, fact),
        "columns": ", ".join(fact.aliases),
        "special": " ".join(special),
    }
    return {name: Cell(text) for name, text in texts.items()}


def _grounded(book: Context, part: Grounded) -> dict[str, Cell]:
    whole = Cell(clause=book.clause_of(part))
    fields = {"label": Cell(book.say(part.label)), "condition": whole}
    reading = part.grounds.interpretation
    said = book.words.says_source if reading is None else book.say(reading.choice)
    places = "; ".join(place.text for place in book.basis(part).places)
    return {**fields, "reading": Cell(said), "places": Cell(places or book.words.no_source)}


def _decision(book: Context, decision: Decision) -> dict[str, Cell]:
    everybody = "" if decision.applies_when else book.words.applies_to_all
    return {
        "label": Cell(book.say(decision.label)),
        "condition": Cell(everybody, book.clause(decision.applies_when)),
        "otherwise": Cell(book.say(decision.not_applicable_because)),
        "ranking": Cell(ranking_in_words(book, decision)),
    }


def _outcome(book: Context, outcome: Outcome) -> dict[str, Cell]:
    progression = outcome.progression
    return {
        "label": Cell(book.say(outcome.label)),
        "description": Cell(book.say(outcome.description)),
        "progression": Cell(book.say(progression.label) if progression else ""),
    }


def _rule(book: Context, decision: Decision, rule: Rule) -> dict[str, Cell]:
    fields = _grounded(book, rule)
    if rule.when is None:
        fields["condition"] = Cell(book.words.otherwise)
    outranks = [book.say(book.ruleset.rule[one].label) for one in rule.outranks]
    return {
        **fields,
        "target": Cell(target_in_words(book, decision, rule)),
        "reason": Cell(book.say(rule.reason)),
        "outranks": Cell("; ".join(sorted(outranks)) or first_up(book.words.nothing)),
    }


def _documents(book: Context) -> Iterator[tuple[Key, _Part]]:
    """Yield sources, citations, refusals and expectations."""
    ruleset = book.ruleset
    for source in ruleset.sources:
        texts = [book.say(source.title), source.number, book.say(source.kind)]
        texts += [book.say(source.status), source.address or "", str(source.issued or "")]
        cell = Cell("; ".join(filter(None, texts)))
        yield ("source", source.id), _Part(book.say(source.title), {"text": cell})
    for citation in ruleset.citations:
        place = book.place(citation).text
        cell = Cell(f"{place}, {citation.sha256[:16]}…")
        yield ("citation", citation.id), _Part(place, {"text": cell})
    for refusal in ruleset.refusals:
        fields = {"columns": ", ".join(refusal.aliases), "reason": book.say(refusal.reason)}
        cells = {name: Cell(text) for name, text in fields.items()}
        yield ("refusal", refusal.id), _Part(refusal.id, cells)
    for expectation in ruleset.expectations:
        label = book.say(expectation.label)
        yield ("expectation", expectation.id), _Part(label, _expectation(book, expectation))


def _expectation(book: Context, expectation: Expectation) -> dict[str, Cell]:
    phrases, change = book.phrases, expectation.change
    answers = phrases.outcomes[expectation.decision]
    texts = {"decision": book.say(book.ruleset.decision[expectation.decision].label)}
    for field in ("always", "never", "never_from", "along"):
        texts[field] = ", ".join(answers[one] for one in getattr(expectation, field))
    if change is not None:
        fact = book.ruleset.fact[change.fact]
        ends = (
            ", ".join(phrases.value(fact, one) for one in some)
            for some in (change.before, change.after)
        )
        texts["change"] = f"{book.say(fact.label)}: {' → '.join(ends)}"
    return {
        "label": Cell(book.say(expectation.label)),
        "condition": Cell(clause=book.clause(expectation.when)),
        **{name: Cell(text) for name, text in texts.items()},
    }


def _beside(aligned: Aligned, words: ChangeWording) -> Iterator[ChangedRow]:
    """Yield what changed beside the rules, of which no more is told than that it did."""
    old, new = aligned.before.own, aligned.after.own
    for field, before, after in (
        ("pages", old.wording, new.wording),
        ("publication", old.publication, new.publication),
        ("follow_up", old.follow_up, new.follow_up),
    ):
        if before != after:
            part, said = words.kinds["ruleset"], words.fields["changed"]
            yield ChangedRow(part, words.fields[field], Cell(), Cell(said))
