"""The policy by hand, for clients of whom every fact is known.

Written from the policy's own wording, in plain conditions, with nothing of the
library: a second opinion that the rule files are held to. It knows no unknowns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ACTIVITIES", "DOMAINS", "Expected", "Verdict", "classify", "contradicted"]

DOMAINS = (
    "finances", "physical_health", "mental_health", "family", "addiction", "housing",
    "other_domain",
)  # fmt: skip
ACTIVITIES = (
    "volunteering", "informal_care", "part_time_work", "day_activities", "other_activity",
)  # fmt: skip

Profile = Mapping[str, bool | int | str]


@dataclass(frozen=True)
class Verdict:
    """What is expected of one decision."""

    status: str
    outcome: str | None = None
    rule: str | None = None
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    conflict: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Expected:
    """What is expected of one client."""

    scope: Verdict
    route: Verdict
    path: Verdict
    flags: frozenset[str]


NOT_APPLICABLE = Verdict("not_applicable")


def classify(profile: Profile) -> Expected:
    """Classify one client, of whom every fact is known."""
    scope = scope_of(profile)
    conflict = contradicted(profile)
    if conflict:
        contradiction = Verdict("review", reason="contradiction", conflict=conflict)
        route = contradiction if scope.outcome == "in_scope" else NOT_APPLICABLE
        path = contradiction if path_applies(profile, scope) else NOT_APPLICABLE
        return Expected(scope, route, path, frozenset())
    route = route_of(profile) if scope.outcome == "in_scope" else NOT_APPLICABLE
    path = path_of(profile, scope, route) if path_applies(profile, scope) else NOT_APPLICABLE
    return Expected(scope, route, path, flags_of(profile, scope, route, path))


def contradicted(profile: Profile) -> frozenset[str]:
    """Give the facts that contradict each other; none where the profile is consistent."""
    facts: set[str] = set()
    if not profile["able_to_participate"]:
        if profile["can_start_soon"]:
            facts |= {"able_to_participate", "can_start_soon"}
        if profile["work_ready_suspected"]:
            facts |= {"able_to_participate", "work_ready_suspected"}
    if profile["at_maximum"] and not active(profile):
        facts |= {"at_maximum", *ACTIVITIES}
    for complaint in ("physical_health", "mental_health"):
        if profile[f"{complaint}_long_term"] and profile[complaint] == "none":
            facts |= {complaint, f"{complaint}_long_term"}
    return frozenset(facts)


def active(profile: Profile) -> bool:
    """Say whether the client does anything now."""
    return any(profile[activity] for activity in ACTIVITIES)


def problems(profile: Profile) -> int:
    """Count the domains with a problem."""
    return sum(profile[domain] != "none" for domain in DOMAINS)


def serious(profile: Profile) -> bool:
    """Say whether any domain is serious."""
    return any(profile[domain] == "serious" for domain in DOMAINS)


def ground(profile: Profile) -> bool:
    """Say whether there is a ground for inability."""
    if profile["physical_health_long_term"] or profile["mental_health_long_term"]:
        return True
    if profile["addiction"] != "none":
        return True
    return any(
        profile[domain] == "serious" for domain in ("finances", "family", "housing", "other_domain")
    )


def decided(outcome: str, rule: str) -> Verdict:
    """Give a decided verdict."""
    return Verdict("decided", outcome, rule)


def review(rule: str, *candidates: str) -> Verdict:
    """Give a review that a rule asks for."""
    return Verdict("review", None, rule, "rule", candidates)


def scope_of(profile: Profile) -> Verdict:
    """Say whether the letter is about this client."""
    if profile["current_service"] == "wsp_interim_group":
        return decided("interim_group", "scope_interim_group")
    if profile["current_service"] == "wsp":
        return decided("wsp", "scope_wsp")
    if not profile["receives_benefit"]:
        return decided("no_benefit", "scope_no_benefit")
    if int(profile["rung"]) >= 3:
        return decided("other_rung", "scope_other_rung")
    return decided("in_scope", "scope_in_scope")


def route_of(profile: Profile) -> Verdict:
    """Find the route of a client in scope whose facts do not contradict each other."""
    if not profile["able_to_participate"]:
        return route_of_unable(profile)
    if profile["at_maximum"]:
        if problems(profile) >= 2 and not profile["can_start_soon"] and profile["willing"]:
            return review("at_maximum_with_multiple_problems", "B", "C")
        return decided("C", "route_c")
    if profile["can_start_soon"]:
        if serious(profile):
            return review("serious_but_ready", "A", "B")
        return decided("A", "route_a")
    if problems(profile) >= 2:
        if profile["willing"]:
            return decided("B", "route_b")
        return review("not_willing", "B")
    if serious(profile):
        return review("one_serious_problem", "B")
    return review("not_yet_available", "A")


def route_of_unable(profile: Profile) -> Verdict:
    """Find the route of somebody who cannot take part now."""
    if active(profile):
        return review("active_yet_not_able", "C", "D")
    if not ground(profile):
        return review("inability_without_lasting_ground", "A", "B")
    if int(profile["prognosis_months"]) < 24:
        return review("prognosis_against_d", "A", "B", "D")
    return decided("D", "route_d")


def path_applies(profile: Profile, scope: Verdict) -> bool:
    """Say whether the client can have an outcome path at all."""
    return bool(profile["conversation_held"]) and scope.outcome in {"in_scope", "no_benefit"}


def path_of(profile: Profile, scope: Verdict, route: Verdict) -> Verdict:
    """Find the outcome path, after a conversation."""
    if route.status == "review":
        return review("path_route_under_review")
    ready = profile["work_ready_suspected"]
    if scope.outcome == "no_benefit":
        if ready:
            return review("readiness_against_the_picture", "3")
        if profile["can_start_soon"]:
            return decided("1", "path_1")
        if problems(profile) and profile["willing"]:
            return decided("2", "path_2")
        return review("nothing_to_start_from")
    if route.outcome == "D":
        return decided("none", "path_none")
    if route.outcome == "A":
        return decided("3", "path_3") if ready else decided("1", "path_1")
    if ready:
        return review("readiness_against_the_picture", "3")
    return decided("2", "path_2") if route.outcome == "B" else decided("1", "path_1")


def flags_of(profile: Profile, scope: Verdict, route: Verdict, path: Verdict) -> frozenset[str]:
    """Find the signals of a client in scope; nobody else gets one."""
    if scope.outcome != "in_scope":
        return frozenset()
    flags = set()
    if profile["volunteering"] or profile["part_time_work"]:
        flags.add("rung_check")
    if profile["work_ready_suspected"] and profile["rung"] == 1:
        flags.add("rung_check")
    months = int(profile["prognosis_months"])
    unexpected = {"A": months > 12, "B": months > 18, "C": months < 24}
    if unexpected.get(route.outcome or "") or route.rule == "prognosis_against_d":
        flags.add("prognosis_conflict")
    if route.rule == "not_willing":
        flags.add("not_willing")
    if path.outcome == "2" and active(profile):
        flags.add("also_active")
    return frozenset(flags)
