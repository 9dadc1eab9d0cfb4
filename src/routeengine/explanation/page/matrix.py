"""Criteria by outcomes, in one table: what each outcome asks, and whether that is so.

A column is a rule that leads to an outcome. Its rows are what the rule asks, and, turned round,
what a rule that goes before it asks besides, where that is just one thing. So where the rule
decides, its column says "so" throughout; and where a column says so throughout, its outcome is the
answer, unless a rule that stands below the table holds or may hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from routeengine.explanation import model
from routeengine.explanation.page.voice import EARLIER, Voice, detail
from routeengine.pages.render import first_up
from routeengine.ruleset.resolution import outranked_by
from routeengine.truth import Truth

Mark: TypeAlias = Literal["met", "unmet", "open", "none"]
"""How something stands; `none` does not count. Pages have a sign and a word for each."""

MARKS: dict[Truth, Mark] = {Truth.TRUE: "met", Truth.FALSE: "unmet", Truth.OPEN: "open"}

TURNED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}

MAX_ROWS, MAX_COLUMNS = 12, 8
"""A larger table falls apart into one for each column."""


class Demand(NamedTuple):
    """One thing that a rule asks: a condition, and whether it is asked to be so or not to be so.

    Two that ask the same of a client have the same key, whatever rule they are of.
    """

    key: tuple[object, ...]
    node: model.ConditionNode
    wants: bool
    truth: Truth

    @property
    def asked(self) -> tuple[object, ...]:
        """What tells one demand from another: the opposite demand is another one."""
        return (self.key, self.wants)

    def opposite(self) -> Demand:
        """Return the demand that this one is not met."""
        return self._replace(wants=not self.wants, truth=TURNED[self.truth])


@dataclass(frozen=True, slots=True)
class Cell:
    """What one outcome asks of one row, in words, and how that stands."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that counts: in words, how it is for the client, and what each column asks.

    `of_values` says that it asks for values of a fact, or for points: what yes or no do not answer.
    """

    text: str
    yours: str
    cells: tuple[Cell | None, ...]
    of_values: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A rule that leads to an outcome; `end` is what it comes to."""

    outcome: str
    rule: str
    title: str
    end: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """A table of one decision."""

    decision: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A rule by which a person looks first, and why it does or does not arise.

    `lacking` are the sentences on what it asks and is not so; `near` says that it is one thing.
    `candidates` are the outcomes that it names.
    """

    rule: str
    label: str
    applies: Truth
    candidates: tuple[str, ...]
    lacking: tuple[str, ...]
    node: model.RuleNode

    @property
    def near(self) -> bool:
        """Whether it fails on one thing alone."""
        return self.applies is Truth.FALSE and len(self.lacking) == 1


def rules_of(voice: Voice, decision: str) -> dict[str, model.RuleNode]:
    """Return every rule of a decision, in declared order as far as that is known."""
    why = voice.explanation.why[decision]
    others = voice.explanation.why_not[decision].values()
    every = [*why.rules, *why.other_rules, *(rule for one in others for rule in one.rules)]
    found = {rule.rule: rule for rule in every}
    declared = voice.ruleset.decision.get(decision) if voice.ruleset else None
    order = [rule.id for rule in declared.rules] if declared else list(found)
    return {rule: found[rule] for rule in order if rule in found}


def demands(voice: Voice, rule: model.RuleNode) -> list[Demand]:
    """Return what a rule asks, negation folded in."""
    if rule.when is None:
        return []
    return [_demand(voice, node) for node in _asked(rule.when)]


def _asked(node: model.ConditionNode) -> Iterator[model.ConditionNode]:
    """Yield what has to hold together, without ways that an earlier decision closes."""
    left = [one for one in node.children if not _closed(one)]
    if node.kind == "all":
        for part in node.children:
            yield from _asked(part)
    elif node.kind == "any" and len(left) == 1:
        yield from _asked(left[0])
    else:
        yield node


def _closed(node: model.ConditionNode) -> bool:
    """Return whether an earlier decision alone makes a condition false."""
    if node.kind == "all":
        return any(map(_closed, node.children))
    return node.kind in EARLIER and node.truth is Truth.FALSE


def _demand(voice: Voice, node: model.ConditionNode) -> Demand:
    wants = True
    while node.kind == "not":
        node, wants = node.children[0], not wants
    truth = node.truth if wants else TURNED[node.truth]
    claim, _, turned = voice.leaf(node)
    key = (node.reference, claim) if node.kind == "fact" else _key(node)
    return Demand(key, node, wants != turned, truth)


def _key(node: model.ConditionNode) -> tuple[object, ...]:
    below = () if node.kind == "criterion" else tuple(map(_key, node.children))
    return (node.kind, node.reference, node.count, node.text, below)


def before(voice: Voice, decision: str) -> dict[str, frozenset[str]]:
    """Return per rule those that go before it, as far as that is known."""
    declared = voice.ruleset.decision.get(decision) if voice.ruleset else None
    if declared is not None:
        return {rule: frozenset(some) for rule, some in outranked_by(declared).items()}
    return {
        name: frozenset(one.id for one in (*rule.outranked_by, *rule.maybe_outranked_by))
        for name, rule in rules_of(voice, decision).items()
    }


def matrix(voice: Voice, decision: str) -> tuple[Matrix, ...]:
    """Return the table of a decision, in parts if it is large; none where it may not be shown."""
    explanation = voice.explanation
    if explanation.short or explanation.why[decision].masked:
        return ()
    names, rules = voice.names(decision), rules_of(voice, decision)
    leading = [rules[one] for name in names for one in rules if rules[one].outcome == name]
    asked = {rule.rule: list(_column(voice, decision, rule, rules)) for rule in leading}
    several = {
        rule.outcome for rule in leading if sum(r.outcome == rule.outcome for r in leading) > 1
    }
    columns = [
        Column(
            rule.outcome or "",
            rule.rule,
            names[rule.outcome or ""].short
            + (f": {rule.label}" if rule.outcome in several else ""),
            _end(voice, decision, rule),
        )
        for rule in leading
    ]
    first: dict[tuple[object, ...], Demand] = {}
    for one in (one for some in asked.values() for one in some):
        first.setdefault(one.key, one)
    rows = [_row(voice, one, [asked[column.rule] for column in columns]) for one in first.values()]
    whole = Matrix(decision, voice.question(decision), tuple(columns), tuple(rows))
    if len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS:
        return tuple(_parts(whole))
    return (whole,) if columns else ()


def _parts(whole: Matrix) -> Iterator[Matrix]:
    for number, column in enumerate(whole.columns):
        rows = tuple(
            replace(row, cells=(row.cells[number],)) for row in whole.rows if row.cells[number]
        )
        yield replace(whole, columns=(column,), rows=rows)


def _column(
    voice: Voice, decision: str, rule: model.RuleNode, rules: dict[str, model.RuleNode]
) -> Iterator[Demand]:
    """Yield what a column asks: what its rule does, and that what goes before it does not hold."""
    own = demands(voice, rule)
    if rule.when is None:
        yield _whole(voice.words.otherwise, rule, rule.applies, wants=True)
    yield from {one.asked: one for one in own}.values()
    asked = {one.asked for one in own}
    first = before(voice, decision)[rule.rule]
    for other in (one for name, one in rules.items() if name in first):
        extra = [one for one in demands(voice, other) if one.asked not in asked]
        if any(one.opposite().asked in asked for one in extra):
            # The two ask opposite things, so never both hold.
            continue
        if len(extra) == 1:
            yield extra[0].opposite()
            asked.add(extra[0].opposite().asked)
        elif other.outcome is not None:
            yield _whole(
                voice.words.quoted.format(text=other.label), other, other.applies, wants=False
            )


def _whole(text: str, rule: model.RuleNode, truth: Truth, *, wants: bool) -> Demand:
    """Return the demand that a whole rule holds, or that it does not."""
    node = model.ConditionNode(f"{rule.id}/applies", "rule", text, text, truth)
    return Demand(("applies", rule.rule), node, wants, truth if wants else TURNED[truth])


def _row(voice: Voice, one: Demand, columns: Sequence[list[Demand]]) -> Row:
    said = voice.client
    cells = []
    for column in columns:
        here = [other for other in column if other.key == one.key]
        # Asked both ways, it can never be: that shows as the way that is not met.
        worst = min(here, key=lambda other: other.truth is not Truth.FALSE, default=None)
        asks = said.asks_yes if worst is not None and worst.wants else said.asks_no
        cells.append(None if worst is None else Cell(asks, MARKS[worst.truth]))
    node = one.node
    of_values = node.points is not None or (node.fact is not None and not _is_claim(voice, node))
    return Row(first_up(in_short(voice, node)), yours(voice, one), tuple(cells), of_values)


def in_short(voice: Voice, node: model.ConditionNode, *, inside: bool = False) -> str:
    """Return a condition by the names of its parts, `inside` another one or by itself.

    Of a way that an earlier decision closes only that is said: what else it asks does not count.
    """
    words, (claim, _, turned) = voice.words, voice.leaf(node)
    if node.kind == "all" and (closing := [one for one in node.children if _closed(one)]):
        return in_short(voice, closing[0], inside=inside)
    parts = [in_short(voice, one, inside=True) for one in node.children]
    match node.kind:
        case "all":
            return words.both(parts)
        case "any":
            # "A; or B and C": a part that joins others would else run into its neighbours.
            joined = any(len(one.children) > 1 for one in node.children)
            return f"; {words.or_} ".join(parts) if joined else words.either(parts)
        case "at_least" | "exactly":
            return words.labelled_as(node.head, ", ".join(parts))
        case "not":
            return _denied(voice, node.children[0], parts[0])
        case "outcome":
            return _ids(voice, node)
        case "fact" | "criterion" if inside:
            said = voice.inside(claim)
            return words.labelled_as(said, words.no) if turned else said
    return claim


def _denied(voice: Voice, node: model.ConditionNode, text: str) -> str:
    """Return that a condition, which reads so, does not hold."""
    claim, denial, turned = voice.leaf(node)
    if denial is not None and not turned:
        return voice.inside(denial)
    if node.kind in ("fact", "criterion") and not turned and claim != node.text:
        return voice.words.labelled_as(text, voice.words.no)
    return voice.words.decision_not.format(text=text)


def _ids(voice: Voice, node: model.ConditionNode) -> str:
    """Return what an earlier decision is asked to be; outcomes by what people call them."""
    text, names = node.text, voice.names(node.reference or "")
    for one in names.values():
        if one.short != one.full:
            label = one.short.removeprefix(f"{one.id} – ")
            text = text.replace(voice.words.outcome.format(outcome=one.id, label=label), one.id)
    return text


def yours(voice: Voice, one: Demand) -> str:
    """Return how something that a rule asks is for the client: yes, no, or the value there is."""
    words, node = voice.words, one.node
    holds = one.truth if one.wants else TURNED[one.truth]
    if node.fact is not None and (node.fact.status != "known" or not _is_claim(voice, node)):
        return node.fact.words
    if node.points is not None:
        return words.points_between(node.points.least, node.points.most)
    if holds is Truth.OPEN:
        return words.unknown
    found = detail(node) if holds is Truth.TRUE else ()
    answer = words.yes if holds is Truth.TRUE else words.no
    return words.labelled_as(answer, ", ".join(found)) if found else answer


def _is_claim(voice: Voice, node: model.ConditionNode) -> bool:
    """Return whether a condition on a fact is one that yes or no answers."""
    claim, _, turned = voice.leaf(node)
    return turned or claim != node.text


def _end(voice: Voice, decision: str, rule: model.RuleNode) -> Cell:
    """Return what a column comes to."""
    verdict, end = voice.explanation.verdicts[decision], voice.client.end
    if verdict.decisions and rule.outcome == verdict.decisions[-1].outcome != verdict.outcome:
        return Cell(end["chosen"], "unmet")
    if verdict.status == "decided":
        if rule.outcome != verdict.outcome:
            return Cell(end["no"], "unmet")
        # What another rule goes before, or may, is not why the outcome follows.
        behind = rule.outranked_by or rule.maybe_outranked_by
        follows = rule.applies is Truth.TRUE and not behind
        return Cell(end["yes"], "met") if follows else Cell(end["same"], "open")
    if verdict.reason == "contradiction":
        return Cell(end["unclear"], "open")
    if any(one.id == rule.outcome for one in verdict.candidates):
        return Cell(end["maybe"], "open")
    if any(one.id == rule.outcome for one in verdict.possible):
        return Cell(end["possible"], "open")
    return Cell(end["no"], "unmet")


def looks(voice: Voice, decision: str) -> tuple[Look, ...]:
    """Return the rules of a decision by which a person looks first, and what they lack."""
    explanation = voice.explanation
    if explanation.short or explanation.why[decision].masked:
        return ()
    return tuple(
        Look(
            rule.rule,
            rule.label,
            rule.applies,
            tuple(one.id for one in rule.candidates),
            tuple(
                voice.sentence(one.node) for one in demands(voice, rule) if one.truth is Truth.FALSE
            ),
            rule,
        )
        for rule in rules_of(voice, decision).values()
        if rule.outcome is None
    )
