"""Checks of rules that make no difference: dead, shadowed, redundant, or outranking in vain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Any, Condition
from routeengine.ruleset.model import Decision, Rule
from routeengine.ruleset.ranking import without_ranking
from routeengine.ruleset.resolution import NOT_APPLICABLE, OVERLAP, in_order, target, verdict_to
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, Node
from routeengine.verification.analysis import Analysis, needed
from routeengine.verification.findings import Finding, Findings
from routeengine.verification.parts import rules_asked, with_part
from routeengine.verification.regions import Regions
from routeengine.verification.space import leaf_at, nearest


def rules_that_never_win(rules: Analysis, decision: Decision) -> Findings:
    """Find the rules that never apply, and those that apply but are always outranked.

    Raises BudgetError if the condition of one does not fit.
    """
    wins = rules.wins(decision)
    for rule in decision.rules:
        if wins[rule.id] != FALSE:
            continue
        if rule.when is None:
            yield _dead(decision, rule, "the other rules leave nothing over")
        elif not rules.can_hold(rule.when):
            yield _dead(decision, rule, "its condition never holds")
        else:
            yield _never_wins(rules, decision, rule, rule.when)


def _dead(decision: Decision, rule: Rule, why: str) -> Finding:
    message = f"rule `{rule.id}` never applies: {why}"
    return Finding("dead_rule", decision.id, message, (rule.id,), rule.place)


def _never_wins(rules: Analysis, decision: Decision, rule: Rule, when: Condition) -> Finding:
    applies = when
    if decision.applies_when is not None:
        applies = All((when, decision.applies_when))
    if not rules.can_hold(applies):
        return _dead(decision, rule, f"it holds only where `{decision.id}` does not apply")
    beaten = rules.layout.ranks[decision.id].beaten[rule.id]
    above = [(one.id, one.when) for one in decision.rules if one.id in beaten]
    shadows = [one for one, other in above if other and rules.can_hold(All((applies, other)))]

    def shows(profile: FullProfile) -> bool:
        return profile.holds(when) and rule.id not in profile.verdicts[decision.id].rules

    named = " or ".join(f"`{one}`" for one in shadows)
    message = f"rule `{rule.id}` never wins: wherever it applies, {named} outranks it"
    among = (rule.id, *shadows)
    finding = Finding("never_wins", decision.id, message, (rule.id,), rule.place, among)
    found = rules.add_witness(finding, lambda: rules.condition(applies), bool, shows)
    # Where it applies is its own condition: there is no need to tell that in regions.
    return replace(found, look=Regions)


def idle_outranks(rules: Analysis, decision: Decision) -> Findings:
    """Find what is said to outrank something, and changes no answer by it.

    If it follows from what else is outranked it is as well to say it, so all of those are one
    note, save what the author names as accepted. Raises BudgetError if that does not fit.
    """
    next_above = rules.layout.ranks[decision.id].next_above
    named = {one.about for one in rules.ruleset.acceptances if one.finding == "idle_outranks"}
    asked = not rules_asked(rules.ruleset).isdisjoint(rule.id for rule in decision.rules)
    implied: list[tuple[Rule, str]] = []
    # What follows from how all rules are ranked was not written for itself.
    written = without_ranking(decision).rules
    if any(one.outranks for one in written):
        # Each is tried with nodes that are forgotten again, so what outranks a rule is made before.
        rules.compiler.attempt(
            lambda: tuple([rules.compiler.outranking(rule.id) for rule in decision.rules])
        )
    for rule, by_hand in zip(decision.rules, written, strict=True):
        for beaten in by_hand.outranks:
            # If a outranks b and b outranks c, then that a outranks c as well says nothing new.
            if rule.id not in next_above[beaten]:
                if (rule.id, beaten) in named:
                    why = "that follows from what else is outranked"
                    yield _in_vain(decision, rule, beaten, why)
                else:
                    implied.append((rule, beaten))
            elif why := _why_in_vain(rules, decision, rule, rules.ruleset.rule[beaten], asked):
                yield _in_vain(decision, rule, beaten, why)
    if implied:
        yield _implied(decision, implied)


def _in_vain(decision: Decision, rule: Rule, beaten: str, why: str) -> Finding:
    message = f"rule `{rule.id}` outranks `{beaten}` in vain: {why}"
    pair = rule.id, beaten
    return Finding("idle_outranks", decision.id, message, pair, rule.place, pair)


def _implied(decision: Decision, pairs: Sequence[tuple[Rule, str]]) -> Finding:
    """Make the one note on all that is told and follows; the first of it is an example."""
    rule, beaten = pairs[0]
    message = f"that rule `{rule.id}` outranks `{beaten}` follows from what else is outranked"
    if more := len(pairs) - 1:
        message += f", and so do {more:,} more pairs of `{decision.id}`"
    return Finding("implied_outranks", decision.id, message, (decision.id,), rule.place)


def _why_in_vain(rules: Analysis, decision: Decision, rule: Rule, beaten: Rule, asked: bool) -> str:
    """Return why no answer depends on one `outranks`, or nothing if one does."""
    less = rules.layout.ranks[decision.id].without(rule.id, beaten.id)
    if rules.scratch(lambda: any(_winning_changes(rules, decision, *one) for one in less)):
        return ""
    # The answers of the decision are the same, but other decisions may ask who won.
    left = replace(rule, outranks=tuple(one for one in rule.outranks if one != beaten.id))
    if asked and not rules.means_the_same(with_part(rules.ruleset, rule, left)):
        return ""
    # `otherwise` never applies together with another rule.
    both = All(tuple(one.when or Any(()) for one in (rule, beaten)))
    if rules.can_hold(both):
        return "without that every answer is the same"
    return "the two never apply together"


def _winning_changes(rules: Analysis, decision: Decision, rule: str, above: frozenset[str]) -> bool:
    """Return whether a decision has another answer somewhere if just these outrank a rule.

    They are fewer than do. So the rule wins besides, where it applies together with one that
    outranked it, and with none that still does. That makes a difference where it leads elsewhere
    than those that won before, and where those overlap, if it names one more candidate. Makes
    nodes; raises BudgetError if they run out.
    """
    diagram, compiler = rules.diagram, rules.compiler
    beaten = rules.layout.ranks[decision.id].beaten[rule]
    root = needed(rules.decisions[decision.id]).root
    # Of two rules above it, x and y, only y is left: it wins besides where it applies with x and
    # without y. There x won before, or what outranks x did.
    applies = partial(any_applies, rules, decision)
    lost, left, own = map(applies, (beaten - above, above, {rule}))
    more = diagram.ite(left, FALSE, diagram.conjunction(lost, own))
    to = target(rules.ruleset.rule[rule])
    every = [(1 << size) - 1 for size in diagram.sizes]
    leaves = {diagram.values[leaf] for leaf in diagram.reach_within(more, root, every)}
    if leaves - {verdict_to(decision, to), OVERLAP, NOT_APPLICABLE, IMPOSSIBLE}:
        return True
    if OVERLAP not in leaves:
        return False
    more = diagram.conjunction(more, diagram.leaf_is(OVERLAP, root))
    naming = compiler.naming(decision.id)
    return any(diagram.ite(naming[o], FALSE, more) != FALSE for o in in_order(decision, [to]))


def any_applies(rules: Analysis, decision: Decision, some: frozenset[str] | set[str]) -> Node:
    """Compile where at least one of some rules applies.

    What outranks a rule was compiled with it, all together. Of a hundred rules, each of which
    outranks the next, those above the last one are two nodes to join, not ninety-nine.
    """
    compiler, beaten = rules.compiler, rules.layout.ranks[decision.id].beaten
    together = set[str]()
    nodes = []
    for rule in sorted(some, key=lambda one: (-len(beaten[one]), one)):
        if rule in together:
            continue
        if beaten[rule] <= some:
            together |= beaten[rule]
            nodes.append(compiler.outranking(rule))
        if (when := rules.ruleset.rule[rule].when) is not None:
            nodes.append(compiler.condition(when))
    return compiler.any_of(nodes)


def redundant_rules(rules: Analysis, decision: Decision) -> Findings:
    """Find the rules that win only where another one does that leads to the same.

    Told are those that can be left out, what is outranked by way of them kept: that changes no
    verdict and no candidates. Of two that are the same it is the later one. A rule that a
    condition asks for by name is left alone. Raises BudgetError if that does not fit.
    """
    rules.meeting(decision)  # before the nodes that are forgotten
    redundant = rules.scratch(partial(_redundant, rules, decision))
    for rule, other, same in reversed(redundant):
        how = "wins just where" if same else "wins only where"
        message = f"rule `{rule.id}` is redundant: it {how} `{other.id}` does, to the same end"
        about = (rule.id, other.id)
        yield Finding("redundant_rule", decision.id, message, about, rule.place, about)


def _redundant(rules: Analysis, decision: Decision) -> list[tuple[Rule, Rule, bool]]:
    """Return the redundant rules, last first, each with one that stays; and if they are alike."""
    diagram, wins = rules.diagram, rules.wins(decision)
    ranks = rules.layout.ranks[decision.id]
    asked, redundant = rules_asked(rules.ruleset), list[tuple[Rule, Rule, bool]]()
    every, left = decision.rules, set(range(len(decision.rules)))
    meeting = rules.meeting(decision)

    def covered(rule: Rule, other: Rule) -> bool:
        return not diagram.intersects(wins[rule.id], diagram.negation(wins[other.id]))

    def needless(rule: Rule) -> bool:
        """Return whether those that it outranked lead nowhere else where they win without it."""
        own = 1 << ranks.place[rule.id]
        return not any(
            above & own and _winning_changes(rules, decision, one, ranks.beaten[one] - {rule.id})
            for one, above in ranks.above.items()
        )

    for number, rule in reversed([*enumerate(every)]):
        point = nearest(diagram, wins[rule.id], bool)
        if point is None or rule.id in asked:
            continue
        # Whichever covers the rule wins at that one point of it too; few others do.
        for one in meeting.may_hold(point.cells):
            other = every[one]
            if (
                one in left
                and other is not rule
                and target(other) == target(rule)
                and leaf_at(diagram, wins[other.id], point) != FALSE
                and covered(rule, other)
            ):
                if needless(rule):
                    # Whatever is redundant beside this one has to find another that stays.
                    left.remove(number)
                    redundant.append((rule, other, wins[rule.id] == wins[other.id]))
                break
    return redundant
