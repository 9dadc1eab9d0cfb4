"""Confirms that an artefact of routeengine says what its rules say, by a certificate.

    python check_artefact.py DIR

DIR holds `rules.json`, `artefact.json` and `certificate.json`. As `check_rules.py` beside it, this
program imports nothing but Python's own library and that file.

An artefact holds decision diagrams. Each is a function of the full profile: what a decision comes
to, whether a rule wins, whether a flag is raised, whether constraints hold. Trees of the
certificate split all profiles into boxes on which the rules are settled; here is confirmed that the
diagram says the same on each box. Where a constraint that bears on it is broken it has to say
`null` (of a rule: false), there and nowhere else. Texts are not looked at: they decide nothing.

Exit status: 0 all is confirmed; 1 something is refused, or not certified; 2 the files cannot be
read.
"""

import json
import sys
from pathlib import Path

from check_rules import (
    DecisionIs,
    Look,
    Refused,
    by_id,
    dict_of,
    ends_of,
    get,
    items,
    need,
    parse,
    read_rules,
    run,
    sha256,
    whole,
)

ARTEFACT = "routeengine/artefact/1"
MOST_PLACES = 1_000_000
IMPOSSIBLE, FALSE, TRUE = 0, 1, 2
KINDS = {
    "BooleanDomain": "boolean",
    "CategoryDomain": "category",
    "IntegerDomain": "integer",
    "DecimalDomain": "decimal",
    "DateDomain": "date",
}


class Artefact:
    """An artefact that was read: its diagrams are ordered, so that no walk goes in circles."""

    def __init__(self, data, rules):
        need(get(data, "form") == ARTEFACT, f"this program reads {ARTEFACT}")
        self.rules, self.facts = rules, list(by_id(get(data, "facts")).values())
        self.ruleset = dict_of(get(data, "ruleset"))
        self.order = items(get(data, "order"), lambda one: whole(one, 0, len(rules.facts) - 1))
        self.place = {fact: place for place, fact in enumerate(self.order)}
        need(len(self.place) == len(self.order), "a fact appears twice in the order")
        self.leaves = items(get(data, "leaves"), lambda one: one)
        first = alike(self.leaves[:3], [None, False, True])
        need(first, "the first leaves are not null, false and true")
        for leaf in self.leaves[3:]:
            need(isinstance(leaf, list), "a leaf is not as it should be")
        self.nodes = []
        for node in items(get(data, "nodes"), lambda one: one):
            self.nodes.append(self._node(node))
        self.decisions = by_id(get(data, "decisions"))
        self.flags = by_id(get(data, "flags"))
        self.couplings = items(get(data, "couplings"), dict_of)

    def _node(self, node):
        """Read a node: a fact and a child for each of its cells, all of which are further on."""
        need(isinstance(node, list) and node, "a node is not as it should be")
        fact = whole(node[0], 0, len(self.rules.facts) - 1)
        need(fact in self.place, "a node is of a fact that has no place in the order")
        children = [self.number(child) for child in node[1:]]
        need(len(children) == len(self.rules.facts[fact].cells), "a node has other children")
        for child in children:
            need(self.depth(child) > self.place[fact], "nodes are not in order")
        return fact, children

    def number(self, value):
        """Read the number of a leaf, or of a node that was read before."""
        return whole(value, 0, len(self.leaves) + len(self.nodes) - 1)

    def depth(self, number):
        """Return the place of the fact that is asked there; leaves come last of all."""
        if number < len(self.leaves):
            return len(self.place)
        return self.place[self.nodes[number - len(self.leaves)][0]]

    def says(self, leaf, said, elsewhere):
        """Return whether a leaf is what the rules say, or the one that stands elsewhere."""
        if elsewhere is not None:
            return leaf == elsewhere
        if isinstance(said, list):
            return self.leaves[leaf] == said
        return leaf == (TRUE if said else FALSE)

    def below(self, numbers, box):
        """Yield what some numbers become, side by side, in each cell of the fact that is next."""
        depth = min(map(self.depth, numbers))
        fact = self.order[depth]
        for cell in range(len(self.rules.facts[fact].cells)):
            if box[fact] >> cell & 1:
                yield tuple(
                    self.nodes[n - len(self.leaves)][1][cell] if self.depth(n) == depth else n
                    for n in numbers
                )

    def ends(self, roots, box):
        """Yield the leaves that some diagrams come to together on the profiles of a box."""
        todo, seen = [roots], {roots}
        while todo:
            now = todo.pop()
            if all(number < len(self.leaves) for number in now):
                yield now
                continue
            for after in self.below(now, box):
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
            if len(seen) > MOST_PLACES:
                raise Refused("diagrams are too large to be looked at together")


def check_outline(artefact):
    """Confirm all that is no diagram: facts and their cells, names, targets, and what is read."""
    rules = artefact.rules
    named = {"id": rules.id, "version": rules.version}
    told = {key: artefact.ruleset.get(key) for key in named}
    expect(told == named, "it is of other rules")
    expect([get(one, "id") for one in artefact.facts] == list(rules.fact), "its facts are others")
    for fact, data in zip(rules.facts, artefact.facts, strict=True):
        expect(alike(get(data, "cells"), fact.cells), f"fact {fact.id}: its cells are others")
        expect(describes(data, fact), f"fact {fact.id}: its values are others")
    expect(list(artefact.decisions) == list(rules.decisions), "its decisions are others")
    for name, data in artefact.decisions.items():
        check_names(rules, rules.decisions[name], data)
    expect(list(artefact.flags) == list(rules.flags), "its flags are others")
    facts = [sorted(facts) for facts, _ in rules.couplings]
    told = [get(one, "facts") for one in artefact.couplings]
    expect(alike(told, facts), "its couplings are others")


def alike(one, other):
    """Return whether two values are the same in JSON, where true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def expect(holds, message):
    """Refuse an artefact that is otherwise than its rules."""
    if not holds:
        raise Refused(message)


def describes(data, fact):
    """Return whether an artefact numbers the values of a fact as its rules do."""
    kind = KINDS[fact.domain["is"]]
    told = {key: data.get(key) for key in ("kind", "size", "values", "first", "places")}
    wanted = {"kind": kind, "size": fact.size, "values": None, "first": None, "places": None}
    if kind == "category":
        wanted["values"] = fact.domain["values"]
    elif kind != "boolean":
        wanted["first"] = ends_of(fact.domain)[0]
        wanted["places"] = fact.domain.get("places")
    return alike(told, wanted)


def check_names(rules, decision, data):
    """Confirm which outcomes and rules a decision has, where they lead, and what it reads."""
    outcomes = [get(one, "id") for one in items(get(data, "outcomes"), dict_of)]
    expect(outcomes == decision.outcomes, f"decision {decision.id}: its outcomes are others")
    told = [[get(one, "id"), get(one, "then")] for one in items(get(data, "rules"), dict_of)]
    wanted = [[rule.id, rule.target] for rule in decision.rules]
    expect(alike(told, wanted), f"decision {decision.id}: its rules are others")
    reads = sorted(rules.reads(DecisionIs(decision.id, "rules", [])))
    expect(alike(get(data, "reads"), reads), f"decision {decision.id}: it reads other facts")


class Comparison:
    """The diagrams of an artefact beside the trees of a certificate."""

    def __init__(self, artefact, certificate):
        self.artefact, self.certificate = artefact, certificate
        self.rules = artefact.rules
        self.roots = [artefact.number(get(one, "root")) for one in artefact.couplings]
        self.missing = []

    def all(self):
        """Confirm every diagram; those without a tree are named in `missing`."""
        for number, (facts, constraints) in enumerate(self.rules.couplings):
            names = ", ".join(self.rules.facts[fact].id for fact in sorted(facts))
            trees = self.certificate.couplings
            tree = trees[number] if number < len(trees) else None

            def holds(look, constraints=constraints):
                return look.holds(constraints)

            self.same(f"constraints on {names}", self.roots[number], tree, holds, set())
        for name, data in self.artefact.decisions.items():
            self.decision(name, data)
        for name, data in self.artefact.flags.items():
            when = self.rules.flags[name]

            def raised(look, when=when):
                return look.truth(when)

            root, tree = self.artefact.number(get(data, "root")), self.certificate.flags.get(name)
            self.same(f"flag {name}", root, tree, raised, self.rules.reads(when))

    def decision(self, name, data):
        """Confirm what a decision comes to, and where each of its rules wins."""
        reads = self.rules.reads(DecisionIs(name, "rules", []))
        root, tree = self.artefact.number(get(data, "root")), self.certificate.decisions.get(name)

        def verdict(look):
            return look.decide(name).verdict

        self.same(f"decision {name}", root, tree, verdict, reads)
        for one in get(data, "rules"):
            rule, root = one["id"], self.artefact.number(get(one, "wins"))

            def wins(look, rule=rule):
                return look.decide(name).wins[rule]

            self.same(f"rule {rule}", root, self.certificate.wins.get(rule), wins, reads, FALSE)

    def same(self, what, root, tree, value, reads, elsewhere=IMPOSSIBLE):
        """Confirm that a diagram says what the rules say, on each last box of a tree.

        `reads` are the facts that it reads: where a constraint on one of those is broken, the
        diagram has to say `elsewhere`.
        """
        if tree is None:
            self.missing.append(what)
            return
        touched = self.rules.touching(reads)
        roots = (root, *[self.roots[number] for number in touched])
        constraints = [one for number in touched for one in self.rules.couplings[number][1]]
        for box in self.certificate.last_boxes(tree, self.rules.everything):
            look = Look(self.rules, box)
            said = value(look)
            if said is None and look.holds(constraints) is not False:
                raise Refused(f"{what}: a box is not settled")
            for end, *held in self.artefact.ends(roots, box):
                if not self.artefact.says(end, said, elsewhere if FALSE in held else None):
                    raise Refused(f"{what}: the diagram says otherwise than the rules")


def check_artefact(data, certificate):
    """Confirm an artefact that was parsed; return the names of what has no tree."""
    artefact = Artefact(data, certificate.rules)
    check_outline(artefact)
    comparison = Comparison(artefact, certificate)
    comparison.all()
    return comparison.missing


def check_folder(folder):
    """Check the artefact in a folder against its rules, by their certificate."""
    rules, certificate, data = read_rules(folder)
    if get(data, "artefact_sha256") is None:
        return ["not certified: there is no artefact"], False
    raw = Path(folder, "artefact.json").read_bytes()
    if get(data, "artefact_sha256") != sha256(raw):
        raise Refused("the certificate is of another artefact")
    missing = check_artefact(parse(raw), certificate)
    lines = [f"rules: {rules.id} {rules.version}"]
    lines += [f"not certified: {what}" for what in missing]
    what = "all else of the artefact" if missing else "the artefact"
    return [*lines, f"{what} says what the rules say", f"boxes: {certificate.boxes}"], not missing


if __name__ == "__main__":
    sys.exit(run(check_folder, sys.argv[1:]))
