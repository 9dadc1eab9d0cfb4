"""Confirms, from the rules alone, what a certificate of routeengine says of them.

    python check_rules.py DIR

DIR holds `rules.json` and `certificate.json`. This program imports nothing but Python's own
library, and believes nothing of the program that made the certificate. What it does:

* A *box* gives each fact a set of cells: values that no condition tells apart. It stands for all
  full profiles that have each fact in one of its cells.
* On a box, conditions are worked out by strong Kleene logic: True and False are said only where all
  profiles of the box agree, and None where they may differ.
* A *tree* splits a box into smaller ones. Here is confirmed that no split leaves anything out, and
  that on each of the last boxes the claim holds. Which way was split is of no concern.

Exit status: 0 all is confirmed; 1 something is refused, or not total, or not certified; 2 the files
cannot be read.
"""

import hashlib
import itertools
import json
import re
import sys
from datetime import date
from pathlib import Path

RULES, CERTIFICATE = "routeengine/rules/1", "routeengine/certificate/1"
NO_TREES = {"couplings": [], "decisions": {}, "wins": {}, "flags": {}}
NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
MOST_STEPS = 250_000
DEEPEST = 1_000
LARGEST = 2**53 - 1


class Unreadable(Exception):
    """A file is not what it should be, so that nothing can be said of it."""


class Refused(Exception):
    """A claim of the certificate does not hold."""


# Reading


def need(condition, message):
    """Refuse to read on where something is not as it should be."""
    if not condition:
        raise Unreadable(message)


def whole(value, low=0, high=LARGEST):
    """Return a whole number between two bounds."""
    need(type(value) is int and low <= value <= high, "a whole number is not as it should be")
    return value


def text(value):
    """Return a text."""
    need(isinstance(value, str), "a text is not as it should be")
    return value


def name(value):
    """Return a name: nothing that could be taken for another line, or for a sign to a terminal."""
    need(NAME.fullmatch(text(value)), "a name is not as it should be")
    return value


def items(value, read):
    """Return a list of which each element is read so."""
    need(isinstance(value, list), "a list is not as it should be")
    return [read(one) for one in value]


def get(value, key):
    """Return what an object has under a key."""
    need(isinstance(value, dict) and key in value, f"there is no `{key}` where there should be")
    return value[key]


def by_id(values):
    """Return objects by their ids, of which each stands once."""
    found = {name(get(one, "id")): one for one in items(values, dict_of)}
    need(len(found) == len(values), "an id appears twice")
    return found


def dict_of(value):
    """Return an object."""
    need(isinstance(value, dict), "an object is not as it should be")
    return value


def no_number(_):
    """Refuse a number that is not whole."""
    raise ValueError("a number is not whole")


def parse(data):
    """Return what some bytes hold as JSON, with whole numbers alone."""
    try:
        return json.loads(data, parse_float=no_number, parse_constant=no_number)
    except (ValueError, RecursionError):  # also no UTF-8, a number of thousands of digits
        raise Unreadable("this is not JSON with whole numbers") from None


def sha256(data):
    """Return the digest of a file, but for a line end after all of it."""
    return hashlib.sha256(data.removesuffix(b"\n")).hexdigest()


# Facts


class Fact:
    """Something that may be known: how many values it has, and into which cells they fall."""

    def __init__(self, number, data):
        self.number, self.id = number, text(get(data, "id"))
        self.sensitivity = whole(get(data, "sensitivity"), 0, 3)
        self.domain = dict_of(get(data, "domain"))
        self.size = whole(size_of(self.domain), 1)
        self.asked = []
        self.cells = []

    def part(self):
        """Work out the cells: runs of values that the same conditions allow."""
        edges = {0, self.size}
        for runs in self.asked:
            for first, last in runs:
                edges |= {first, last + 1}
        cells, edges = {}, sorted(edges)
        for low, end in itertools.pairwise(edges):
            allowed_by = tuple(is_in(low, runs) for runs in self.asked)
            cells.setdefault(allowed_by, []).append([low, end - 1])
        self.cells = list(cells.values())

    def mask(self, runs):
        """Return the cells that begin inside these runs; as they are told apart, all of each is."""
        return sum(1 << n for n, cell in enumerate(self.cells) if is_in(cell[0][0], runs))

    @property
    def full(self):
        """All cells."""
        return (1 << len(self.cells)) - 1


def is_in(number, runs):
    """Return whether a number lies in one of some runs."""
    return any(first <= number <= last for first, last in runs)


def size_of(domain):
    """Return how many values a domain has."""
    kind = text(get(domain, "is"))
    if kind == "BooleanDomain":
        return 2
    if kind == "CategoryDomain":
        values = items(get(domain, "values"), text)
        need(len(set(values)) == len(values), "a value appears twice")
        return len(values)
    first, last = ends_of(domain)
    return last - first + 1


def ends_of(domain):
    """Return the lowest and the highest value of a range, in steps from zero."""
    kind, ends = text(get(domain, "is")), [get(domain, "minimum"), get(domain, "maximum")]
    if kind == "IntegerDomain":
        return [whole(end, -LARGEST) for end in ends]
    if kind == "DecimalDomain":
        places = whole(get(domain, "places"), 0, 6)
        return [steps_of(text(end), places) for end in ends]
    need(kind == "DateDomain", "there is no such domain")
    return [day_of(text(end)) for end in ends]


def steps_of(number, places):
    """Return a decimal number in steps of its last place: "12.50" with two places is 1250."""
    parts = re.fullmatch(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,6}))?", number)
    need(parts and len(parts[3] or "") == places, "a number is not as it should be")
    steps = int(parts[2] + (parts[3] or ""))
    return whole(-steps if parts[1] else steps, -LARGEST)


def day_of(day):
    """Return the number of a day, where 1 January of the year 1 is 1."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = None
    # Another spelling of the same day is not taken.
    need(found and found.isoformat() == day, "a day is not as it should be")
    return found.toordinal()


# Conditions


class FactIs:
    """The fact has one of the values that are allowed."""

    def __init__(self, fact, allowed):
        self.fact, self.allowed, self.inside = fact, allowed, 0


class Count:
    """At least `low` and at most `high` of the parts hold."""

    def __init__(self, low, high, parts):
        self.low, self.high, self.parts = low, high, parts


class Named:
    """The criterion with this name holds."""

    def __init__(self, name):
        self.name = name


class ScoreIs:
    """What the parts of a score that hold are worth together lies within bounds."""

    def __init__(self, name, low, high):
        self.name, self.low, self.high = name, low, high


class DecisionIs:
    """An earlier decision comes to this; `kind` says what `names` are names of."""

    def __init__(self, name, kind, names):
        self.name, self.kind, self.names = name, kind, names


DECISION_WORDS = {
    "OutcomeIs": "outcomes",
    "StatusIs": "statuses",
    "RuleIs": "rules",
}


class Rule:
    """Leads to its target where its condition holds; `when` is None where no other rule applies."""

    def __init__(self, data, read):
        self.id, self.outranks = text(get(data, "id")), items(get(data, "outranks"), text)
        when, then = get(data, "when"), get(data, "then")
        self.when = None if when is None else read(when)
        if isinstance(then, str):
            self.target = then
        else:
            self.target = tuple(items(get(then, "candidates"), text))
        self.outranked_by = set()


class Decision:
    """One question that the rules answer."""

    def __init__(self, data, read):
        self.id = text(get(data, "id"))
        self.outcomes = list(by_id(get(data, "outcomes")))
        when = get(data, "applies_when")
        self.applies_when = None if when is None else read(when)
        self.rules = [Rule(one, read) for one in by_id(get(data, "rules")).values()]
        need(sum(rule.when is None for rule in self.rules) < 2, "`otherwise` appears twice")
        named = [rule.target for rule in self.rules if isinstance(rule.target, str)]
        named += [name for rule in self.rules if rule.target not in named for name in rule.target]
        need(set(named) <= set(self.outcomes), "a rule leads to what is no outcome")
        self._rank()

    def _rank(self):
        """Work out which rules outrank each, also by way of others."""
        rules = {rule.id: rule for rule in self.rules}
        for rule in self.rules:
            todo, seen = list(rule.outranks), set()
            while todo:
                name = todo.pop()
                need(name in rules, "a rule outranks what is no rule of its decision")
                if name not in seen:
                    seen.add(name)
                    rules[name].outranked_by.add(rule.id)
                    todo += rules[name].outranks
            need(rule.id not in seen, "a rule outranks itself")

    def leads_to(self, target):
        """Return the verdict of winners with this one target."""
        if isinstance(target, str):
            return ["decided", target, None, []]
        return ["review", None, "rule", [name for name in self.outcomes if name in target]]


# Rules


class Rules:
    """A rule set that was read: facts by number, and everything else by name."""

    def __init__(self, data):
        need(get(data, "form") == RULES, f"this program reads {RULES}")
        self.id, self.version = name(get(data, "id")), name(get(data, "version"))
        named = by_id(get(data, "facts"))
        self.facts = [Fact(number, one) for number, one in enumerate(named.values())]
        self.fact = {fact.id: fact for fact in self.facts}
        self._leaves = []
        read = self._condition
        self.criteria = {
            name: read(get(one, "when")) for name, one in by_id(get(data, "criteria")).items()
        }
        self.scores = {
            name: items(
                get(one, "parts"),
                lambda part: (read(get(part, "when")), whole(get(part, "worth"), -LARGEST)),
            )
            for name, one in by_id(get(data, "scores")).items()
        }
        self.constraints = [
            read(get(one, "forbids")) for one in by_id(get(data, "constraints")).values()
        ]
        self.decisions = {
            name: Decision(one, read) for name, one in by_id(get(data, "decisions")).items()
        }
        self.flags = {
            name: read(get(one, "when")) for name, one in by_id(get(data, "flags")).items()
        }
        for fact in self.facts:
            fact.part()
        for leaf in self._leaves:
            leaf.inside = self.facts[leaf.fact].mask(leaf.allowed)
        self._reads = {}
        self._check_references()
        self.couplings = self._coupled()

    def _condition(self, data, depth=0):
        """Read one condition, and those that it combines."""
        kind = text(get(data, "is"))
        need(depth < DEEPEST, "a condition is nested too deep")
        if kind == "FactIs":
            return self._fact_is(data)
        if kind == "CriterionIs":
            return Named(text(get(data, "criterion")))
        if kind == "ScoreIs":
            bounds = [
                None if bound is None else whole(bound, -LARGEST)
                for bound in (get(data, "low"), get(data, "high"))
            ]
            return ScoreIs(text(get(data, "score")), *bounds)
        if kind in DECISION_WORDS:
            names = items(get(data, DECISION_WORDS[kind]), text)
            return DecisionIs(text(get(data, "decision")), DECISION_WORDS[kind], names)
        if kind == "Not":
            return Count(0, 0, [self._condition(get(data, "part"), depth + 1)])
        parts = items(get(data, "parts"), lambda part: self._condition(part, depth + 1))
        if kind == "All":
            return Count(len(parts), len(parts), parts)
        if kind == "Any":
            return Count(1, len(parts), parts)
        need(kind in ("AtLeast", "Exactly"), "there is no such condition")
        count = whole(get(data, "count"))
        return Count(count, len(parts) if kind == "AtLeast" else count, parts)

    def _fact_is(self, data):
        name = text(get(data, "fact"))
        need(name in self.fact, "a condition is about what is no fact")
        fact, end = self.fact[name], -2
        allowed = items(get(data, "allowed"), lambda run: items(run, whole))
        for run in allowed:
            need(len(run) == 2 and end + 1 < run[0] <= run[1] < fact.size, "values are not so")
            end = run[1]
        fact.asked.append(allowed)
        self._leaves.append(FactIs(fact.number, allowed))
        return self._leaves[-1]

    def _check_references(self):
        """Work out what everything reads, which finds names that are not there, and circles."""
        conditions = [*self.constraints, *self.flags.values()]
        names = [("criterion", name) for name in self.criteria]
        names += [("score", name) for name in self.scores]
        names += [("decision", name) for name in self.decisions]
        for name in names:
            self._reads_of(name, 0)
        for condition in conditions:
            self.reads(condition)

    def reads(self, condition, depth=0):
        """Return the facts that a condition reads, by number, also by way of others."""
        need(depth < DEEPEST, "conditions refer to each other too deep")
        if isinstance(condition, FactIs):
            return {condition.fact}
        if isinstance(condition, Count):
            return set().union(*[self.reads(part, depth + 1) for part in condition.parts])
        kinds = {Named: "criterion", ScoreIs: "score", DecisionIs: "decision"}
        return self._reads_of((kinds[type(condition)], condition.name), depth + 1)

    def _reads_of(self, name, depth):
        if name not in self._reads:
            self._reads[name] = None  # until it is known
            inner = [self.reads(one, depth + 1) for one in self._conditions_of(*name)]
            self._reads[name] = set().union(*inner)
        need(self._reads[name] is not None, "something refers to itself")
        return self._reads[name]

    def _conditions_of(self, kind, name):
        of = {"criterion": self.criteria, "score": self.scores, "decision": self.decisions}[kind]
        need(name in of, f"there is no such {kind}")
        if kind == "criterion":
            return [of[name]]
        if kind == "score":
            return [when for when, _ in of[name]]
        whens = [of[name].applies_when, *[rule.when for rule in of[name].rules]]
        return [when for when in whens if when is not None]

    def _coupled(self):
        """Group the constraints by the facts that they share: pairs of facts and constraints."""
        groups = []
        for forbidden in self.constraints:
            facts, some, apart = self.reads(forbidden), [forbidden], []
            for group in groups:
                if group[0] & facts:
                    facts, some = group[0] | facts, group[1] + some
                else:
                    apart.append(group)
            groups = [*apart, (facts, some)]
        return groups

    def touching(self, facts):
        """Return the couplings that have a fact in common with these, by number."""
        return [number for number, (some, _) in enumerate(self.couplings) if some & facts]

    def bearing_on(self, condition):
        """Return the constraints that are coupled to some fact which a condition reads."""
        touched = self.touching(self.reads(condition))
        return [one for number in touched for one in self.couplings[number][1]]

    @property
    def everything(self):
        """The box of all profiles."""
        return [fact.full for fact in self.facts]


# Strong Kleene logic on a box


def within(least, most, low, high):
    """Return whether what lies from `least` to `most` lies within bounds; None where it may."""
    low, high = least if low is None else low, most if high is None else high
    if low <= least and most <= high:
        return True
    return False if most < low or least > high else None


class Look:
    """The rules on one box: nothing is worked out twice."""

    def __init__(self, rules, box):
        self.rules, self.box, self.known = rules, box, {}

    def truth(self, condition):
        """Return whether a condition holds on all profiles of the box, on none, or None."""
        if isinstance(condition, FactIs):
            here = self.box[condition.fact]
            if here & condition.inside == here:
                return True
            return None if here & condition.inside else False
        if isinstance(condition, Count):
            truths = [self.truth(part) for part in condition.parts]
            sure = truths.count(True)
            return within(sure, sure + truths.count(None), condition.low, condition.high)
        if isinstance(condition, Named):
            key = "criterion", condition.name
            if key not in self.known:
                self.known[key] = self.truth(self.rules.criteria[condition.name])
            return self.known[key]
        if isinstance(condition, ScoreIs):
            return within(*self.score(condition.name), condition.low, condition.high)
        decided = self.decide(condition.name)
        if condition.kind == "rules":
            truths = [decided.wins.get(name, False) for name in condition.names]
            return True if True in truths else None if None in truths else False
        at = 1 if condition.kind == "outcomes" else 0
        truths = {key[at] in condition.names for key in decided.keys}
        return truths.pop() if len(truths) == 1 else None

    def score(self, name):
        """Return the least and the most that a score can come to."""
        key = "score", name
        if key not in self.known:
            least = most = 0
            for when, worth in self.rules.scores[name]:
                truth = self.truth(when)
                least += worth if truth or (truth is None and worth < 0) else 0
                most += worth if truth or (truth is None and worth > 0) else 0
            self.known[key] = least, most
        return self.known[key]

    def holds(self, constraints):
        """Return whether nothing that is forbidden is so."""
        truths = [self.truth(forbidden) for forbidden in constraints]
        return False if True in truths else None if None in truths else True

    def decide(self, name):
        """Return what a decision comes to."""
        key = "decision", name
        if key not in self.known:
            self.known[key] = Decided(self.rules.decisions[name], self)
        return self.known[key]


class Decided:
    """What a decision comes to on a box.

    `verdict` is its status, outcome, reason and candidates, or None where it is open; `keys` are
    the statuses and outcomes that may come; `wins` says of each rule whether it wins.
    """

    def __init__(self, decision, look):
        when = decision.applies_when
        self.decision, self.applies = decision, True if when is None else look.truth(when)
        self.wins, self.verdict = {}, ["not_applicable", None, None, []]
        self.keys = {("not_applicable", None)}
        if self.applies is False:
            self.wins = {rule.id: False for rule in decision.rules}
            return
        self._settle(self._applying(look))

    def _applying(self, look):
        """Return of each rule whether it applies: `otherwise` where no other does."""
        found = {rule.id: look.truth(rule.when) for rule in self.decision.rules if rule.when}
        others = list(found.values())
        for rule in self.decision.rules:
            if rule.when is None:
                found[rule.id] = False if True in others else None if None in others else True
        return found

    def _settle(self, applying):
        decision = self.decision
        for rule in decision.rules:
            above = [applying[other] for other in rule.outranked_by]
            if applying[rule.id] is False or True in above:
                self.wins[rule.id] = False
            elif applying[rule.id] and self.applies and None not in above:
                self.wins[rule.id] = True
            else:
                self.wins[rule.id] = None
        may = {rule.target for rule in decision.rules if self.wins[rule.id] is not False}
        sure = {rule.target for rule in decision.rules if self.wins[rule.id]}
        # None wins where none applies; where one does, one that none outranks wins.
        gap = True not in applying.values()
        if gap and any(rule.when is None for rule in decision.rules):
            gap = False
        self._say(may, sure, gap)

    def _say(self, may, sure, gap):
        """Settle the verdict by targets that may win, that surely do, and whether none may."""
        verdict, keys = None, {tuple(self.decision.leads_to(one)[:2]) for one in may}
        if gap or len(may) > 1:
            keys.add(("review", None))
        if gap and not may:
            verdict = ["review", None, "gap", []]
        elif len(sure) > 1:
            verdict, keys = ["review", None, "overlap", []], {("review", None)}
        elif not gap and len(may) == 1:
            (target,) = may
            verdict = self.decision.leads_to(target)
        self.keys = keys if self.applies else keys | self.keys
        self.verdict = verdict if self.applies else None


# Certificates


class Certificate:
    """A certificate that was read: trees, and what is claimed of advice that was given."""

    def __init__(self, data, rules):
        need(get(data, "form") == CERTIFICATE, f"this program reads {CERTIFICATE}")
        self.rules = rules
        self.nodes = []
        for node in items(get(data, "nodes"), lambda one: one):
            self.nodes.append(self._node(node))
        trees = dict_of(data.get("trees", NO_TREES))
        self.is_of_rules = "trees" in data
        self.couplings = items(
            get(trees, "couplings"), lambda tree: None if tree is None else self.tree(tree)
        )
        self.decisions, self.wins, self.flags = [
            {name: self.tree(tree) for name, tree in dict_of(get(trees, key)).items()}
            for key in ("decisions", "wins", "flags")
        ]
        self.too_large = items(get(data, "too_large"), text)
        self.explanations = items(data.get("explanations", []), dict_of)
        self.questions = items(data.get("questions", []), dict_of)
        self.boxes = 0

    def _node(self, node):
        """Read a split: a fact, and which cells of it go below which tree."""
        need(isinstance(node, list) and len(node) % 2 == 1, "a split is not as it should be")
        fact = whole(node[0], 0, len(self.rules.facts) - 1)
        parts = [(self.cells(fact, some), self.tree(below)) for some, below in pairs(node[1:])]
        return fact, parts

    def tree(self, number):
        """Read the number of a tree: 0 splits nothing, and others split by ones before them."""
        return whole(number, 0, len(self.nodes))

    def cells(self, fact, numbers):
        """Read cells of a fact, by number."""
        last = len(self.rules.facts[fact].cells) - 1
        return sum({1 << number for number in items(numbers, lambda one: whole(one, 0, last))})

    def profile(self, cells):
        """Read a full profile: one cell of each fact."""
        need(isinstance(cells, list) and len(cells) == len(self.rules.facts), "a profile is not so")
        return [self.cells(fact, [cell]) for fact, cell in enumerate(cells)]

    def last_boxes(self, tree, box):
        """Yield the boxes that a tree splits a box into: no split may leave something out."""
        todo, steps = [(tree, box)], 0
        while todo:
            number, box = todo.pop()
            steps += 1
            if steps > MOST_STEPS:
                raise Refused("a tree has too many splits")
            if number == 0:
                self.boxes += 1
                yield box
                continue
            fact, parts = self.nodes[number - 1]
            left = box[fact]
            for cells, below in parts:
                if box[fact] & cells:
                    smaller = list(box)
                    smaller[fact] &= cells
                    todo.append((below, smaller))
                left &= ~cells
            if left:
                raise Refused("a split leaves something out")


def pairs(values):
    """Return the elements of a list two by two."""
    return list(zip(values[::2], values[1::2], strict=True))


# Claims


def findings_of(certificate, name):
    """Return whether a decision can come to a gap or to an overlap: neither if it is right."""
    rules, found = certificate.rules, set()
    constraints = rules.bearing_on(DecisionIs(name, "rules", []))
    for box in certificate.last_boxes(certificate.decisions[name], rules.everything):
        look = Look(rules, box)
        verdict = look.decide(name).verdict
        faulty = verdict is not None and verdict[2] in ("gap", "overlap")
        if verdict is not None and not faulty:
            continue
        holds = look.holds(constraints)
        if holds is None or (holds and verdict is None):
            raise Refused(f"decision {name}: a box is not settled")
        if holds:
            found.add(verdict[2])
    return sorted(found)


def known_of(certificate, claim):
    """Read what was known of a client: per fact its cells, or null for what was not known."""
    rules, known = certificate.rules, get(claim, "known")
    need(isinstance(known, list) and len(known) == len(rules.facts), "what is known is not so")
    return [
        rules.facts[number].full if some is None else certificate.cells(number, some)
        for number, some in enumerate(known)
    ]


def numbers_of(rules, names):
    """Read names of facts as their numbers."""
    need(all(name in rules.fact for name in items(names, text)), "there is no such fact")
    return [rules.fact[name].number for name in names]


def decision_of(rules, claim):
    """Read which decision a claim is about."""
    name = text(get(claim, "decision"))
    need(name in rules.decisions, "there is no such decision")
    return name


def outcomes_on(rules, name, profile):
    """Return what a full profile comes to, and whether it breaks no constraint."""
    look = Look(rules, profile)
    keys = {key[1] or key[0] for key in look.decide(name).keys}
    return keys, look.holds(rules.constraints)


def check_explanation(certificate, claim):
    """Confirm what was said of one decision for one client.

    `because` alone leaves only what is `possible`, also if all else were otherwise; each of those
    is really possible, as a witness shows that agrees with all that is known; and without any one
    fact of `because` something else could come, as another witness shows. What is possible is
    empty where the facts of `because` cannot stand together.
    """
    rules, name = certificate.rules, decision_of(certificate.rules, claim)
    known, possible = known_of(certificate, claim), items(get(claim, "possible"), text)
    because = numbers_of(rules, get(claim, "because"))
    need(all(known), "what is known leaves nothing")
    start = [mask if n in because else rules.facts[n].full for n, mask in enumerate(known)]
    for box in certificate.last_boxes(certificate.tree(get(claim, "tree")), start):
        look = Look(rules, box)
        keys = {key[1] or key[0] for key in look.decide(name).keys}
        if not keys <= set(possible) and look.holds(rules.constraints) is not False:
            raise Refused("the reason is not enough")
    witnesses, minimal = dict_of(get(claim, "witnesses")), dict_of(get(claim, "minimal"))
    for outcome in possible:
        profile = certificate.profile(get(witnesses, outcome))
        if not agrees(profile, known, range(len(known))):
            raise Refused("a witness is not of what is known")
        if outcomes_on(rules, name, profile) != ({outcome}, True):
            raise Refused("a witness does not show that its outcome is possible")
    for left_out in because:
        profile = certificate.profile(get(minimal, rules.facts[left_out].id))
        if not agrees(profile, known, [n for n in because if n != left_out]):
            raise Refused("a witness is not of the reason")
        keys, holds = outcomes_on(rules, name, profile)
        if not holds or keys & set(possible):
            raise Refused("a witness does not show that the reason needs all its facts")


def agrees(profile, known, facts):
    """Return whether a profile lies, in these facts, within what is known."""
    return all(profile[n] & known[n] for n in facts)


def check_question(certificate, claim):
    """Confirm why a question was asked: no answers to less sensitive ones could have settled it.

    Two full profiles agree with all that is known and on every fact that is less sensitive, and
    come to different verdicts.
    """
    rules, name = certificate.rules, decision_of(certificate.rules, claim)
    known, (asked,) = known_of(certificate, claim), numbers_of(rules, [get(claim, "question")])
    both = [certificate.profile(get(claim, key)) for key in ("first", "second")]
    tier = rules.facts[asked].sensitivity
    less = [fact.number for fact in rules.facts if fact.sensitivity < tier]
    if any(both[0][n] != both[1][n] for n in less):
        raise Refused("a less sensitive answer could tell")
    if not all(agrees(profile, known, range(len(known))) for profile in both):
        raise Refused("a witness is not of what is known")
    (one, one_holds), (other, other_holds) = [outcomes_on(rules, name, p) for p in both]
    if not one_holds or not other_holds or one == other:
        raise Refused("two witnesses do not show that the question matters")


# The command


def read_rules(folder):
    """Read the rules and the certificate in a folder, which have to belong together."""
    raw = {name: Path(folder, name).read_bytes() for name in ("rules.json", "certificate.json")}
    rules = Rules(parse(raw["rules.json"]))
    data = parse(raw["certificate.json"])
    if get(data, "rules_sha256") != sha256(raw["rules.json"]):
        raise Refused("the certificate is of other rules")
    return rules, Certificate(data, rules), data


def check(certificate):
    """Confirm all that a certificate says of the rules; return lines, and whether all is well."""
    lines, well = [], True
    for name in certificate.rules.decisions if certificate.is_of_rules else ():
        if name not in certificate.decisions:
            lines.append(f"not certified: decision {name}")
            well = False
            continue
        found = findings_of(certificate, name)
        lines.append(f"decision {name}: {' and '.join(found) or 'total and exclusive'}")
        well = well and not found
    for claim in certificate.explanations:
        check_explanation(certificate, claim)
    for claim in certificate.questions:
        check_question(certificate, claim)
    lines.append(f"explanations confirmed: {len(certificate.explanations)}")
    lines.append(f"questions confirmed: {len(certificate.questions)}")
    if not certificate.is_of_rules:
        lines += [f"not certified: {what}" for what in certificate.too_large]
        well = not certificate.too_large
    return lines, well


def run(check_folder, arguments):
    """Check a folder, say what was found, and return the exit status."""
    sys.setrecursionlimit(20_000)
    if len(arguments) != 1:
        print("give the folder with rules.json and certificate.json")
        return 2
    try:
        lines, well = check_folder(arguments[0])
    except Refused as refused:
        print(f"refused: {refused}")
        return 1
    except OSError as error:
        print(f"cannot be read: {error.filename}")
        return 2
    except Unreadable as error:
        print(f"cannot be read: {error}")
        return 2
    except RecursionError:
        print("cannot be read: it is nested too deep")
        return 2
    print("\n".join(lines))
    return 0 if well else 1


def check_folder(folder):
    """Check the rules in a folder against their certificate."""
    rules, certificate, _ = read_rules(folder)
    lines, well = check(certificate)
    return [f"rules: {rules.id} {rules.version}", *lines, f"boxes: {certificate.boxes}"], well


if __name__ == "__main__":
    sys.exit(run(check_folder, sys.argv[1:]))
