"""The digest of what was known, so that an explanation can be held against a record."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.canonical import canonical_json, sha256_of
from routeengine.client_id import parse_client_id
from routeengine.profile import CLIENT_ID, Knowledge, encode_knowledge

PLAIN = frozenset({bool, int, str, type(None)})


def input_digest(profile: Mapping[str, Knowledge]) -> str:
    """Give the SHA-256 of the profile in the canonical form in which a record holds it.

    The bytes are the canonical JSON (RFC 8785) of `{"client_id": ..., "facts": {...}}`. Facts have
    few values, so whoever has the digest can guess the facts: it is as private as they are.
    """
    facts = {
        # Most are plain values, which stay as they are.
        fact: known if type(known) in PLAIN else encode_knowledge(known)
        for fact, known in profile.items()
        if fact != CLIENT_ID
    }
    held = {"client_id": parse_client_id(profile.get(CLIENT_ID))[0], "facts": facts}
    return sha256_of(canonical_json(held))
