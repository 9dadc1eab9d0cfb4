"""Canonical JSON: one row of bytes for each value, read strictly and within limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine import RecordError
from routeengine.record.canonical import LARGEST, canonical, parse

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]))
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(trees)
def test_canonical_bytes_are_read_back_as_they_were(value: Any) -> None:
    """What was written is read back, and is seen to be canonical."""
    assert parse(canonical(value)) == (value, True)


@given(trees)
def test_any_other_spelling_is_seen(value: Any) -> None:
    """A line feed at the end, or white space inside, is the same value and not canonical."""
    assert parse(canonical(value) + b"\n") == (value, False)
    spaced = json.dumps([value], indent=1).encode()
    assert parse(spaced) == ([value], False)


def test_the_example_of_the_rfc() -> None:
    """Keys go by UTF-16, control characters are escaped shortest, all else stands as it is."""
    value = {"\U0001f600": "\u20ac", "\ufb33": '\x0f\n"\\/', "\r": [None, True, False]}
    expected = '{"\\r":[null,true,false],"\U0001f600":"\u20ac","\ufb33":"\\u000f\\n\\"\\\\/"}'
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not JSON (at character 0)"),
        (b'{"a":1', "is not JSON (at character 6)"),
        (b"\xef\xbb\xbf{}", "is not JSON (at character 0)"),
        (b'{"a":"\xff"}', "is not UTF-8 (at byte 6)"),
        (b'{"a":1,"a":1}', "has a key that appears twice"),
        (b"[NaN]", "holds a number that is not whole"),
        (b"[-Infinity]", "holds a number that is not whole"),
        (b"[1.0]", "holds a number that is not whole"),
        (b"[1e2]", "holds a number that is not whole"),
        (b"[" + b"9" * 5000 + b"]", "holds a number that is too long"),
        (b"[9007199254740993]", "holds text or a number that JSON cannot hold"),
        (b'["\\ud800"]', "holds text or a number that JSON cannot hold"),
        (b'{"\\ud800":1}', "holds text or a number that JSON cannot hold"),
    ],
)
def test_what_no_record_holds_is_refused(data: bytes, message: str) -> None:
    """Each is one clear error, that shows nothing of what was read."""
    with pytest.raises(RecordError) as caught:
        parse(data)
    assert str(caught.value) == f"the record: {message}"
    assert not caught.value.refused


@pytest.mark.parametrize("deep", [201, 100_000, 2_000_000])
def test_what_is_too_deep_is_refused_unread(deep: int) -> None:
    """However deep it is, that is said, and nothing breaks."""
    with pytest.raises(RecordError, match="nested too deeply") as caught:
        parse(b"[" * deep + b"]" * deep)
    assert caught.value.refused


def test_what_is_too_large_is_refused_unread() -> None:
    """One byte over the limit is enough."""
    with pytest.raises(RecordError, match="is larger than") as caught:
        parse(b" " * (LARGEST + 1))
    assert caught.value.refused


def test_what_cannot_be_read_again_is_not_written() -> None:
    """Writing is stricter than reading, so a changed byte cannot make a record too deep."""
    deep: Any = 1
    for _ in range(160):
        deep = [deep]
    with pytest.raises(RecordError, match="nested too deeply"):
        canonical(deep)
    assert parse(canonical(deep[0]))[1]
    with pytest.raises(RecordError, match="JSON cannot hold"):
        canonical({"fact": 2**60})
