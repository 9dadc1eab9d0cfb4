"""Sealed documents: a body, perhaps a signature, and the SHA-256 of the two.

A document is its canonical bytes. `sha256` is that of the document without the member
`sha256`; a signature is over the bytes of the body alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar

from routeengine.canonical import sha256_of
from routeengine.client_id import line_problem
from routeengine.codec import Form, form_of
from routeengine.errors import RecordError
from routeengine.executors.interface import Inspection
from routeengine.record.body import Body, entry_of, evidence_of, trace_of
from routeengine.record.canonical import LARGEST, canonical, parse
from routeengine.result import Result
from routeengine.ruleset.model import RuleSet

B = TypeVar("B")

Kind: TypeAlias = Literal[
    "bytes", "shape", "digest", "meaning", "texts", "facts", "verdict", "flags", "trace", "engine",
    "executor", "signature", "certificate",
]  # fmt: skip
"""What kind of thing it is about."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing in which a document differs from what it should be.

    The message never holds the value of a client's fact.

    Attributes:
        path: Where it stands in the record, with dots between the steps.
        kind: What it is about, such as "bytes", "meaning", "verdict" or "flags".
        message: What differs, in words.
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

    The library makes and checks none itself: a `Sign` returns one, and a `Verify` looks at it.

    Attributes:
        algorithm: The name of the algorithm.
        key_id: The name of the key.
        value: The signature as text, so that any algorithm fits: hexadecimal digits, or Base64.
    """

    algorithm: str
    key_id: str
    value: str


Sign: TypeAlias = Callable[[bytes], Signature]
"""Returns the signature of the canonical bytes of a body."""

Verify: TypeAlias = Callable[[bytes, Signature], bool]
"""Returns whether a signature is good for the canonical bytes of a body."""

SIGNATURE = form_of(Signature)

MAX_ASKED_BY_LENGTH = 200
"""Characters of the role or system that asked."""


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A document that was read: its parts as JSON, and how its bytes differ from those written."""

    body: dict[str, Any]
    signature: Signature | None
    sha256: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Document(Generic[B]):
    """A sealed document. It *is* its bytes; equal bytes are equal documents.

    The bytes are not looked at before something is asked of them. Its `repr` shows nothing of a
    client.
    """

    codec: ClassVar[Form]
    data: bytes

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """Read a document from a file. Raises RecordError if that is too large, and OSError."""
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RecordError(f"is larger than {LARGEST} bytes", refused=True)
        return cls(data)

    def write(self, path: str | PathLike[str]) -> None:
        """Write just these bytes to a file, a new one for its owner alone. Raises OSError."""
        with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(self.data)

    @property
    def sha256(self) -> str:
        """The digest that the document names. Raises RecordError if it was touched."""
        return self._open().sha256

    @property
    def body(self) -> B:
        """What it says. Raises RecordError if it was touched, or is of another form."""
        body: B = self.codec.read(self._open().body, "")
        return body

    @property
    def signature(self) -> Signature | None:
        """The signature, if there is one. Raises RecordError if it was touched."""
        return self._open().signature

    def verified(self, verify: Verify) -> bool:
        """Return whether it is untouched, signed, and signed well in the eyes of `verify`."""
        envelope = unseal(self.data)
        if envelope.differences or envelope.signature is None:
            return False
        return verify(canonical(envelope.body), envelope.signature)

    def _open(self) -> Envelope:
        envelope = unseal(self.data)
        for difference in envelope.differences:
            raise RecordError(f"was touched: {difference}")
        return envelope

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.data)} bytes)"


class Record(Document[Body]):
    """A record of one classification. It *is* its bytes; equal bytes are equal records.

    `Engine.record` makes one, and `replay` says whether it is as it was written and whether the
    rules still say so. The bytes are canonical JSON with a digest of themselves, and hold the
    client's facts; `repr` shows none.

    - `data` holds the bytes, and `Record(data)` makes a record of them. They are not looked at
      before something is asked.
    - `body` is what they say, as a `Body`; `sha256` the digest; `signature` who vouches for it, or
      None. Each raises RecordError if the bytes were touched.
    - `write(path)` writes the bytes to a file, which only its owner may read if it is new, and
      `Record.read(path)` reads them back.
    - `verified(verify)` returns whether the record is untouched, signed, and signed well in the
      eyes of `verify`.
    """

    __slots__ = ()
    codec = form_of(Body)

    @property
    def result(self) -> Result:
        """The recorded classification. Raises RecordError if it was touched, or is no record."""
        return self.body.result


def make_record(
    ruleset: RuleSet,
    result: Result,
    inspection: Inspection,
    certificate: dict[str, Any] | None = None,
    *,
    at: datetime,
    asked_by: str | None,
    embed: bool,
    sign: Sign | None,
) -> Record:
    """Record a result of this rule set, of which `inspection` is a closer look.

    Raises RecordError for a time without its distance from UTC, and for what JSON
    cannot hold.
    """
    if asked_by is not None and (problem := line_problem(asked_by, MAX_ASKED_BY_LENGTH)):
        raise RecordError(problem, "asked_by")
    view = result.to_view()
    body = Body(
        form="routeengine/record/1",
        at=moment(at),
        asked_by=asked_by,
        engine=view.engine,
        ruleset=view.ruleset,
        client_id=view.client_id,
        facts=view.profile,
        evidence={fact: evidence_of(one) for fact, one in view.evidence.items()},
        verdicts={name: entry_of(verdict) for name, verdict in view.verdicts.items()},
        flags=result.answer.flags,
        flags_possible=view.flags_possible,
        flags_of_dossier=view.flags_of_dossier,
        trace=trace_of(ruleset, inspection),
        rules=ruleset if embed else None,
        executor=view.executor,
        certificate=certificate,
    )
    return Record(seal(Record.codec.write(body), sign))


def moment(at: datetime) -> datetime:
    """Return the time back if it is one: with its distance from UTC, in whole minutes."""
    distance = at.utcoffset() if isinstance(at, datetime) else None
    if distance is None or distance % timedelta(minutes=1):
        raise RecordError("must say its distance from UTC, in whole minutes", "at")
    return at


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
    differences = []
    if not is_canonical:
        differences.append(Difference("(bytes)", "bytes", "are not in the canonical form"))
    if sha256_of(_unsealed(value, data if is_canonical else None)) != value["sha256"]:
        message = "is not the digest of what the document holds"
        differences.append(Difference("sha256", "bytes", message))
    digest = value["sha256"] if isinstance(value["sha256"], str) else ""
    return Envelope(value["body"], read, digest, tuple(differences))


def _unsealed(value: dict[str, Any], data: bytes | None) -> bytes:
    """Return the canonical bytes of a document without its digest, cut out of `data` if given."""
    if data is None:
        return canonical({key: inner for key, inner in value.items() if key != "sha256"})
    member = b',"sha256":' + canonical(value["sha256"])
    # The last one: in a signature, which alone comes after it, quotes would be escaped.
    start = data.rindex(member)
    return data[:start] + data[start + len(member) :]
