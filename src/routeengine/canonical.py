"""Canonical JSON: one text for each value, so that equal values have equal digests.

Keys are sorted, there is no white space, and what is not ASCII stands as it is.
"""

from __future__ import annotations

import hashlib
import json

# For ids as keys and small numbers this is RFC 8785, which a test checks. The bytes of a record,
# which others must be able to read, are written by `rfc8785` itself: it refuses all else.
canonical_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Return the canonical JSON of a value."""


def sha256_of(text: str | bytes) -> str:
    """Return the SHA-256 of some bytes, or of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
