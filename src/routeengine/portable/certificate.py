"""Certificates: trees of splits, by which a program of a few pages confirms what was proved.

A tree splits the space of all full profiles into boxes, on each of which strong Kleene logic
settles what the rules say. How a split is chosen needs no trust: the checker confirms that nothing
is left out, and what holds on each box. A box of single cells is always settled, so every tree
ends; one that takes more boxes than its budget is given up, and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any, TypeAlias

from routeengine.bits import numbers
from routeengine.canonical import canonical_json, sha256_of
from routeengine.errors import BudgetError
from routeengine.portable.artefact import export_artefact
from routeengine.portable.folder import portable_folder
from routeengine.portable.rules_form import export_rules
from routeengine.ruleset.model import RuleSet

FORM = "routeengine/certificate/1"

BOX_BUDGET = 100_000
"""Boxes that one tree may have."""

DEEPEST = 400
"""Splits between the whole space and a box."""

Box: TypeAlias = list[int]
"""Per fact the cells that it may be in, as bits."""

Ask: TypeAlias = Callable[[Any], Any]
"""Returns a condition that is open on a box, to be split on; None where enough is settled."""


@cache
def checker() -> ModuleType:
    """Return the checker that others run, `check_rules`, which imports nothing of this library.

    What is settled on a box is what it says of it, so there is no second definition of that.
    """
    path = portable_folder() / "check" / "check_rules.py"
    module = ModuleType("routeengine_check_rules")
    SourceFileLoader(module.__name__, str(path)).exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class Certified:
    """What a checker needs: three texts, for as many files; and what is not certified, by name.

    Attributes:
        rules: The text of `rules.json`.
        artefact: The text of `artefact.json`; None if the rules are too large to have one. The
            certificate is then of the rules alone.
        certificate: The text of `certificate.json`.
        too_large: The names of what is not certified, because it is too large.
    """

    rules: str
    artefact: str | None
    certificate: str
    too_large: tuple[str, ...]

    @property
    def files(self) -> dict[str, str]:
        """The texts by the names of their files."""
        named = {"rules.json": self.rules, "certificate.json": self.certificate}
        return named if self.artefact is None else {**named, "artefact.json": self.artefact}


def certify(ruleset: RuleSet, budget: int = BOX_BUDGET) -> Certified:
    """Return the rules, their artefact, and the certificate that confirms what is proved of them.

    Small programs that share no code with this library check it (see `docs/trust.md`). What needs
    more than `budget` boxes is left out of the certificate, and is named in `too_large`.

    Raises BudgetError for rules that no checker can look at: numbers too large for JSON, or
    conditions that are nested too deep.

    Examples:
        >>> from routeengine import load_ruleset
        >>> from routeengine.portable import certify
        >>> certified = certify(load_ruleset("bijstand-norm", "2025-07-01", "limit_110"))
        >>> sorted(certified.files), certified.too_large
        (['artefact.json', 'certificate.json', 'rules.json'], ())
    """
    rules = export_rules(ruleset)
    trees = Trees(read_rules(rules), budget)
    try:
        artefact = export_artefact(ruleset)
    except BudgetError:
        artefact = None
    made = _all_trees(trees, with_artefact=artefact is not None)
    too_large = trees.too_large + ["artefact"] * (artefact is None)
    certificate = {
        "form": FORM,
        "rules_sha256": sha256_of(rules),
        "artefact_sha256": None if artefact is None else sha256_of(artefact),
        "nodes": trees.nodes,
        "trees": made,
        "too_large": too_large,
    }
    return Certified(rules, artefact, canonical_json(certificate), tuple(too_large))


@lru_cache(maxsize=8)
def read_rules(rules: str) -> Any:
    """Return rules as the checker reads them; BudgetError for what it cannot look at."""
    check = checker()
    try:
        return check.Rules(check.parse(rules))
    except (check.Unreadable, RecursionError) as error:
        raise BudgetError(f"too large to certify: {error}") from None


def _all_trees(trees: Trees, *, with_artefact: bool) -> dict[str, Any]:
    """Make a tree for each part of the rules."""
    rules = trees.rules
    made: dict[str, Any] = {"couplings": [], "decisions": {}, "wins": {}, "flags": {}}
    for name in rules.decisions:
        trees.put(made["decisions"], f"decision {name}", name, trees.settles(name))
    if not with_artefact:
        return made
    for facts, constraints in rules.couplings:
        named = ", ".join(rules.facts[number].id for number in sorted(facts))
        found: dict[str, int] = {}
        trees.put(found, f"constraints on {named}", "tree", trees.open_among(constraints))
        made["couplings"].append(found.get("tree"))
    for name, decision in rules.decisions.items():
        for rule in decision.rules:
            trees.put(made["wins"], f"rule {rule.id}", rule.id, trees.tells_winner(name, rule))
    for name, when in rules.flags.items():
        trees.put(made["flags"], f"flag {name}", name, trees.open_among([when]))
    return made


@dataclass(slots=True)
class Trees:
    """The trees of one certificate: equal ones stand once."""

    rules: Any
    budget: int = BOX_BUDGET
    nodes: list[list[Any]] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _left: int = 0

    def put(self, where: dict[str, int], what: str, name: str, ask: Ask) -> None:
        """Make a tree of the whole space, or say that it is too large."""
        tree = self.tree(self.rules.everything, ask)
        if tree is None:
            self.too_large.append(what)
        else:
            where[name] = tree

    def tree(self, box: Box, ask: Ask) -> int | None:
        """Split a box until nothing is asked any more; None where that takes too many boxes."""
        self._left, made = self.budget, len(self.nodes)
        try:
            return self._split(box, ask, DEEPEST)
        except BudgetError:
            self._numbers = {key: n for key, n in self._numbers.items() if n <= made}
            del self.nodes[made:]
            return None

    def _split(self, box: Box, ask: Ask, depth: int) -> int:
        leaf = ask(checker().Look(self.rules, box))
        if leaf is None:
            self._left -= 1
            return 0
        if self._left < 1 or depth < 1:
            raise BudgetError("more boxes than may be")
        here, node = box[leaf.fact], [leaf.fact]
        for part in (here & leaf.inside, here & ~leaf.inside):
            smaller = [*box]
            smaller[leaf.fact] = part
            node += [list(numbers(part)), self._split(smaller, ask, depth - 1)]
        number = self._numbers.setdefault(canonical_json(node), len(self.nodes) + 1)
        if number > len(self.nodes):
            self.nodes.append(node)
        return number

    # What is asked of a box: a leaf of a condition that is open there

    def open_leaf(self, look: Any, condition: Any) -> Any:
        """Return the first comparison of a fact that is open, and bears on a condition."""
        check = checker()
        if condition is None or look.truth(condition) is not None:
            return None
        if isinstance(condition, check.FactIs):
            return condition
        if isinstance(condition, check.DecisionIs):
            return self.undecided(look, condition.name)
        return self._first(look, self._parts(condition))

    def _parts(self, condition: Any) -> list[Any]:
        check = checker()
        if isinstance(condition, check.Count):
            return list(condition.parts)
        if isinstance(condition, check.Named):
            return [self.rules.criteria[condition.name]]
        return [when for when, _ in self.rules.scores[condition.name]]

    def _first(self, look: Any, conditions: Iterable[Any]) -> Any:
        return next((one for some in conditions if (one := self.open_leaf(look, some))), None)

    def open_among(self, conditions: Sequence[Any]) -> Ask:
        """Ask until each of some conditions, of which none may hold, is settled, or one holds."""

        def ask(look: Any) -> Any:
            truths = [look.truth(one) for one in conditions]
            return None if True in truths else self._first(look, conditions)

        return ask

    def undecided(self, look: Any, name: str, only: Any = None) -> Any:
        """Return a leaf that bears on what a decision comes to, or on whether one rule wins.

        What outranks most is looked at first, and first of all what may win.
        """
        decision = self.rules.decisions[name]
        if leaf := self.open_leaf(look, decision.applies_when):
            return leaf
        wins = look.decide(name).wins
        rules = sorted(decision.rules, key=lambda rule: (wins[rule.id] is not None, rank(rule)))
        if only is not None and only.when is not None:
            rules = [one for one in rules if one is only or one.id in only.outranked_by]
        return self._first(look, (rule.when for rule in rules))

    def settles(self, name: str) -> Ask:
        """Ask until a decision has one verdict, or the constraints exclude all of the box.

        Where it has a gap or an overlap, the constraints are settled too: does it really?
        """
        constraints = self.rules.bearing_on(checker().DecisionIs(name, "rules", []))

        def ask(look: Any) -> Any:
            verdict = look.decide(name).verdict
            if verdict is not None and verdict[2] not in ("gap", "overlap"):
                return None
            holds = look.holds(constraints)
            if holds is False or (holds and verdict is not None):
                return None
            leaf = self.undecided(look, name) if verdict is None else None
            return leaf or self._first(look, constraints)

        return ask

    def tells_winner(self, name: str, rule: Any) -> Ask:
        """Ask until it is settled whether a rule wins, or that its decision is excluded."""

        def ask(look: Any) -> Any:
            if look.decide(name).wins[rule.id] is not None:
                return None
            return self.undecided(look, name, rule)

        return ask

    def enough(self, name: str, possible: Sequence[str]) -> Ask:
        """Ask until a decision comes to nothing else than what is possible, or is excluded."""
        constraints, wanted = self.rules.constraints, set(possible)

        def ask(look: Any) -> Any:
            keys = {key[1] or key[0] for key in look.decide(name).keys}
            if keys <= wanted or look.holds(constraints) is False:
                return None
            return self.undecided(look, name) or self._first(look, constraints)

        return ask


def rank(rule: Any) -> int:
    """Sort rules by how many outrank them."""
    return len(rule.outranked_by)
