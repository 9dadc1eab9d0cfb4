"""Truth of a condition over everything that is still possible."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Truth"]


class Truth(StrEnum):
    """TRUE or FALSE on every completion of what is known; OPEN if they differ."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"

    @staticmethod
    def of(can_be_true: bool, can_be_false: bool) -> Truth:
        """Sum up which of the two were seen; seeing neither is not a truth.

        Raises ValueError if nothing was seen: an empty set of completions
        makes everything true and false at once, and is for the caller to rule out.
        """
        if can_be_true and can_be_false:
            return Truth.OPEN
        if can_be_true:
            return Truth.TRUE
        if can_be_false:
            return Truth.FALSE
        raise ValueError("no completion was seen, so there is no truth to report")
