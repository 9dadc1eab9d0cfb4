"""The answer for a client at first sight: one walk through all that the rules come to.

The verdict diagrams of the decisions, who wins in each, the flags and the constraints are walked
as one (`symbolic/joint.py`), through the cells that the client's facts may be in: known, unknown
and known in part alike. What is found is a *word* of some dozens of bits: each verdict that a
decision can still have, each rule that can win in it, that a flag can be raised or not. A verdict
is summed up from the bits of its own decision.

INVARIANT: what is kept depends on these bits, so on the rules alone: no client's answer is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.summary import ordered_keys, summarise
from routeengine.profile import Known, State
from routeengine.result import Answer, Verdict
from routeengine.ruleset.model import Decision
from routeengine.ruleset.resolution import NOT_APPLICABLE, CompleteVerdict
from routeengine.symbolic.diagram import IMPOSSIBLE
from routeengine.symbolic.joint import ANY, NOTHING, POSSIBLE, Bundle, Function, Joint, Word

T = TypeVar("T")

CACHE_SIZE = 4_096
"""What is kept of each kind: verdicts of a decision, flags, and answers without a question."""


class _DecisionBits:
    """One decision: what the bits of a word say of it, from the bit `start` on.

    There is a bit for each of its verdicts, and then for each rule that can win. With the verdicts
    A and review, the rules r1 and r2, and `start` 1, the word 0b01011 says: A by r1, and nothing
    else (bit 0 is POSSIBLE).
    """

    def __init__(
        self, decision: Decision, start: int, seen: Collection[CompleteVerdict], remember: int
    ) -> None:
        self.decision = decision
        self.verdicts = {full: 1 << bit for bit, full in enumerate(seen, start)}
        self.wins = {r.id: 1 << bit for bit, r in enumerate(decision.rules, start + len(seen))}
        self._of_verdicts = sum(self.verdicts.values())
        self._of_all = self._of_verdicts + sum(self.wins.values())
        self._possible = lru_cache(remember)(self._keys)
        self._certain = lru_cache(remember)(self._sum_up)

    def word(self, full: CompleteVerdict | None) -> Word:
        """Return the word of a leaf: its verdict is possible, or nothing is."""
        return NOTHING if full is None else POSSIBLE | self.verdicts[full]  # None is IMPOSSIBLE

    def possible(self, word: Word) -> tuple[str, ...]:
        """Return what the decision can come to."""
        return self._possible(word & self._of_verdicts)

    def _keys(self, word: Word) -> tuple[str, ...]:
        return ordered_keys(self.decision, {full.key for full in _those(self.verdicts, word)})

    def wants_winners(self, word: Word) -> bool:
        """Return whether one verdict is certain, of which it is told who wins."""
        return len(self.possible(word)) == 1 and self.possible(word) != (NOT_APPLICABLE.key,)

    def certain(self, word: Word) -> Verdict:
        """Return the one verdict that is possible."""
        return self._certain(word & self._of_all)

    def _sum_up(self, word: Word) -> Verdict:
        winners = partial(_those, self.wins, word)
        return summarise(self.decision, _those(self.verdicts, word), winners=winners)


class FirstSight:
    """Answers for one client after another, by what the rules of one rule set come to.

    The rule set has to fit its budget, whole. `remember` is how much of each kind is kept. Safe to
    share between threads: what two of them work out at once is the same.
    """

    def __init__(self, executor: LanesExecutor, remember: int = CACHE_SIZE) -> None:
        self._executor = executor
        self._compiled = compiled = executor.compiled
        ruleset, diagram = compiled.ruleset, compiled.whole.diagram
        self._nothing_known = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
        self._every_cell = [(1 << size) - 1 for size in diagram.sizes]
        functions: list[Function] = [(held, int) for held in compiled.coupled if held is not None]
        winning: list[Function] = []
        next_bit = POSSIBLE.bit_length()
        self._decisions: list[_DecisionBits] = []
        owners: list[_DecisionBits] = []  # of each function in `winning`
        parts = {name: part for name, part in compiled.decisions.items() if part is not None}
        for decision in ruleset.decisions:
            part = parts[decision.id]
            seen = list(compiled.whole.verdicts(part.root, self._every_cell))
            bits = _DecisionBits(decision, next_bit, seen, remember)
            self._decisions.append(bits)
            functions.append((part.root, bits.word))
            for rule, word in bits.wins.items():
                # Where the rule does not win, that says nothing.
                winning.append((part.wins[rule], [POSSIBLE, POSSIBLE | word].__getitem__))
                owners.append(bits)
            next_bit += len(bits.verdicts) + len(bits.wins)
        # Of each flag a bit for "raised", and the next one for "not raised".
        self._flags: dict[str, Word] = {}
        flags = {flag: root for flag, root in compiled.flags.items() if root is not None}
        for flag, root in flags.items():
            raised = self._flags[flag] = 1 << next_bit
            words = {True: POSSIBLE | raised, False: POSSIBLE | raised << 1, IMPOSSIBLE: NOTHING}
            functions.append((root, words.__getitem__))
            next_bit += 2
        self._of_flags = 3 * sum(self._flags.values())
        self._joint = Joint(diagram, [*functions, *winning])
        # Who wins counts only where one verdict is certain: bundles that tell just that come later.
        self._first: list[Bundle] = []
        self._later: list[tuple[Bundle, list[_DecisionBits]]] = []
        for bundle in self._joint.bundles:
            if bundle.members.start < len(functions):
                self._first.append(bundle)
            else:
                whose = [owners[member - len(functions)] for member in bundle.members]
                self._later.append((bundle, list(dict.fromkeys(whose))))
        self._raised = lru_cache(remember)(self._flags_of)
        self._settled = lru_cache(remember)(self._certain_answer)

    def answer(self, cells: Sequence[int]) -> Answer | None:
        """Return the answer where facts are known or unknown, or None if they clash.

        `cells` has the one cell of each fact that the diagrams tell apart, in their order, or ANY,
        or the complement of all cells where it was declined. Numbers past those are not looked at.
        """
        word = self._reach(cells)
        return self._settled(word) or self._sum_up(word, partial(self._state, cells))

    def evaluate(self, state: State) -> Answer:
        """Return the answer for a state of knowledge, if need be by a closer look."""
        return self.answer_of(state) or self._executor.evaluate(state)

    def answer_of(self, state: State) -> Answer | None:
        """Return the answer for a state of knowledge, or None if a closer look is needed.

        That is where facts clash, and where a verdict is open and some evidence conflicts.
        """
        masks = self._compiled.whole.masks(self._compiled.cells.may(state))
        word = self._reach(list(map(_as_cell, masks, self._every_cell)))
        if any(known.conflicting for known in state.values()) and self._open(word):
            return None
        by_cells = self._compiled.cells.by_cells(state)
        return self._settled(word) or self._sum_up(word, lambda: by_cells)

    def _reach(self, cells: Sequence[int]) -> Word:
        """Return what can be so, or NOTHING where facts clash."""
        reach, word = self._joint.reach, NOTHING
        for bundle in self._first:
            here = reach(bundle, cells)
            if here == NOTHING:
                return NOTHING
            word |= here
        for bundle, whose in self._later:
            if any(bits.wants_winners(word) for bits in whose):
                word |= reach(bundle, cells)
        return word

    def _certain_answer(self, word: Word) -> Answer | None:
        """Return the answer where nothing is left open, and None elsewhere."""
        return None if word == NOTHING or self._open(word) else self._sum_up(word, dict)

    def _open(self, word: Word) -> bool:
        """Return whether some decision has more than one verdict left."""
        return any(len(bits.possible(word)) > 1 for bits in self._decisions)

    def _sum_up(self, word: Word, state: Callable[[], State]) -> Answer | None:
        if word == NOTHING:
            return None
        verdicts = {}
        for bits in self._decisions:
            name, possible = bits.decision.id, bits.possible(word)
            if len(possible) == 1:
                verdicts[name] = bits.certain(word)
            else:
                leads = self._executor.questions_later(state, bits.decision)
                verdicts[name] = Verdict(name, "insufficient", possible=possible, _find_leads=leads)
        return Answer(verdicts, *self._raised(word & self._of_flags), self._executor.name)

    def _flags_of(self, word: Word) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the flags that are raised, and those that may be."""
        may = _those(self._flags, word)
        raised = tuple([flag for flag in may if not word & self._flags[flag] << 1])
        return raised, tuple([flag for flag in may if flag not in raised])

    def _state(self, cells: Sequence[int]) -> State:
        """Return what is known by these cells."""
        compiled = self._compiled
        state = self._nothing_known.copy()
        for fact, cell in zip(compiled.order, cells, strict=False):
            if cell >= 0:
                state[fact] = Known(compiled.cells.of[fact][cell])
            elif cell != ANY:
                state[fact] = Known(state[fact].allowed, declined=True)
        return state


def _as_cell(mask: int, full: int) -> int:
    """Return the cells that a fact may be in, of all that are in `full`, as a walk takes them."""
    if mask == full:
        return ANY
    return ~mask if mask & mask - 1 else mask.bit_length() - 1


def _those(bits: Mapping[T, Word], word: Word) -> list[T]:
    """Return the values whose bits a word has."""
    return [value for value, bit in bits.items() if word & bit]
