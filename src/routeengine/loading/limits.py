"""How large a rule set may be, and which characters it may hold.

A rule set for policy staff stays far below these limits. They are there so that
a file made to do harm costs no more time and memory than an honest one.
"""

from __future__ import annotations

import re

MAX_FILE_BYTES = 1_048_576
"""Bytes per file."""

MAX_FILES = 64
"""Files per rule set."""

MAX_SCALAR = 10_000
"""Characters per text."""

MAX_DEPTH = 40
"""Lists and mappings within each other."""

MAX_NODES = 50_000
"""Words, lists and mappings in a rule set, all files together."""

MAX_FAULTS = 200
"""Faults that are reported; then the reading stops."""

# All that YAML does not print, and the marks that make text read in another order
# than it is stored: a reviewer would see other rules than the engine runs.
_BAD = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def first_bad_character(text: str) -> int | None:
    """Give the position of the first control or reordering character, if there is one."""
    found = _BAD.search(text)
    return found.start() if found else None
