"""Records: a classification as one document that can be worked out again."""

from __future__ import annotations

from routeengine.record.body import Body, ObservationEntry, Trace
from routeengine.record.document import Difference, Record, Sign, Signature, Verify
from routeengine.record.find import find_ruleset
from routeengine.record.replay import Replay, replay
from routeengine.result import VerdictEntry

__all__ = [
    "Body",
    "Difference",
    "ObservationEntry",
    "Record",
    "Replay",
    "Sign",
    "Signature",
    "Trace",
    "VerdictEntry",
    "Verify",
    "find_ruleset",
    "replay",
]
