"""What is done no sooner than it is needed: properties, and imports of optional packages.

Properties are safe for threads and for forks. `functools.cached_property` of Python 3.11 holds one
lock for all instances while it works. A process that forks while a thread works would leave that
lock closed in the child for ever, and threads would wait for each other. Here nothing is locked:
two threads that ask at once may both work it out, and all of them get the one value that was kept
first.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from routeengine.errors import MissingExtraError

__all__ = ["cached_property", "import_extra"]


class CachedProperty:
    """A property that is worked out once per object and kept in its `__dict__`.

    The function must depend on nothing that changes, for it may run in two threads at once.
    """

    def __init__(self, work_out: Callable[[Any], Any]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        # The name is found in `__dict__` from now on, before this is asked again.
        return vars(instance).setdefault(self._name, self._work_out(instance))


if TYPE_CHECKING:
    # To a type checker it is just that: it cannot be set, and does where a protocol asks for one.
    from builtins import property as cached_property
else:
    cached_property = CachedProperty
    """By the name of that of functools, whose place it takes."""


def import_extra(package: str, extra: str, purpose: str) -> Any:
    """Import a package that an extra installs; raise MissingExtraError if it is not there."""
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtraError(package.partition(".")[0], extra, purpose) from None
