"""Faults of rule files, collected as they are found and placed by line and column."""

from __future__ import annotations

from typing import NamedTuple

from routeengine.errors import Fault, RuleSetError
from routeengine.loading.limits import MAX_FAULTS
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.words import Place


class _Mark(NamedTuple):
    key: Place | None
    value: Place


_NO_MARK = _Mark(None, Place())


class Collector:
    """Knows the place of every path, and keeps the faults that are found there.

    A path with a fault is damaged: what stands there is not what the author
    meant, so that nothing more should be concluded from it.
    """

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}
        self._marks: dict[Path, _Mark] = {}
        self._damaged: set[Path] = set()
        self._holding_damage: set[Path] = set()

    def mark(self, path: Path, value: Place, key: Place | None = None) -> None:
        """Remember where a value stands, and its key where it has one."""
        self._marks[path] = _Mark(key, value)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Give the place of the nearest thing at or around a path.

        `key` asks for the key rather than the value.
        """
        while path and path not in self._marks:
            # In a list of one the item may be written without the list.
            path, key = path[:-1], key or isinstance(path[-1], str)
        mark = self._marks.get(path, _NO_MARK)
        return mark.key if key and mark.key is not None else mark.value

    def add(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Keep a fault of what stands at a path, and take the path as damaged."""
        self.damage(path)
        self.report(self.place(path, key=key), message, hint)

    def damage(self, path: Path) -> None:
        """Take a path as damaged, where its fault is told elsewhere."""
        self._damaged.add(path)
        self._holding_damage.update(path[:length] for length in range(len(path) + 1))

    def report(self, place: Place, message: str, hint: str = "") -> None:
        """Keep a fault at a place.

        Raises RuleSetError with all of them where there are too many to go on.
        """
        self._faults[Fault(place.file, place.line, place.column, message, hint)] = None
        if len(self._faults) >= MAX_FAULTS:
            self.raise_faults()

    def inside_damage(self, path: Path) -> bool:
        """Say whether a path, or something around it, is damaged."""
        return any(path[:length] in self._damaged for length in range(len(path) + 1))

    def holds_damage(self, path: Path) -> bool:
        """Say whether a path, or something in it, is damaged."""
        return path in self._holding_damage

    def sound(self, path: Path) -> bool:
        """Say whether nothing is damaged at a path, around it or in it."""
        return not self.holds_damage(path) and not self.inside_damage(path)

    def raise_faults(self) -> None:
        """Raise RuleSetError with every fault, where there is one."""
        if self._faults:
            faults = tuple(self._faults)
            if len(faults) >= MAX_FAULTS:
                message = f"holds {MAX_FAULTS} faults or more: the rest was not looked at"
                faults += (Fault(max(faults).file, 0, 0, message),)
            raise RuleSetError(faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that were found so far."""
        return tuple(self._faults)
