"""Heads of Parquet pages: followed as they are written, or told to be strange, never a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import RULES, put, varint
from routeengine.caseload import open_caseload, parquet_pages
from routeengine.caseload.parquet_pages import HEAD_LIMIT, PAGE_LIMIT, SPARE, holds_more
from routeengine.errors import CaseloadError

END = b"\0"


class Counting(parquet_pages._Head):
    """Counts the steps that heads take."""

    steps = 0

    def _pass(self, count: int) -> None:
        Counting.steps += 1
        super()._pass(count)

    def _byte(self) -> int:
        Counting.steps += 1
        return super()._byte()

    @classmethod
    def heads(cls) -> Any:
        """Have heads counted from now on, until the end of the context."""
        cls.steps = 0
        return patch.object(parquet_pages, "_Head", cls)


STRANGE = {
    "no unpacked size": b"\x35\x00\x2c\x15\x02" + END + END,
    "no size": b"\x5c\x15" + varint(2) + END + END,
    "a size below zero": b"\x35\x01" + END,
    "a size that is a text": b"\x38\x01a" + END,
    "a count below zero": b"\x35\x00\x2c\x15\x01" + END + END,
    "a count that is a truth value": b"\x35\x00\x2c\x11" + END + END,
    "a page that is a number": b"\x35\x00\x25\x02" + END,
    "a type that there is not": b"\x1d" + END,
    "a number without end": b"\x15" + b"\xff" * 20,
    "a text that goes on after the file": b"\x18" + b"\xff\xff\xff\x7f",
    "a list that goes on after the file": b"\x19\xf3" + b"\xff" * 8 + b"\x7f",
    "nothing": b"",
    "an end": END,
}  # fmt: skip


def page(count: int, more: bytes = b"", version: int = 1, size: int = 0) -> bytes:
    """Give a page of so many values, with some more fields in its head."""
    start = b"\x15\x00" + b"\x15\x00" + b"\x15" + varint(size)
    number = b"\x2c" if version == 1 else b"\x5c"
    return start + number + b"\x15" + varint(count) + more + END + END + b"." * size


def goes_on(data: bytes, rows: int, size: int | None = None, **chunk: Any) -> bool:
    """Ask it of a file of one column, whose pages are these."""
    told = {"data_page_offset": 1, "total_compressed_size": len(data) if size is None else size}
    return any_goes_on(data, [{**told, **chunk}], rows)


def any_goes_on(data: bytes, chunks: Sequence[Mapping[str, Any]], rows: int) -> bool:
    """Ask it of a file of one column in so many row groups, which are told of like this."""
    none = {"dictionary_page_offset": None}
    groups = [
        SimpleNamespace(num_rows=rows, column=lambda _, told=told: SimpleNamespace(**none | told))
        for told in chunks
    ]
    column = SimpleNamespace(path="rung", max_repetition_level=0)
    metadata = SimpleNamespace(
        num_row_groups=len(groups),
        num_columns=1,
        schema=SimpleNamespace(column=lambda _: column),
        row_group=groups.__getitem__,
    )
    with TemporaryDirectory() as folder:
        return holds_more(str(put(Path(folder) / "a", b"P" + data)), metadata, ["rung"])


def spans(*told: tuple[int, int]) -> list[dict[str, int]]:
    """Tell of row groups by where they start and how long they are."""
    return [{"data_page_offset": place, "total_compressed_size": size} for place, size in told]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "more",
    [
        b"",
        b"\x11\x12\x13\x01\x17" + b"." * 8,
        b"\x18\x03abc\x1c\x16\x02" + END,
        (b"\x18" + bytes([0x80, 0xFA, 0x01]) + b"x" * 32_000) * 2,
        b"\x19\x35\x02\x04\x06\x1a\xf1\x10" + b"\x01" * 16,
        b"\x05\x80\x04\x02",
    ],
    ids=["plain", "truths and numbers", "struct", "long texts", "lists", "far number"],
)
def test_values_are_counted_whatever_else_a_head_says(version: int, more: bytes) -> None:
    """Fields that later formats may add are passed."""
    data = page(3, more, version, 50) + page(0) + page(4, more, version)
    assert not goes_on(data, 7)
    assert goes_on(data, 6)
    # Where it has fewer, whoever reads the rows sees it.
    assert not goes_on(data, 8)


def test_a_dictionary_stands_before_its_pages_and_counts_for_nothing() -> None:
    """Whatever says where it is, and where the file has no other page."""
    dictionary = b"\x15\x04\x15\x00\x15\x0a\x4c\x15\x0a" + END + END + b"....."
    data = dictionary + page(2)
    place = 1 + len(dictionary)
    for offsets in ((1, place), (1, 0), (None, 1), (0, 1)):
        told = dict(zip(("dictionary_page_offset", "data_page_offset"), offsets, strict=True))
        assert not goes_on(data, 2, **told)
        assert goes_on(data, 1, **told)


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_what_cannot_be_followed_is_refused(data: bytes) -> None:
    """A head that cannot be read may hide rows."""
    assert goes_on(data, 1, max(len(data), 10))


@pytest.mark.parametrize(
    "more", [b"\x1c" * 9 + END * 9, b"\x19" + b"\x19" * 9 + b"\x01"], ids=["structs", "lists"]
)
def test_depth_has_a_limit(more: bytes) -> None:
    """Though all else in the head is well."""
    assert goes_on(page(1, more), 1)


def test_counts_below_zero_make_up_for_nothing() -> None:
    """One page cannot hide another."""
    below = page(0).replace(b"\x2c\x15\x00", b"\x2c\x15\x03")
    assert goes_on(below + page(3), 1)


def test_heads_have_a_limit() -> None:
    """Neither one long head nor a file of empty pages is read for ever."""
    length = HEAD_LIMIT
    text = b"\x18" + bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])
    assert goes_on(page(1, text + b"x" * length), 1)
    assert not goes_on(page(0) * SPARE, 0)
    assert goes_on(page(0) * (SPARE + 1), 0)


def test_a_page_that_unpacks_to_far_too_much_is_refused() -> None:
    """It would fill the memory before anybody could say so."""
    for unpacked, refused in ((PAGE_LIMIT, False), (PAGE_LIMIT + 1, True), (1 << 31, True)):
        data = page(1).replace(b"\x15\x00\x15\x00", b"\x15\x00\x15" + varint(unpacked), 1)
        assert goes_on(data, 1) == refused


def test_row_groups_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """A footer may name a group as often as it likes: its pages are followed not even once."""
    once, again, footer = (tmp_path / name for name in ("a.parquet", "b.parquet", "footer"))
    table = pa.table({"client_id": [f"c{n}" for n in range(2000)]})
    pq.write_table(table, once, data_page_size=1, write_batch_size=1)
    metadata = pq.read_metadata(once)
    metadata.append_row_groups(pq.read_metadata(once))
    metadata.write_metadata_file(footer)
    put(again, once.read_bytes() + footer.read_bytes())
    assert pq.read_table(again).num_rows == 4000, "pyarrow reads it twice"
    assert not holds_more(str(once), pq.read_metadata(once), ["client_id"])
    with Counting.heads():
        assert holds_more(str(again), pq.read_metadata(again), ["client_id"])
    assert not Counting.steps
    with pytest.raises(CaseloadError, match="is not a Parquet file that can be read"):
        list(open_caseload(again, RULES))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=9),
    st.randoms(use_true_random=False),
)
def test_row_groups_may_stand_in_any_order_and_with_gaps(
    groups: list[tuple[int, int]], random: Random
) -> None:
    """Only one byte that two of them have is too many; one without bytes has none to share."""
    data, told = b"", []
    for gap, pages in groups:
        data += b"?" * gap
        told.append((1 + len(data), len(page(1)) * pages))
        data += page(1) * pages
    random.shuffle(told)
    assert not any_goes_on(data, spans(*told), 3)
    place, size = random.choice(told)
    assert not any_goes_on(data, spans(*told, (place + size // 2, 0)), 3)
    with Counting.heads():
        assert any_goes_on(data, spans(*told, (place + size - 1, 1)), 3)
    assert not Counting.steps


def test_a_head_ends_where_its_column_does() -> None:
    """What it reads of the next would be read again there."""
    data = page(1) + page(1)
    assert not goes_on(data, 2)
    for short in range(1, len(page(1))):
        assert goes_on(data, 2, len(data) - short)


def within(head: bytes) -> bytes:
    """Give a head with a list, in which there is another head; they end together."""
    count = len(head) - len(END + END)
    return page(0, b"\x19\xf3" + bytes([count & 0x7F | 0x80, count >> 7]))[: -len(END + END)] + head


NEST = reduce(lambda head, _: within(head), range(50), page(0))
STEP = len(within(page(0))) - len(page(0))


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=9) | st.just(page(1)), max_size=9).map(b"".join),
    st.lists(st.tuples(st.integers(0, 50), st.integers(-9, 50)), max_size=20),
)
@example(NEST, [(1, len(NEST))] * 50)
@example(NEST, [(1 + STEP * place, STEP) for place in range(50)])
@example(NEST, [(1 + STEP * place, len(NEST) - STEP * place) for place in range(50)])
def test_the_work_grows_with_the_file_alone(data: bytes, told: list[tuple[int, int]]) -> None:
    """However often row groups name its bytes, each is looked at a few times at most."""
    with Counting.heads():
        any_goes_on(data, spans(*told), 1)
    assert Counting.steps <= 4 * (1 + len(data))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=9) | st.just(page(1)), max_size=9), st.integers(0, 9))
@example([page(1), b"\x19\xff"], 1)
def test_any_bytes_get_an_answer(parts: list[bytes], rows: int) -> None:
    """Whatever stands there, it says yes or no."""
    assert goes_on(b"".join(parts), rows) in (True, False)
