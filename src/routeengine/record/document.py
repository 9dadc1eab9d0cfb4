"""Sealed documents: a body, perhaps a signature, and the SHA-256 of the two.

A document is its canonical bytes. `sha256` is that of the document without the member
`sha256`; a signature is over the bytes of the body alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias

from routeengine.canonical import sha256_of
from routeengine.codec import form_of
from routeengine.errors import RecordError
from routeengine.record.body import BODY, Body
from routeengine.record.canonical import LARGEST, canonical, parse

Kind: TypeAlias = Literal[
    "bytes", "shape", "digest", "meaning", "texts", "facts", "verdict", "flags", "trace", "engine",
    "signature",
]  # fmt: skip
"""What kind of thing it is about."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Where it stands in the record, of what kind it is, and what differs.

    The message never holds the value of a client's fact.
    """

    path: str
    kind: Kind
    message: str

    def __str__(self) -> str:
        """Return the difference as `path: message`."""
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who vouches for a document: the algorithm, the name of the key, and the signature.

    `value` is text, so that any algorithm fits: hexadecimal digits, or Base64.
    """

    algorithm: str
    key_id: str
    value: str


Sign: TypeAlias = Callable[[bytes], Signature]
"""Signs the canonical bytes of a body."""

Verify: TypeAlias = Callable[[bytes, Signature], bool]
"""Says whether a signature is good for the canonical bytes of a body."""

SIGNATURE = form_of(Signature)


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A document that was read: its parts as JSON, and in what its bytes were touched."""

    body: dict[str, Any]
    signature: Signature | None
    sha256: str
    touched: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A record of one classification. It *is* its bytes; equal bytes are equal records.

    The bytes are not looked at before something is asked of them: `replay` says
    whether they are as they were written. Its `repr` shows nothing of a client.
    """

    data: bytes

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Record:
        """Read a record from a file. Raises RecordError if that is too large, and OSError."""
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RecordError(f"is larger than {LARGEST} bytes", refused=True)
        return cls(data)

    def write(self, path: str | PathLike[str]) -> None:
        """Write just these bytes to a file. Raises OSError."""
        Path(path).write_bytes(self.data)

    @property
    def sha256(self) -> str:
        """The digest that the record names. Raises RecordError if it was touched."""
        return untouched(self.data).sha256

    @property
    def body(self) -> Body:
        """What the record says. Raises RecordError if it was touched, or is no record."""
        body: Body = BODY.read(untouched(self.data).body, "")
        return body

    @property
    def signature(self) -> Signature | None:
        """The signature, if there is one. Raises RecordError if it was touched."""
        return untouched(self.data).signature

    def verified(self, verify: Verify) -> bool:
        """Return whether it is untouched, signed, and signed well in the eyes of `verify`."""
        return verified(self.data, verify)

    def __repr__(self) -> str:
        return f"Record({len(self.data)} bytes)"


def seal(body: object, sign: Sign | None = None) -> bytes:
    """Return the canonical bytes of a document with this body, signed if asked for.

    Raises RecordError for what cannot be written, or would be too large to be read.
    """
    inner = canonical(body)
    # A document, and what its digest is of:
    #
    #     {"body":{...},"sha256":"2ad9...","signature":{...}}      as written
    #     {"body":{...},"signature":{...}}                         digested
    #     {...}                                                    signed: the body alone
    #
    # So to change a signature, or to take it away, changes the digest.
    # The members stand in the order that the canonical form asks for.
    members = b'"body":' + inner
    tail = b""
    if sign is not None:
        tail = b',"signature":' + canonical(SIGNATURE.write(sign(inner)))
    digest = sha256_of(b"{" + members + tail + b"}")
    data = b"{" + members + b',"sha256":"' + digest.encode() + b'"' + tail + b"}"
    if len(data) > LARGEST:
        raise RecordError(f"would be larger than {LARGEST} bytes: leave the rule set out")
    return data


def unseal(data: bytes) -> Envelope:
    """Read a document, and say in what its bytes are not as they were written.

    Raises RecordError for bytes that are no document at all.
    """
    value, is_canonical = parse(data)
    if not isinstance(value, dict) or not {"body", "sha256"} <= value.keys():
        raise RecordError("must be an object with `body` and `sha256`")
    if value.keys() - {"body", "sha256", "signature"}:
        raise RecordError("has members beside `body`, `sha256` and `signature`")
    if not isinstance(value["body"], dict):
        raise RecordError("must be object", "body")
    signature = value.get("signature")
    read = None if "signature" not in value else SIGNATURE.read(signature, "signature")
    touched = []
    if not is_canonical:
        touched.append(Difference("(bytes)", "bytes", "are not in the canonical form"))
    if sha256_of(_unsealed(value, data if is_canonical else None)) != value["sha256"]:
        touched.append(
            Difference("sha256", "bytes", "is not the digest of what the document holds")
        )
    digest = value["sha256"] if isinstance(value["sha256"], str) else ""
    return Envelope(value["body"], read, digest, tuple(touched))


def _unsealed(value: dict[str, Any], data: bytes | None) -> bytes:
    """Return the canonical bytes of a document without its digest, cut out of `data` if given."""
    if data is None:
        return canonical({key: inner for key, inner in value.items() if key != "sha256"})
    member = b',"sha256":' + canonical(value["sha256"])
    # The last one: in a signature, which alone comes after it, quotes would be escaped.
    start = data.rindex(member)
    return data[:start] + data[start + len(member) :]


def untouched(data: bytes) -> Envelope:
    """Read a document that has to be as it was written. Raises RecordError if it is not."""
    envelope = unseal(data)
    for difference in envelope.touched:
        raise RecordError(f"was touched: {difference}")
    return envelope


def verified(data: bytes, verify: Verify) -> bool:
    """Return whether a document is untouched, signed, and signed well in the eyes of `verify`."""
    envelope = unseal(data)
    if envelope.touched or envelope.signature is None:
        return False
    return verify(canonical(envelope.body), envelope.signature)
