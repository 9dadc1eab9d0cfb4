"""Changes of bytes that know how the formats are built: words, lines, nesting, packed parts."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence

__all__ = ["mutated", "mutated_text", "mutated_workbook", "packed", "unpacked"]

Mutate = Callable[[bytes, random.Random, Sequence[bytes]], bytes]

TOKEN = re.compile(rb"[A-Za-z0-9_~.-]+|[ \t]+|\r?\n|[^\w\s]|.", re.DOTALL)

WORDS = (
    *b"client_id rung willing finances months true false null ja nee onbekend declined".split(),
    *b"one_of between conflicting ruleset facts criteria constraints decisions rules when".split(),
    *b"then outranks otherwise all any not at_least exactly is in outcome status review".split(),
    *b"candidates reason cases profile expect defaults accept languages domain values".split(),
    *b"0 -1 1 2 7 240 99999999999999999999 1e999 NaN .inf 0x10 2024-02-30 12-18 mild/none".split(),
    *b"- -- : , ; | > & * ! % @ ` ' \" # { } [ ] {} [] [[ << === =1+1 \\u0000 \\ud800".split(),
    *b"\xef\xbb\xbf \xff\xfe \x00 \xff \xc3\x28 \xe2\x80\xae \xed\xa0\x80".split(),
    *(b"\n", b"\r\n", b"  ", b"\t", b"\n- ", b"\n  ", b"", b": ", b"? ", b"x" * 3000),
)


def mutated_text(data: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    """Change a few words, lines or blocks of a text; others are texts to take pieces from."""
    tokens = TOKEN.findall(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            tokens = list(draw.sample(WORDS, 3))
        at, until = sorted(draw.randrange(len(tokens) + 1) for _ in range(2))
        until = min(until, at + draw.choice((1, 1, 2, 4, 16, 200)))
        kind = draw.randrange(8)
        if kind == 0:
            del tokens[at:until]
        elif kind == 1:
            tokens[at:at] = tokens[at:until] * draw.choice((1, 1, 2, 30))
        elif kind == 2:
            tokens[at:until] = [draw.choice(WORDS)]
        elif kind == 3:
            tokens.insert(at, draw.choice(WORDS))
        elif kind == 4:
            other = TOKEN.findall(draw.choice(others))
            start = draw.randrange(len(other) + 1)
            tokens[at:until] = other[start : start + draw.choice((1, 3, 10, 60))]
        elif kind == 5:
            tokens[at:until] = reversed(tokens[at:until])
        elif kind == 6:
            swap = draw.randrange(len(tokens))
            tokens[at:until], tokens[swap : swap + 1] = tokens[swap : swap + 1], tokens[at:until]
        else:
            tokens[at:until] = [mutated(b"".join(tokens[at:until]), draw, others)]
    return b"".join(tokens)


def mutated(data: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    """Change a few bytes: flip, cut, double, splice, or put a number at its edge."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(changed) + 1)
        until = at + draw.choice((1, 1, 2, 8, 64))
        kind = draw.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[at:until]
        elif kind == 2:
            changed[at:at] = changed[at:until]
        elif kind == 3:
            other = draw.choice(others)
            start = draw.randrange(len(other) + 1)
            changed[at:until] = other[start : start + until - at]
        else:
            edge = draw.choice((0, 0x7F, 0x80, 0xFF))
            changed[at:until] = bytes([edge]) * draw.choice((1, 2, 4, 8))
    return bytes(changed[:200_000])


def mutated_workbook(data: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    """Change one of the texts that a workbook packs, or the package itself."""
    if draw.random() < 0.2:
        return mutated(data, draw, others)
    parts = unpacked(data)
    if parts is None:
        return mutated(data, draw, others)
    name = draw.choice(list(parts))
    parts[name] = mutated_text(parts[name], draw, list(parts.values()))
    if draw.random() < 0.05:
        del parts[draw.choice(list(parts))]
    return packed(parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts, the same bytes for the same parts."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


def unpacked(data: bytes) -> dict[str, bytes] | None:
    """Give the parts of a package, or None where it is none any more."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()} or None
    except Exception:  # noqa: BLE001  zipfile raises a dozen kinds on a broken package
        return None
