"""A host of durable_rules without threads, that only records which rules fire.

The one module that imports durable_rules (extra `durable`). Of that package it uses what was
seen to be safe: one fact per post, a fresh session each, deleted at once.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from importlib import import_module
from itertools import count
from threading import RLock
from typing import Any

from routeengine.errors import MissingExtraError, RouteEngineError
from routeengine.executors.durable.program import HEARD

Post = Callable[[str, Mapping[str, int]], frozenset[str]]
"""Post the fields of one message to a durable ruleset, and get the rules that fire."""

PURPOSE = "the executor `durable`"

ONE_AT_A_TIME = RLock()
"""The engine below keeps its state per process, and is not made for several threads."""

# A fork waits until the engine is at rest: what a thread has begun would never end in the
# child, and this would stay closed there. A thread may fork within its own turn. Where there are
# no forks, nothing is asked.
getattr(os, "register_at_fork", dict)(
    before=ONE_AT_A_TIME.acquire,
    after_in_parent=ONE_AT_A_TIME.release,
    after_in_child=ONE_AT_A_TIME.release,
)

_given_back: deque[Any] = deque()
"""Rulesets that nobody uses any more, to be freed when the engine is next at rest."""


class DurableUnavailableError(RouteEngineError):
    """durable_rules is installed, and does not run on this Python."""

    def __init__(self) -> None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        super().__init__(
            f"{PURPOSE} does not run on Python {version}, for the package `durable-rules` cannot "
            "be loaded there: use Python 3.11 or 3.12, or the executor `lanes`"
        )


def _engine() -> Any:
    try:
        return import_module("durable.engine")
    except ModuleNotFoundError:
        if sys.version_info >= (3, 13):
            raise DurableUnavailableError from None
        raise MissingExtraError("durable-rules", "durable", PURPOSE) from None
    except ImportError:
        # Built, but what it needs of Python is gone.
        raise DurableUnavailableError from None


def host_of(definitions: Mapping[str, Mapping[str, Any]]) -> Post:
    """Load rulesets into a host of their own, and give what posts to it.

    Raises MissingExtraError where durable_rules is not installed, and
    DurableUnavailableError where it does not run.
    """
    engine = _engine()
    base: Any = engine.Host
    fired: set[str] = set()
    sessions = count()

    class Host(base):
        """Knows an action for every name, to record it; starts no thread."""

        def _run(self) -> None:
            """Poll nothing: no timers and no queues are used."""

        def get_action(self, name: str) -> Callable[[object], None]:
            return lambda _: fired.add(name)

    def post(ruleset: str, fields: Mapping[str, int]) -> frozenset[str]:
        with ONE_AT_A_TIME:
            session = str(next(sessions))
            fired.clear()
            try:
                host.assert_fact(ruleset, {"sid": session, HEARD: 1, **fields})
                host.delete_state(ruleset, session)
            except Exception:  # noqa: BLE001  whatever it is, it holds the message: never told
                fired.clear()
                with suppress(Exception):
                    host.delete_state(ruleset, session)
            if HEARD not in fired:
                raise AssertionError("durable_rules did not take a message: please report it")
            return frozenset(fired)

    with ONE_AT_A_TIME:
        # The package itself never gives the memory of rulesets back.
        while _given_back:
            engine.durable_rules_engine.delete_ruleset(_given_back.popleft())
        host = Host(deepcopy(definitions))  # it takes its definitions apart
    handles = [host.get_ruleset(name)._handle for name in definitions]  # noqa: SLF001  no other way there
    # Garbage is collected at any moment, also within a post: so nothing is freed right then.
    weakref.finalize(post, _given_back.extend, handles)
    return post
