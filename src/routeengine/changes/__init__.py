"""What would have to be different for a decision to come out otherwise."""

from __future__ import annotations

from routeengine.changes.model import NEAR, ChangeSet
from routeengine.changes.search import Changes

__all__ = ["NEAR", "ChangeSet", "Changes"]
