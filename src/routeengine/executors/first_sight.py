"""The answer for a client at first sight: one walk through all that the rules come to.

The verdict diagrams of the decisions, who wins in each, the flags and the constraints are walked
as one (`symbolic/joint.py`), through the cells that the client's facts may be in: known, unknown
and known in part alike. What is found is a *word* of some dozens of bits: each verdict that a
decision can still have, each rule that can win in it, that a flag can be raised or not. A verdict
is summed up from the bits of its own decision.

INVARIANT: what is kept hangs on these bits, so on the rules alone: no answer of a client is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Generic, TypeVar

from routeengine.bits import numbers
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.summary import ordered_keys, summarise
from routeengine.profile import Known, State
from routeengine.result import Answer, Verdict
from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import NOT_APPLICABLE, FullVerdict
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.joint import ANY, NOTHING, POSSIBLE, Bundle, Function, Joint, Word

REMEMBERED = 4_096
"""What is kept of each kind: verdicts of a decision, flags, and answers without a question."""

V = TypeVar("V", bound=Hashable)


class _Bits(Generic[V]):
    """Bits of a word, from the lowest on, that each stand for a value."""

    def __init__(self, lowest: int, values: Iterable[V]) -> None:
        self.values = tuple(values)
        self.lowest = lowest
        self.beyond = lowest + len(self.values)
        self.mask = (1 << self.beyond) - (1 << lowest)
        self._words: dict[object, Word] = {
            value: POSSIBLE | 1 << bit for bit, value in enumerate(self.values, start=lowest)
        }

    def word(self, value: object) -> Word:
        """Return the word of a value; one that has no bit is impossible."""
        return self._words.get(value, NOTHING)

    def of(self, word: Word) -> list[V]:
        """Return the values whose bits stand in a word."""
        return [self.values[number] for number in numbers((word & self.mask) >> self.lowest)]


class _Decided:
    """One decision: what the bits of a word say of it."""

    def __init__(self, decision: Decision, verdicts: _Bits[FullVerdict], wins: _Bits[str]) -> None:
        self.decision, self.verdicts, self._wins = decision, verdicts, wins
        self._mask = verdicts.mask | wins.mask
        self._possible = lru_cache(REMEMBERED)(self._keys)
        self._certain = lru_cache(REMEMBERED)(self._summed_up)

    def possible(self, word: Word) -> tuple[str, ...]:
        """Return what the decision can come to."""
        return self._possible(word & self.verdicts.mask)

    def _keys(self, word: Word) -> tuple[str, ...]:
        return ordered_keys(self.decision, {full.key for full in self.verdicts.of(word)})

    def wants_winners(self, word: Word) -> bool:
        """Say whether one verdict is certain, of which it is told who wins."""
        return len(self.possible(word)) == 1 and self.possible(word) != (NOT_APPLICABLE.key,)

    def certain(self, word: Word) -> Verdict:
        """Return the one verdict that is possible."""
        return self._certain(word & self._mask)

    def _summed_up(self, word: Word) -> Verdict:
        rules = self._wins.of(word)
        return summarise(self.decision, self.verdicts.of(word), winners=lambda: rules)


class FirstSight:
    """Answers for one client after another, by what the rules of one rule set come to.

    The rule set has to fit its budget, whole. Safe to share between threads: what two of them
    work out at once is the same.
    """

    def __init__(self, executor: LanesExecutor) -> None:
        self._compiled = compiled = executor.compiled
        self._questions_later = executor.questions_later
        ruleset, diagram = compiled.ruleset, compiled.whole.diagram
        self._full = [(1 << size) - 1 for size in diagram.sizes]
        functions: list[Function] = [(held, int) for held in compiled.coupled if held is not None]
        winning: list[Function] = []
        bit = POSSIBLE.bit_length()
        self._decided: list[_Decided] = []
        owners: list[_Decided] = []  # of each function in `winning`
        parts = {name: part for name, part in compiled.decisions.items() if part is not None}
        for decision in ruleset.decisions:
            part = parts[decision.id]
            leaves = [node for node in diagram.reachable(part.root) if not diagram.kids[node]]
            values = [diagram.values[leaf] for leaf in leaves]
            verdicts = _Bits(bit, [value for value in values if value is not IMPOSSIBLE])
            wins = _Bits(verdicts.beyond, [rule.id for rule in decision.rules])
            decided = _Decided(decision, verdicts, wins)
            self._decided.append(decided)
            functions.append((part.root, verdicts.word))
            for rule in wins.values:
                # Where the rule does not win, that says nothing.
                words = {True: wins.word(rule), False: POSSIBLE}
                winning.append((part.wins[rule], words.__getitem__))
                owners.append(decided)
            bit = wins.beyond
        flags = {name: root for name, root in compiled.flags.items() if root is not None}
        self._flags = _Bits(bit, [(flag, truth) for flag in flags for truth in (True, False)])
        for flag, root in flags.items():
            raised, kept_down = self._flags.word((flag, True)), self._flags.word((flag, False))
            of_flag = {True: raised, False: kept_down, IMPOSSIBLE: NOTHING}
            functions.append((root, of_flag.__getitem__))
        self._joint = Joint(diagram, [*functions, *winning])
        # Who wins is asked where one verdict is certain: what tells nothing else, is walked then.
        self._first: list[Bundle] = []
        self._later: list[tuple[Bundle, list[_Decided]]] = []
        for bundle in self._joint.bundles:
            if bundle.members.start < len(functions):
                self._first.append(bundle)
            else:
                whose = [owners[member - len(functions)] for member in bundle.members]
                self._later.append((bundle, list(dict.fromkeys(whose))))
        self._raised = lru_cache(REMEMBERED)(self._flags_of)
        self._settled: dict[Word, Answer] = {}

    def answer(self, cells: Sequence[int]) -> Answer | None:
        """Return the answer where facts are known or unknown, or None where they clash.

        `cells` has the one cell of each fact that the diagrams tell apart, in their order, or ANY,
        or the complement of all cells where it was declined. Numbers past those are not looked at.
        """
        word = self._reach(cells)
        return self._settled.get(word) or self._sum_up(word, partial(self._state, cells))

    def answer_of(self, state: State) -> Answer | None:
        """Return the answer for a state of knowledge, or None where a closer look is needed.

        That is where facts clash, and where a verdict is open and some evidence conflicts.
        """
        masks = self._compiled.whole.masks(self._compiled.cells.may(state))
        word = self._reach(list(map(_as_cell, masks, self._full)))
        if any(known.conflicting for known in state.values()) and self._open(word):
            return None
        by_cells = self._compiled.cells.by_cells(state)
        return self._settled.get(word) or self._sum_up(word, lambda: by_cells)

    def _reach(self, cells: Sequence[int]) -> Word:
        """Return what can be so, or NOTHING where facts clash."""
        reach, word = self._joint.reach, NOTHING
        for bundle in self._first:
            here = reach(bundle, cells)
            if here == NOTHING:
                return NOTHING
            word |= here
        for bundle, whose in self._later:
            if any(decided.wants_winners(word) for decided in whose):
                word |= reach(bundle, cells)
        return word

    def _open(self, word: Word) -> bool:
        """Say whether some decision has more than one verdict left."""
        return any(len(decided.possible(word)) > 1 for decided in self._decided)

    def _sum_up(self, word: Word, state: Callable[[], State]) -> Answer | None:
        if word == NOTHING:
            return None
        verdicts, settled = {}, True
        for decided in self._decided:
            decision, possible = decided.decision, decided.possible(word)
            if len(possible) == 1:
                verdicts[decision.id] = decided.certain(word)
                continue
            settled = False
            verdicts[decision.id] = Verdict(
                decision.id,
                "insufficient",
                possible=possible,
                find_questions=self._questions_later(state, decision),
            )
        answer = Answer(verdicts, *self._raised(word & self._flags.mask))
        if settled and len(self._settled) < REMEMBERED:
            self._settled[word] = answer
        return answer

    def _flags_of(self, word: Word) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the flags that are raised, and those that may be."""
        seen = self._flags.of(word)
        may = [flag for flag, truth in seen if truth]
        raised = tuple([flag for flag in may if (flag, False) not in seen])
        return raised, tuple([flag for flag in may if flag not in raised])

    def _state(self, cells: Sequence[int]) -> State:
        """Return what is known by these cells."""
        compiled = self._compiled
        state = {fact.id: Known(fact.domain.full) for fact in compiled.ruleset.facts}
        for fact, cell in zip(compiled.order, cells, strict=False):
            if cell >= 0:
                state[fact] = Known(compiled.cells.of[fact][cell])
            elif cell != ANY:
                state[fact] = Known(state[fact].allowed, declined=True)
        return state


def _as_cell(mask: int, full: int) -> int:
    """Return the cells that a fact may be in, as a walk takes them."""
    return ANY if mask == full else ~mask if mask & mask - 1 else mask.bit_length() - 1
