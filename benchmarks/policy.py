"""The shipped policy as tables of first match: what each peer is fed, and if/else as the floor.

A condition is in the simplest form that every peer can say: ands and ors of comparisons, with
no "not" but at a comparison. Flags, review rules by name and contradictions are left out: most
peers cannot say them, so they are the cheaper for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Condition: TypeAlias = "tuple[Any, ...] | None"
"""("and" | "or", parts...), ("in", name, values), (">=" | "<=", name, n), or None: always."""

DOMAINS = (
    "finances", "physical_health", "mental_health", "family", "addiction", "housing",
    "other_domain",
)  # fmt: skip
ACTIVITIES = ("volunteering", "informal_care", "part_time_work", "day_activities", "other_activity")
GROUNDS = (
    ("in", "physical_health_long_term", (True,)),
    ("in", "mental_health_long_term", (True,)),
    ("in", "addiction", ("mild", "serious")),
    *(("in", name, ("serious",)) for name in ("finances", "family", "housing", "other_domain")),
)


def yes(name: str) -> Condition:
    """Say that a fact is true."""
    return ("in", name, (True,))


def no(name: str) -> Condition:
    """Say that a fact is false."""
    return ("in", name, (False,))


ACTIVE: Condition = ("or", *(yes(name) for name in ACTIVITIES))
GROUND: Condition = ("or", *GROUNDS)
MANY, ANY, SERIOUS = (">=", "problems", 2), (">=", "problems", 1), (">=", "serious", 1)
UNABLE, SOON, MAXIMUM = no("able_to_participate"), yes("can_start_soon"), yes("at_maximum")
READY = yes("work_ready_suspected")

TABLES: dict[str, list[tuple[str, Condition]]] = {
    "scope": [
        ("interim_group", ("in", "current_service", ("wsp_interim_group",))),
        ("wsp", ("in", "current_service", ("wsp",))),
        ("no_benefit", no("receives_benefit")),
        ("other_rung", (">=", "rung", 3)),
        ("in_scope", None),
    ],
    "route": [
        ("not_applicable", ("in", "scope", ("interim_group", "wsp", "no_benefit", "other_rung"))),
        ("review", ("and", UNABLE, ACTIVE)),
        ("review", ("and", UNABLE, GROUND, ("<=", "prognosis_months", 23))),
        ("D", ("and", UNABLE, GROUND)),
        ("review", UNABLE),
        ("review", ("and", MAXIMUM, ACTIVE, MANY, no("can_start_soon"), yes("willing"))),
        ("C", ("and", MAXIMUM, ACTIVE)),
        ("review", ("and", SOON, SERIOUS)),
        ("A", SOON),
        ("B", ("and", MANY, yes("willing"))),
        ("review", None),
    ],
    "path": [
        ("not_applicable", no("conversation_held")),
        ("not_applicable", ("in", "scope", ("interim_group", "wsp", "other_rung"))),
        ("review", ("in", "route", ("review",))),
        ("3", ("and", ("in", "route", ("A",)), READY)),
        ("1", ("in", "route", ("A",))),
        ("none", ("in", "route", ("D",))),
        ("review", READY),
        ("2", ("in", "route", ("B",))),
        ("1", ("in", "route", ("C",))),
        ("1", SOON),
        ("2", ("and", ANY, yes("willing"))),
        ("review", None),
    ],
}
COUNTS = {"problems": ("mild", "serious"), "serious": ("serious",)}
"""What counts towards each of the two counts over the domains."""

Decide: TypeAlias = Callable[[dict[str, Any]], tuple[str, ...]]


def if_else(p: dict[str, Any]) -> tuple[str, ...]:
    """Decide by plain if/else: no trace, no reasons, and every fact must be known."""
    service = p["current_service"]
    if service == "wsp_interim_group":
        scope = "interim_group"
    elif service == "wsp":
        scope = "wsp"
    elif not p["receives_benefit"]:
        scope = "no_benefit"
    elif p["rung"] > 2:
        scope = "other_rung"
    else:
        scope = "in_scope"
    domains = (
        p["finances"], p["physical_health"], p["mental_health"], p["family"], p["addiction"],
        p["housing"], p["other_domain"],
    )  # fmt: skip
    problems = 7 - domains.count("none")
    soon, willing = p["can_start_soon"], p["willing"]
    if scope != "in_scope":
        route = "not_applicable"
    else:
        active = (
            p["volunteering"] or p["informal_care"] or p["part_time_work"]
            or p["day_activities"] or p["other_activity"]
        )  # fmt: skip
        if not p["able_to_participate"]:
            ground = (
                p["physical_health_long_term"] or p["mental_health_long_term"]
                or p["addiction"] != "none" or p["finances"] == "serious"
                or p["family"] == "serious" or p["housing"] == "serious"
                or p["other_domain"] == "serious"
            )  # fmt: skip
            if active or not ground or p["prognosis_months"] < 24:
                route = "review"
            else:
                route = "D"
        elif active and p["at_maximum"]:
            route = "review" if problems > 1 and not soon and willing else "C"
        elif soon:
            route = "review" if "serious" in domains else "A"
        else:
            route = "B" if problems > 1 and willing else "review"
    ready = p["work_ready_suspected"]
    if not p["conversation_held"] or scope not in ("in_scope", "no_benefit"):
        path = "not_applicable"
    elif route == "review":
        path = "review"
    elif route == "A":
        path = "3" if ready else "1"
    elif route == "D":
        path = "none"
    elif ready:
        path = "review"
    elif route == "B":
        path = "2"
    elif route == "C" or soon:
        path = "1"
    else:
        path = "2" if problems and willing else "review"
    return scope, route, path


def counted(p: dict[str, Any]) -> dict[str, Any]:
    """Give the profile with the two counts, for peers that cannot count."""
    domains = [p[name] for name in DOMAINS]
    serious = domains.count("serious")
    return {**p, "problems": serious + domains.count("mild"), "serious": serious}
