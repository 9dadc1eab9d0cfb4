"""A few clients of the shipped rule set as columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

__all__ = ["CLIENTS", "clients"]

CLIENTS: dict[str, Any] = {
    "client_id": ["a1", "a2", "a3", "a4"],
    "rung": pa.array([1, 2, None, 2], pa.int8()),
    "receives_benefit": [True, None, False, True],
    "current_service": ["participation", "wsp", None, "participation"],
    "finances": ["serious", "none", "mild", None],
    "able_to_participate": [True, True, None, False],
    "can_start_soon": [False, True, None, True],
    "prognosis_months": pa.array([18, None, 240, 12], pa.int16()),
}
"""Of the last one the facts contradict each other."""


def clients(**columns: Any) -> pa.Table:
    """Give the clients as a table, with these columns instead or besides; None drops one."""
    return pa.table({n: c for n, c in (CLIENTS | columns).items() if c is not None})
