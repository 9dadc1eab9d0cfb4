"""What this process holds, found again by what it is called."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class InUse(Generic[K, T]):
    """Objects by key, as long as something else holds them.

    Of equal ones each stands by itself: one may go while another is still held.
    """

    def __init__(self) -> None:
        self._held: dict[K, WeakValueDictionary[int, T]] = {}

    def add(self, key: K, one: T) -> None:
        """Have it found by a key; to add it again changes nothing."""
        self._held.setdefault(key, WeakValueDictionary())[id(one)] = one

    def get(self, key: K) -> T | None:
        """Return one that is held, or None."""
        return next(iter(self._held.get(key, {}).values()), None)
