"""The act and the by-law once more, by hand: what plain Python makes of a client's facts.

Written from the articles, and not from the rule files: ages are counted in years, amounts are
looked up in tables, and each decision is an if and an else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

Client = Mapping[str, Any]

# Articles 20 to 22, from 1 January and from 1 July 2025.
NORMS = {
    "young_single": ("332.17", "337.98"),
    "young_couple": ("664.34", "675.96"),
    "young_couple_children": ("1048.75", "1067.12"),
    "mixed_couple": ("1293.21", "1315.88"),
    "mixed_couple_children": ("1677.62", "1707.04"),
    "single": ("1345.45", "1369.06"),
    "couple": ("1922.07", "1955.80"),
    "pension_single": ("1501.07", "1530.21"),
    "pension_couple": ("2053.48", "2094.98"),
}


class Answer(NamedTuple):
    """What each decision comes to: an outcome, `review` or `not_applicable`."""

    norm: str
    means: str
    supplement: str


def years(born: str, day: date) -> int:
    """Count the years of somebody's life; of 29 February they are full on 1 March."""
    since = date.fromisoformat(born)
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def answer(client: Client, day: date, percent: int) -> Answer:
    """Give the answers for a client of whom all is known."""
    norm = norm_of(client, day)
    amount = None
    if norm in NORMS:
        amount = Decimal(NORMS[norm][day >= date(2025, 7, 1)])
    return Answer(norm, means_of(client, amount), supplement_of(client, amount, day, percent))


def norm_of(client: Client, day: date) -> str:
    """Go through articles 20 to 23."""
    if client["in_institution"]:
        return "not_applicable"
    ages = [years(client["born"], day)]
    if client["has_partner"]:
        ages.append(years(client["partner_born"], day))
    if min(ages) < 18:
        return "review"
    if max(ages) < 21:
        if len(ages) == 1:
            return "young_single"
        return "young_couple_children" if client["has_children"] else "young_couple"
    if client["cost_sharers"] > 0:
        return "cost_sharer"
    if min(ages) < 21:
        return "mixed_couple_children" if client["has_children"] else "mixed_couple"
    kind = "single" if len(ages) == 1 else "couple"
    return f"pension_{kind}" if max(ages) >= 67 else kind


def is_wealthy(client: Client) -> bool:
    """Whether there is wealth that counts: article 34."""
    household = client["has_partner"] or client["has_children"]
    return Decimal(client["wealth"]) > (15540 if household else 7770)


def means_of(client: Client, norm: Decimal | None) -> str:
    """Apply article 19."""
    if is_wealthy(client):
        return "too_high"
    if norm is None:
        return "review"
    return "low_enough" if Decimal(client["income"]) < norm else "too_high"


def supplement_of(client: Client, norm: Decimal | None, day: date, percent: int) -> str:
    """Apply article 36, and the limit of the by-law."""
    never = client["prospects"] or client["had_supplement"] or not client["earlier_income_low"]
    if never or is_wealthy(client) or not 21 <= years(client["born"], day) < 67:
        return "conditions_not_met"
    if norm is None:
        return "review"
    limit = (norm * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return "conditions_met" if Decimal(client["income"]) <= limit else "conditions_not_met"
