"""Counts what interviews of made clients ask, and writes the table of docs/privacy.md anew.

    PYTHONPATH=tests python tests/policy/asked.py

`tests/policy/test_asked.py` fails if the table is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeAlias

from policy.clients import Client, made_consistent, random_client
from policy.oracle import ACTIVITIES, DOMAINS
from routeengine import Engine, Interview, Result, load_ruleset

__all__ = ["BEST_FIRST", "MIXES", "PAGE", "TIERED", "in_table", "made", "orders", "with_table"]

BEST_FIRST, TIERED = "best question first", "least sensitive first, then the best"
CLIENTS = 500
SEED = 2026
PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
TABLE = re.compile(r"^\| clients \|.*\n(?:\|.*\n)+", re.MULTILINE)

Order: TypeAlias = Callable[[Engine, Client], list[str]]
"""Gives the facts that a client is asked for, who answers all."""


@dataclass(frozen=True)
class Asked:
    """What an order asks of all clients: how many facts in all and at most, and of health."""

    facts: int
    most: int
    health: int
    without_health: int


def made(draw: Callable[[Random], Client]) -> list[Client]:
    """Make clients: each drawn by itself, without contradictions, the same every time."""
    random = Random(SEED)
    return [made_consistent(draw(random)) for _ in range(CLIENTS)]


def many_sided(random: Random) -> Client:
    """Draw each fact of a client by itself, as often as a consultant may meet it."""

    def often(share: float) -> bool:
        return random.random() < share

    return {
        "rung": random.choice((1, 1, 2, 2, 2, 3, 5)),
        "receives_benefit": often(0.93),
        "current_service": random.choice((*("participation",) * 18, "wsp", "wsp_interim_group")),
        **{name: random.choice(("none", "none", "mild", "serious")) for name in DOMAINS},
        "physical_health_long_term": often(0.5),
        "mental_health_long_term": often(0.5),
        "able_to_participate": often(0.75),
        "can_start_soon": often(0.4),
        "willing": often(0.7),
        **{name: often(0.12) for name in ACTIVITIES},
        "at_maximum": often(0.4),
        "work_ready_suspected": often(0.15),
        "conversation_held": often(0.6),
        "prognosis_months": random.choice((3, 9, 12, 15, 18, 20, 24, 30, 60, 120, 240)),
    }


def by_missing(engine: Engine, client: Client) -> list[str]:
    """Ask the first of what is missing of the first decision that lacks something."""
    known: Client = {}
    while (fact := next(_missing(engine.classify(known)), None)) is not None:
        known[fact] = client[fact]
    return list(known)


def _missing(result: Result) -> Iterator[str]:
    return (fact for verdict in result.verdicts.values() for fact in verdict.missing)


def by_interview(engine: Engine, client: Client) -> list[str]:
    """Ask as an interview does."""
    interview = Interview(engine, {})
    while (fact := interview.question) is not None:
        interview = interview.answer(client[fact])
    return list(interview.asked)


MIXES: Mapping[str, Callable[[Random], Client]] = {
    "many-sided": many_sided,
    "mostly the usual": random_client,
}
"""How clients are drawn: those of the second have the usual value of a fact more often."""


def is_needed(engine: Engine, client: Client) -> bool:
    """Return whether all that is not on health leaves a decision open, as hindsight tells."""
    facts = engine.ruleset.fact
    rest = {name: value for name, value in client.items() if not facts[name].special_category}
    return any(_missing(engine.classify(rest)))


def asked(engine: Engine, every: list[Client], order: Order) -> Asked:
    """Count what an order asks of these clients."""
    facts = engine.ruleset.fact
    some = [order(engine, client) for client in every]
    health = [sum(facts[name].special_category for name in one) for one in some]
    counts = [len(one) for one in some]
    return Asked(sum(counts), max(counts), sum(health), health.count(0))


def orders(engine: Engine, every: list[Client]) -> dict[str, Asked]:
    """Count what is asked, by the name of the order."""
    return {
        BEST_FIRST: asked(engine, every, by_missing),
        TIERED: asked(engine, every, by_interview),
    }


def in_table(engine: Engine) -> str:
    """Return the table of the page."""
    rows = [
        "| clients | order | questions | at most | on health | asked nothing on health |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for mix, draw in MIXES.items():
        every = made(draw)
        for name, one in orders(engine, every).items():
            mean, health = f"{one.facts / CLIENTS:.2f}", f"{one.health / CLIENTS:.3f}"
            figures = f"{mean} | {one.most} | {health} | {one.without_health}"
            rows.append(f"| {mix} | {name} | {figures} |")
        spared = sum(not is_needed(engine, client) for client in every)
        rows.append(f"| {mix} | hindsight: all else is known | - | - | - | {spared} |")
    return "\n".join(rows) + "\n"


def with_table(page: str, table: str) -> str:
    """Return a page with this table in the place of its own."""
    return TABLE.sub(lambda _: table, page)


if __name__ == "__main__":
    table = in_table(Engine(load_ruleset("rijswijk-2023")))
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
