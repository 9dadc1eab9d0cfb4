# ruff: noqa: E501  a patch reads best as it stands in the file
"""Broken variants of the shipped policy and of the library's: one fault each, as a small patch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

__all__ = ["BROKEN", "Broken", "patched"]

REPOSITORY = Path(__file__).resolve().parents[2]
POLICY = REPOSITORY / "rules" / "rijswijk-2023"
LIBRARY = REPOSITORY / "fixtures" / "library-card"


@dataclass(frozen=True)
class Broken:
    """A patch of one file, and the finding that it brings."""

    folder: Path
    file: str
    patch: tuple[tuple[str, str], ...]
    kind: str
    about: tuple[str, ...]


def patched(folder: Path, file: str, *patch: tuple[str, str]) -> RuleSet:
    """Load a rule set with texts of one file replaced where they first stand; they must stand."""
    texts = {one.name: one.read_text(encoding="utf-8") for one in sorted(folder.glob("*.yaml"))}
    for old, new in patch:
        assert old in texts[file], old
        texts[file] = texts[file].replace(old, new, 1)
    return load_ruleset(texts)


SCOPE, ROUTE, PATH = (f"decision-{n}.yaml" for n in ("1-scope", "2-route", "3-path"))
CARDS, FACTS, RULESET = "3-decisions.yaml", "2-facts.yaml", "1-ruleset.yaml"

BROKEN: dict[str, Broken] = {
    "a rung that no rule speaks of": Broken(
        POLICY, SCOPE, (("rung: {at_least: 3}", "rung: {at_least: 4}"),), "gap", ("scope",)
    ),
    "a gap from which another one follows": Broken(
        LIBRARY, CARDS,
        (("        when: guest\n", "        when: {all: [guest, can_come]}\n"),
         ("        otherwise: true\n        then:\n          review", "        when: {decision: card, rule: card_staff}\n        then:\n          review")),
        "gap_follows", ("loans", "card"),
    ),
    "an outranks forgotten": Broken(
        POLICY, ROUTE, (("        outranks: [route_d]\n", ""),),
        "overlap", ("route_d", "prognosis_against_d"),
    ),
    "a rule that asks for a thing and its opposite": Broken(
        LIBRARY, CARDS, (("when: staff_family", "when: {all: [child, guest, staff_family]}"),),
        "dead_rule", ("card_staff",),
    ),
    "a rule for where its decision does not apply": Broken(
        LIBRARY, CARDS, (("- wish: [books, both]", "- {all: [can_come, {wish: [books, both]}]}"),),
        "dead_rule", ("van_comes",),
    ),
    "an otherwise with nothing left over": Broken(
        LIBRARY, CARDS,
        (("        when: {decision: card, outcome: [junior, full]}",
          "        when: {not: {decision: card, outcome: guest_card}}"),),
        "dead_rule", ("loans_otherwise",),
    ),
    "an outranks the wrong way round": Broken(
        POLICY, PATH,
        (('        then: "1"\n', '        then: "1"\n        outranks: [path_3]\n'),
         ("        outranks: [path_1]\n", "")),
        "never_wins", ("path_3",),
    ),
    "an outranks between rules that never meet": Broken(
        LIBRARY, CARDS, (("        then: 10\n", "        then: 10\n        outranks: [loans_guest]\n"),),
        "idle_outranks", ("loans_member", "loans_guest"),
    ),
    "an otherwise that does not wait for the decision before it": Broken(
        LIBRARY, CARDS,
        (("        then:\n          review: []\n          because: {nl: Eerst kiest de balie de pas., en: The desk chooses the card first.}\n",
          "        then: no\n"),),
        "decided_under_review", ("loans", "card"),
    ),
    "an outcome that nothing leads to": Broken(
        LIBRARY, CARDS, (("        then: 3\n", "        then: 10\n"),), "unreachable", ("loans", "3")
    ),
    "a decision for nobody": Broken(
        LIBRARY, CARDS,
        (("applies_when: {not: can_come}", "applies_when: {all: [can_come, {not: can_come}]}"),),
        "never_applies", ("van",),
    ),
    "a criterion that nothing uses": Broken(
        LIBRARY, CARDS, (("        - one_loose_end\n", ""),), "idle_criterion", ("one_loose_end",)
    ),
    "a criterion that always holds": Broken(
        LIBRARY, FACTS, (("when: {age: {at_most: 17}}", "when: {age: {at_most: 120}}"),),
        "idle_criterion", ("child",),
    ),
    "a fact that nothing asks": Broken(
        LIBRARY, CARDS, (("- wish: [books, both]", "- {can_come: false}"),), "idle_fact", ("wish",)
    ),
    "constraints that leave nothing": Broken(
        LIBRARY, FACTS, (("      all:\n        - overdue: {at_least: 1}\n", "      any:\n        - overdue: {at_least: 0}\n"),),
        "nothing_possible", ("overdue_means_borrowed",),
    ),
    "a constraint that another one says": Broken(
        POLICY, "constraints.yaml",
        (("forbids: {all: [work_ready_suspected, {not: able_to_participate}]}",
          "forbids: {all: [can_start_soon, work_ready_suspected, {not: able_to_participate}]}"),),
        "idle_constraint", ("readiness_needs_ability",),
    ),
    "a constraint that forbids what cannot be": Broken(
        POLICY, "constraints.yaml",
        (("{all: [at_maximum, {not: active}]}", "{all: [at_maximum, {at_maximum: false}]}"),),
        "idle_constraint", ("maximum_needs_activity",),
    ),
    "a flag that is never raised": Broken(
        POLICY, "flags.yaml",
        (('{decision: path, outcome: "2"}', '{decision: path, outcome: none}'),),
        "idle_flag", ("also_active",),
    ),
    "a serious barrier that leads to A": Broken(
        POLICY, ROUTE,
        (("            - can_start_soon\n            - serious_barrier\n            - not: active_at_maximum\n        then: {review: [A, B]}\n",
          "            - can_start_soon\n            - serious_barrier\n            - not: active_at_maximum\n        then: A\n"),),
        "broken_expectation", ("no_activation_past_a_serious_barrier",),
    ),
    "unwillingness that leads to D": Broken(
        POLICY, ROUTE,
        (("            - not: willing\n            - not: active_at_maximum\n        then: {review: [B]}\n",
          "            - not: willing\n            - not: active_at_maximum\n        then: D\n"),),
        "broken_expectation", ("unwillingness_alone_is_no_ground_for_rest",),
    ),
    "worse finances that lift from B to A": Broken(
        POLICY, ROUTE,
        (("            - multiple_problems\n            - not: can_start_soon\n            - willing\n        then: B\n",
          "            - multiple_problems\n            - not: can_start_soon\n            - willing\n            - finances: [none, mild]\n        then: B\n"),
         ("            - can_start_soon\n            - not: serious_barrier\n            - not: active_at_maximum\n        then: A\n",
          "            - any: [can_start_soon, {all: [willing, {finances: serious}]}]\n            - not: active_at_maximum\n        then: A\n")),
        "broken_expectation", ("worse_finances_do_not_lift_from_b_to_a",),
    ),
    "a longer prognosis that leads out of D": Broken(
        POLICY, ROUTE,
        (("prognosis_months: {at_most: 23}     #", "prognosis_months: {between: [24, 36]}     #"),),
        "broken_expectation", ("a_longer_prognosis_never_leads_out_of_rest",),
    ),
    "an expectation of what cannot be": Broken(
        POLICY, "expectations.yaml",
        (("    when: able_to_participate\n", "    when: {all: [can_start_soon, {not: able_to_participate}]}\n"),),
        "idle_expectation", ("rest_only_for_whoever_cannot_take_part",),
    ),
    "an acceptance of what is no longer so": Broken(
        POLICY, SCOPE,
        (("outranks: [scope_wsp, scope_no_benefit, scope_other_rung]",
          "outranks: [scope_wsp, scope_no_benefit, scope_other_rung]"),
         ("        when: {current_service: wsp}\n", "        when: {current_service: [wsp, wsp_interim_group]}\n")),
        "stale_acceptance", ("one_service_only",),
    ),
}  # fmt: skip
