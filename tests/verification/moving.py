"""Two versions in which two facts say what is answered and what was: any client can be made."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from loading.small import SMALL
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

__all__ = ["ANSWERS", "OUTCOMES", "clients_file", "named", "version"]

OUTCOMES = ("a", "b", "c")
ANSWERS = (*OUTCOMES, "review", "insufficient", "not_applicable")
"""What can be answered; a fact that is not known makes it insufficient."""

BOTH = "{nl: x, en: x}"
ASKED = f"question: {BOTH}, why_needed: {BOTH}"


def named(one: str) -> str:
    """Give a label, the same in both languages."""
    return f"label: {{nl: {one}, en: {one}}}"


def version(fact: str, limit: int = 5, better_first: Iterable[str] = ()) -> RuleSet:
    """Give the version whose one decision answers as a fact says."""
    values = ", ".join(f"{one}: {{{named(one)}}}" for one in ANSWERS if one != "insufficient")
    outcomes = ", ".join(f"{one}: {{{named(one)}, description: {BOTH}}}" for one in OUTCOMES)
    grounds = f"label: {BOTH}, reason: {BOTH}, basis: source, cites: [first]"
    targets = {one: one for one in OUTCOMES} | {"review": "{review: [a, b]}"}
    rules = "".join(
        f"      to_{one}: {{when: {{{fact}: {one}}}, then: {target}, {grounds}}}\n"
        for one, target in targets.items()
    )
    facts = "".join(
        f"  {one}: {{type: category, values: {{{values}}}, {named(one)}, {ASKED}}}\n"
        for one in ("was", "now")
    )
    text = SMALL[: SMALL.index("facts:\n")] + (
        f"facts:\n{facts}decisions:\n  route:\n    label: {BOTH}\n    outcomes: {{{outcomes}}}\n"
        f"    applies_when: {{not: {{{fact}: not_applicable}}}}\n"
        f"    not_applicable_because: {BOTH}\n    rules:\n{rules}"
        f"publication: {{small_counts_below: {limit}}}\n"
    )
    order = [*better_first]
    if order:
        text += f"words: {{decisions: {{route: {{better_first: [{', '.join(order)}]}}}}}}\n"
    return load_ruleset({"ruleset.yaml": text})


def clients_file(folder: Path, clients: Iterable[tuple[str, str, str]]) -> Path:
    """Write clients: the value of a column that is no fact, what was answered and what is."""
    file = folder / "clients.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows: Any = csv.writer(stream)
        rows.writerow(["client_id", "was", "now", "district"])
        for number, (district, *answers) in enumerate(clients):
            facts = ["" if one == "insufficient" else one for one in answers]
            rows.writerow([f"client-{number}", *facts, district])
    return file
