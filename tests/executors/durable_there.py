"""Whether durable_rules can be used here."""

from __future__ import annotations

from routeengine.errors import RouteEngineError
from routeengine.executors.durable.executor import host_of

__all__ = ["absent"]


def absent() -> str | None:
    """Say why the executor `durable` cannot be used here, or None where it can."""
    try:
        host_of({})
    except RouteEngineError as error:
        return str(error)
    return None
