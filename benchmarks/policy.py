"""The shipped policy without the library: tables of first match for the peers, and if/else.

A condition is in the simplest form that every peer can say: ands and ors of comparisons, with
no "not" but at a comparison. Flags, review rules by name and contradictions are left out: most
peers cannot say them, so they are the cheaper for it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple, TypeAlias

Condition: TypeAlias = "tuple[Any, ...] | None"
"""("and" | "or", parts...), ("in", name, values), (">=" | "<=", name, n), or None: always."""

DOMAINS = (
    "finances", "physical_health", "mental_health", "family", "addiction", "housing",
    "other_domain",
)  # fmt: skip
ACTIVITIES = ("volunteering", "informal_care", "part_time_work", "day_activities", "other_activity")
SEVERITIES, TRUTHS = ("none", "mild", "serious"), (False, True)
FACTS: dict[str, tuple[Any, ...]] = {
    "rung": tuple(range(1, 7)),
    "receives_benefit": TRUTHS,
    "current_service": ("participation", "wsp", "wsp_interim_group"),
    **dict.fromkeys(DOMAINS, SEVERITIES),
    **dict.fromkeys(("physical_health_long_term", "mental_health_long_term"), TRUTHS),
    **dict.fromkeys(("able_to_participate", "can_start_soon", "willing"), TRUTHS),
    **dict.fromkeys(ACTIVITIES, TRUTHS),
    **dict.fromkeys(("at_maximum", "work_ready_suspected", "conversation_held"), TRUTHS),
    "prognosis_months": tuple(range(241)),
}
CLASHES: tuple[dict[str, Any], ...] = (
    {"able_to_participate": False, "can_start_soon": True},
    {"able_to_participate": False, "work_ready_suspected": True},
    {"at_maximum": True, **dict.fromkeys(ACTIVITIES, False)},
    {"physical_health": "none", "physical_health_long_term": True},
    {"mental_health": "none", "mental_health_long_term": True},
)
"""What cannot stand together."""

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

Decide: TypeAlias = Callable[[dict[str, Any]], tuple[Any, ...]]
Tree: TypeAlias = "list[tuple[Condition, Tree]] | str"
"""What comes first and holds, in turn; a leaf has all outcomes, joined by bars."""


def tree(decided: dict[str, str] | None = None) -> Tree:
    """Fold the decisions into one: below each outcome, what is left to be decided.

    No author would write this, but peers that can nest are three times as fast for it.
    """
    decided = decided or {}
    if len(decided) == len(TABLES):
        return "|".join(decided.values())
    name, chain = list(TABLES)[len(decided)], []
    for outcome, condition in TABLES[name]:
        left = given(condition, decided)
        if left is not False:
            chain.append((left, tree({**decided, name: outcome})))
        if left is None:
            break
    return chain if len(chain) > 1 else chain[0][1]


def given(condition: Condition, decided: dict[str, str]) -> Any:
    """Give what is left of a condition where some outcomes are decided: False where nothing can."""
    if condition is None:
        return None
    kind, *parts = condition
    if kind in ("and", "or"):
        some = [given(part, decided) for part in parts]
        ends, passes = (False, None) if kind == "and" else (None, False)
        some = [part for part in some if part is not passes]
        if any(part is ends for part in some):
            return ends
        return (kind, *some) if len(some) > 1 else some[0] if some else passes
    if parts[0] in decided:
        return None if decided[parts[0]] in parts[1] else False
    return condition


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


class Language(NamedTuple):
    """How a peer spells a condition: `always`, and what makes each kind of it."""

    always: Any
    join: Callable[[str, list[Any]], Any]
    """Of "and" or "or", and the parts."""

    truth: Callable[[str, bool], Any]
    among: Callable[[str, tuple[Any, ...]], Any]
    compare: Callable[[str, str, int], Any]

    def say(self, condition: Condition) -> Any:
        """Spell a condition."""
        if condition is None:
            return self.always
        kind, *parts = condition
        if kind in ("and", "or"):
            return self.join(kind, [self.say(part) for part in parts])
        name, value = parts
        if kind != "in":
            return self.compare(name, kind, value)
        truth = value in ((True,), (False,))
        return self.truth(name, value[0]) if truth else self.among(name, value)


def possible(p: dict[str, Any]) -> list[set[str]]:
    """Give per decision what the unknown facts leave, by going through all that they can be."""
    # Of numbers, one of each kind that `if_else` tells apart.
    some = FACTS | {"rung": (2, 3), "prognosis_months": (23, 24)}
    unknown = [name for name, value in p.items() if value is None]
    ends: list[set[str]] = [set() for _ in TABLES]
    whole = dict(p)
    for values in product(*(some[name] for name in unknown)):
        whole.update(zip(unknown, values, strict=True))
        if any(all(whole[n] == v for n, v in clash.items()) for clash in CLASHES):
            continue
        for found, end in zip(ends, if_else(whole), strict=True):
            found.add(end)
    return ends
