"""Made-up clients of whom every fact is known, for tests of the shipped policy."""

from __future__ import annotations

from random import Random
from typing import TypeAlias

from hypothesis import strategies as st

from policy.oracle import ACTIVITIES, DOMAINS

__all__ = ["FACTS", "Client", "clients", "made_consistent", "random_client"]

Client: TypeAlias = dict[str, bool | int | str]

BOOLEAN = (False, True)
SERIOUSNESS = ("none", "mild", "serious")
FACTS: dict[str, tuple[bool | int | str, ...]] = {
    "rung": (1, 2, 3, 4, 5, 6),
    "receives_benefit": BOOLEAN,
    "current_service": ("participation", "wsp", "wsp_interim_group"),
    **dict.fromkeys(DOMAINS, SERIOUSNESS),
    "physical_health_long_term": BOOLEAN,
    "mental_health_long_term": BOOLEAN,
    "able_to_participate": BOOLEAN,
    "can_start_soon": BOOLEAN,
    "willing": BOOLEAN,
    **dict.fromkeys(ACTIVITIES, BOOLEAN),
    "at_maximum": BOOLEAN,
    "work_ready_suspected": BOOLEAN,
    "conversation_held": BOOLEAN,
    "prognosis_months": (0, 11, 12, 13, 17, 18, 19, 23, 24, 25, 240),
}
"""The values that are tried of each fact; of the prognosis, both sides of every boundary."""

USUAL: dict[str, tuple[bool | int | str, ...]] = {
    "rung": (1, 2),
    "receives_benefit": (True,),
    "current_service": ("participation",),
    "conversation_held": (True,),
    **dict.fromkeys(DOMAINS, ("none",)),
    **dict.fromkeys(ACTIVITIES, (False,)),
}
"""What most clients have, so that each corner of the policy is met often enough."""


def random_client(random: Random) -> Client:
    """Make one client; usual values weigh more, and facts may contradict each other."""
    return {
        fact: random.choice(USUAL[fact] if fact in USUAL and random.random() < 0.6 else values)
        for fact, values in FACTS.items()
    }


def clients() -> st.SearchStrategy[Client]:
    """Make clients; facts may contradict each other."""
    return st.fixed_dictionaries(
        {
            fact: st.sampled_from(USUAL[fact]) | st.sampled_from(values)
            if fact in USUAL
            else st.sampled_from(values)
            for fact, values in FACTS.items()
        }
    )


def made_consistent(client: Client) -> Client:
    """Give the client with every contradiction taken away."""
    able = client["able_to_participate"]
    active = any(client[activity] for activity in ACTIVITIES)
    return client | {
        "can_start_soon": client["can_start_soon"] and able,
        "work_ready_suspected": client["work_ready_suspected"] and able,
        "at_maximum": client["at_maximum"] and active,
        "physical_health_long_term": client["physical_health_long_term"]
        and client["physical_health"] != "none",
        "mental_health_long_term": client["mental_health_long_term"]
        and client["mental_health"] != "none",
    }
