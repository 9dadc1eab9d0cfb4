"""Z3 says what a reader of the whole report could work out: of no small group what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pytest
import z3

from report.test_report import the_report
from routeengine import suppress as suppressing
from routeengine.suppress import Figure, suppress

LIMIT = 5


@pytest.mark.gate
def test_no_small_group_of_the_made_caseload_can_be_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given all that is shown, and what adds up to what, each could be at least six numbers."""
    seen: dict[str, Any] = {}

    def noted(
        counts: Mapping[int, int],
        sums: Iterable[tuple[int, Sequence[int]]],
        limit: int,
        unseen: Collection[int],
    ) -> dict[int, Figure]:
        seen.update(counts=counts, sums=list(sums), limit=limit)
        seen["figures"] = suppress(counts, seen["sums"], limit, unseen)
        figures: dict[int, Figure] = seen["figures"]
        return figures

    monkeypatch.setattr(suppressing, "suppress", noted)
    the_report.__wrapped__("nl")
    counts, figures = seen["counts"], seen["figures"]
    assert seen["limit"] == LIMIT
    known = z3.Solver()
    number = {group: z3.Int(f"g{place}") for place, group in enumerate(counts)}
    for group, one in number.items():
        known.add(one >= 0)
        figure = figures.get(group)
        if figure is None or figure.number is None:
            continue
        wide = 5 if figure.rounded else 0
        known.add(one >= figure.number - wide, one <= figure.number + max(wide - 1, 0))
    for total, parts in seen["sums"]:
        known.add(number[total] == z3.Sum([number[part] for part in parts]))
    small = [group for group, n in counts.items() if 0 < n < LIMIT]
    assert len(small) > 10
    for group in small:
        found: set[int] = set()
        known.push()
        while len(found) <= LIMIT and known.check() == z3.sat:
            value = known.model().eval(number[group], model_completion=True).as_long()
            found.add(value)
            known.add(number[group] != value)
        known.pop()
        assert len(found) > LIMIT
