"""Made clients of the shipped policy: the same every time, consistent, with unknowns or without."""

from __future__ import annotations

import random
from typing import Any

from policy import ACTIVITIES, DOMAINS

SEED = 2026


def client(chance: random.Random) -> dict[str, Any]:
    """Make one client of whom all is known and nothing contradicts itself."""

    def often(share: float) -> bool:
        return chance.random() < share

    able, seriousness = often(0.75), ("none", "none", "mild", "serious")
    made: dict[str, Any] = {
        "rung": chance.choice((1, 1, 2, 2, 2, 3, 5)),
        "receives_benefit": often(0.93),
        "current_service": chance.choice(("participation",) * 18 + ("wsp", "wsp_interim_group")),
        **{name: chance.choice(seriousness) for name in DOMAINS},
        "able_to_participate": able,
        "can_start_soon": able and often(0.4),
        "willing": often(0.7),
        **{name: often(0.12) for name in ACTIVITIES},
        "work_ready_suspected": able and often(0.15),
        "conversation_held": often(0.6),
        "prognosis_months": chance.choice((3, 9, 12, 15, 18, 20, 24, 30, 60, 120, 240)),
    }
    for name in ("physical_health", "mental_health"):
        made[f"{name}_long_term"] = made[name] != "none" and often(0.5)
    made["at_maximum"] = any(made[name] for name in ACTIVITIES) and often(0.4)
    return made


def clients(number: int, unknown: float = 0.0) -> list[dict[str, Any]]:
    """Make clients; `unknown` is the share of facts of which nothing is known."""
    chance, hidden = random.Random(SEED), random.Random(SEED + 1)
    made = [client(chance) for _ in range(number)]
    return [{k: None if hidden.random() < unknown else v for k, v in one.items()} for one in made]
