"""Made clients: full and partial profiles that keep the constraints of a rule set.

Nothing is drawn and thrown away. What constraints tie together is drawn along
their diagram, only as long as a consistent profile still lies ahead; all else is
drawn fact by fact. Profiles shrink towards the first value of each fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from routeengine.bits import numbers
from routeengine.errors import BudgetError, UsageError, listed
from routeengine.profile import DECLINED, Between, Conflicting, OneOf, read_profile
from routeengine.ruleset.domains import RangeDomain, Value
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.value_set import ValueSet, single, union

FORMS = ("known", "known", "known", "unknown", "unknown", "declined", "one_of", "conflicting")


def profiles(
    ruleset: RuleSet, *, known: Mapping[str, Any] | None = None, near_boundaries: bool = True
) -> st.SearchStrategy[dict[str, Value]]:
    """Return a strategy for full profiles that break no constraint: a value for every fact.

    - `known` holds what every profile has to agree with, in the form of a profile.
    - `near_boundaries` makes each group of values that the rules do not tell apart as likely as
      another, and so its first and last value; otherwise all values of a fact are as likely.

    Raises ProfileError for what cannot be known, UsageError if what is known contradicts itself,
    and BudgetError if the constraints are too large.

    Examples:
        >>> from hypothesis import given
        >>> from routeengine import Engine, load_ruleset
        >>> from routeengine.testing import profiles
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> @given(profiles(engine.ruleset, known={"receives_benefit": True}))
        ... def test_every_client_gets_an_answer(profile):
        ...     assert engine.classify(profile).verdicts["route"].status != "insufficient"
    """
    return st.composite(_Maker(ruleset, known or {}, near_boundaries).draw)()


def partial_profiles(
    ruleset: RuleSet, *, known: Mapping[str, Any] | None = None, near_boundaries: bool = True
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for what may be known of a client: known, in part, declined or unknown.

    Each is a profile of `profiles`, of which then something is forgotten, so that what is left
    never contradicts itself. What is `known` stands in every profile as it is. The arguments and
    the errors are those of `profiles`.
    """
    fixed = dict(known or {})
    full = profiles(ruleset, known=fixed, near_boundaries=near_boundaries)

    @st.composite
    def strategy(draw: st.DrawFn) -> dict[str, Any]:
        profile: dict[str, Any] = {**draw(full), **fixed}
        for fact in ruleset.facts:
            if fact.id not in fixed:
                _forget(draw, profile, fact)
        return profile

    return strategy()


def _forget(draw: st.DrawFn, profile: dict[str, Any], fact: Fact) -> None:
    """Forget some of a fact, all of it, or nothing."""
    domain = fact.domain
    form = draw(st.sampled_from((*FORMS, "between") if isinstance(domain, RangeDomain) else FORMS))
    value = profile[fact.id]
    if form == "unknown":
        del profile[fact.id]
    elif form == "declined":
        profile[fact.id] = DECLINED
    elif form == "between":
        index = domain.index(value) or 0
        low, high = draw(st.integers(0, index)), draw(st.integers(0, domain.size - 1 - index))
        profile[fact.id] = Between(domain.value(index - low), domain.value(index + high))
    elif form != "known":
        indices = st.integers(0, domain.size - 1)
        others = draw(st.lists(indices.map(domain.value), min_size=1, max_size=2))
        values = dict.fromkeys((value, *others))
        profile[fact.id] = OneOf(values) if form == "one_of" else Conflicting(values)


class _Maker:
    """All that is worked out once, before the first profile is drawn."""

    def __init__(self, ruleset: RuleSet, known: Mapping[str, Any], near: bool) -> None:
        self.ruleset = ruleset
        self.near = near
        self.compiled = CompiledRuleSet(ruleset)
        state = read_profile(ruleset, known)
        self.allowed = {fact: one.allowed for fact, one in state.items()}
        self.may = self.compiled.cells.may(state)
        self.trees = [self._tree(number) for number in range(len(self.compiled.coupled))]
        self._among = cache(self._strategy)

    def _tree(self, number: int) -> tuple[Diagram, Node]:
        """Return the constraints of a coupling on what is known, as a diagram and its root.

        INVARIANT: from each node but FALSE a consistent profile can still be reached.
        """
        facts = listed(self.compiled.couplings[number].facts)
        constraints = self.compiled.coupled[number]
        if constraints is None:
            raise BudgetError(f"the constraints on {facts} are too large to draw profiles by")
        whole = self.compiled.whole
        diagram, root = whole.diagram.restrict(constraints, whole.masks(self.may), FALSE)
        if root == FALSE:
            raise UsageError(f"what is known of {facts} breaks the constraints on them")
        return diagram, root

    def draw(self, draw: st.DrawFn) -> dict[str, Value]:
        """Draw one profile, facts in declared order."""
        chosen: dict[str, int] = {}
        order, cells_of = self.compiled.whole.order, self.compiled.cells
        # "Not both p and q", while p may be anything: the root asks p, and leads to TRUE for no,
        # and for yes to a node for q of which "yes" leads to FALSE. So q is drawn after p, from
        # what is left; if p is no, q is drawn below like any fact that nothing ties.
        for diagram, root in self.trees:
            node = root
            while node != TRUE:
                fact, children = order[diagram.level[node]], diagram.children[node]
                cells = [cell for cell, child in enumerate(children) if child != FALSE]
                chosen[fact] = self._value(draw, fact, cells)
                node = children[cells_of.covering(fact, single(chosen[fact])).bit_length() - 1]
        for fact, may in self.may.items():
            if fact not in chosen:
                chosen[fact] = self._value(draw, fact, numbers(may))
        return {fact.id: fact.domain.value(chosen[fact.id]) for fact in self.ruleset.facts}

    def _value(self, draw: st.DrawFn, fact: str, cells: Sequence[int]) -> int:
        """Draw the number of a value in one of these cells."""
        # 0 to 240 months in cells 0-12, 13-240: each cell is as likely, so that 12 and 13 come up.
        parts = [self.compiled.cells.of[fact][cell] & self.allowed[fact] for cell in cells]
        values = draw(st.sampled_from(parts)) if self.near else union(parts)
        return draw(self._among(values))

    def _strategy(self, values: ValueSet) -> st.SearchStrategy[int]:
        """Draw from a set of values: each as likely, or an end of a run as likely as the rest."""
        anywhere = st.integers(0, values.size - 1).map(values.nth)
        ends = dict.fromkeys(end for run in values.runs for end in run)
        return st.sampled_from(list(ends)) | anywhere if self.near else anywhere
