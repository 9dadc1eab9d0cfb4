"""Files made to do harm get one clear error, in bounded memory, and build nothing."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examples import examples, gated
from loading.small import SMALL, faults_of
from routeengine.errors import RuleSetError
from routeengine.loading import load_ruleset, yaml_tree
from routeengine.loading.files import MAX_FILE_BYTES, decode
from routeengine.loading.yaml_tree import MAX_DEPTH, MAX_NODES, MAX_SCALAR, Collector

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}]\n"
    for before, after in zip("abcdefghi", "bcdefghij", strict=True)
)

HOSTILE: dict[str, tuple[bytes, str]] = {
    "alias bomb": (BOMB.encode(), "x.yaml:1:4: anchors (`&`) are not read"),
    "alias without anchor": (b"facts: *all", "x.yaml:1:8: aliases (`*`) are not read"),
    "scalar of ten megabytes": (b"facts: " + b"x" * 10_000_000, "x.yaml: is larger than"),
    "scalar within the file limit": (
        b"facts: " + b"x" * 1_000_000,
        f"x.yaml:1:8: this text is longer than {MAX_SCALAR} characters",
    ),
    "key within the file limit": (b"x" * 1_000 * 11 + b": y", "x.yaml:1:1: "),
    # Where it is told depends on how far libyaml looks ahead, by its version.
    "lists nested deep": (b"facts: " + b"[" * 10_000, ": lists and mappings stand more than"),
    "mappings nested deep": (b"{a: " * 10_000, "x.yaml:1:161: lists and mappings"),
    "block lists nested deep": (b"- " * 10_000, "x.yaml:1:1: the file does not begin"),
    "blocks nested deep": (
        b"".join(b" " * depth + b"a:\n" for depth in range(1_000)),
        "x.yaml:41:41: lists and mappings",
    ),
    "keys within keys": (b"{[a]: b}", "x.yaml:1:2: a key must be a single word"),
    "keys that are asked for": (b"? " * 10_000, "x.yaml:1:1: the file does not begin"),
    # A `?` is read as such a sign, which is not to let one in.
    "reordering written out": (
        rb'facts: {a: "x\u2066y?"}',
        "x.yaml:1:12: this text holds a control character",
    ),
    "tag that builds an object": (
        b"facts: !!python/object/apply:os.system ['false']",
        "x.yaml:1:8: tags (`!`) are not read",
    ),
    "tag on a key": (b"!!str facts: x", "x.yaml:1:1: tags (`!`) are not read"),
    "tag on the whole": (b"!!map {a: b}", "x.yaml:1:1: tags (`!`) are not read"),
    "anchor on a key": (b"&k facts: x", "x.yaml:1:1: anchors (`&`) are not read"),
    "no UTF-8": (b"facts:\n  caf\xe9: 1", "x.yaml:2:6: is no UTF-8 text"),
    "UTF-16": ("facts: 1".encode("utf-16"), "x.yaml:1:1: is no UTF-8 text"),
    "NUL": (b"facts:\n  a: b\0c", "x.yaml:2:7: holds the control character U+0000"),
    "escape": (b"facts: \x1b[2J", "x.yaml:1:8: holds the control character U+001B"),
    "text in another order than it reads": (
        "facts: a\u202eb".encode(),
        "x.yaml:1:9: holds the control character U+202E",
    ),
    "one word": (b"facts", "x.yaml:1:1: the file does not begin with a section"),
    "unknown directive version": (b"%YAML 9.9\n---\nfacts: x", "x.yaml"),
    "too many words": (
        b"facts: [" + b"x," * (MAX_NODES + 1) + b"]",
        f"the rule set holds more than {MAX_NODES} words and lists",
    ),
}


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Hold what stands in it to a hundred megabytes."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * 1024 * 1024


@pytest.mark.parametrize("name", gated(HOSTILE, len(HOSTILE) - 1))
def test_a_hostile_file_gets_one_clear_error(name: str, tmp_path: Path) -> None:
    """Each gives one fault that says what and where, in bounded memory."""
    data, expected = HOSTILE[name]
    with bounded_memory():
        faults = faults_of({"x.yaml": data})
    assert len(faults) == 1
    assert expected in str(faults[0])
    assert len(str(faults[0])) < 300
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(path)
    assert [fault.message for fault in caught.value.faults] == [faults[0].message]


@pytest.mark.gate
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_without_libyaml(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower parser refuses each in the same words."""
    monkeypatch.setattr(yaml_tree, "FASTEST", yaml.SafeLoader)
    monkeypatch.setattr(yaml_tree, "MAX_NODES", 2_000)
    data, expected = HOSTILE[name]
    (fault,) = faults_of({"x.yaml": data})
    assert expected.replace(f"{MAX_NODES}", "2000") in str(fault)


def test_no_more_of_a_file_is_read_than_the_limit(tmp_path: Path) -> None:
    """A file that says it holds a terabyte is refused after the limit."""
    path = tmp_path / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    tracemalloc.start()
    try:
        with pytest.raises(RuleSetError, match="is larger than"):
            load_ruleset(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MAX_FILE_BYTES


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """What is no ordinary file is refused before it is opened."""
    os.mkfifo(tmp_path / "x.yaml")
    with pytest.raises(RuleSetError, match="is no ordinary file"):
        load_ruleset(tmp_path)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """A link to nothing in a folder is a fault of that file."""
    (tmp_path / "x.yaml").symlink_to(tmp_path / "nothing")
    with pytest.raises(RuleSetError, match=r"x\.yaml: cannot be read"):
        load_ruleset(tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """A folder of thousands of files is not read."""
    for number in range(65):
        (tmp_path / f"{number}.yaml").write_text("")
    with pytest.raises(RuleSetError, match="more than 64 rule files"):
        load_ruleset(tmp_path)


def test_the_depth_that_is_allowed_can_be_used() -> None:
    """A condition just within the limit loads."""
    depth = MAX_DEPTH - 6
    nested = "{not: " * depth + "willing" + "}" * depth
    assert load_ruleset(
        {"x.yaml": SMALL.replace("when: {age: {between: [0, 17]}}", f"when: {nested}")}
    )


def test_a_byte_order_mark_is_let_pass() -> None:
    """An editor that writes a byte order mark changes nothing."""
    assert load_ruleset({"x.yaml": b"\xef\xbb\xbf" + SMALL.encode()}).id == "small"


def test_a_tag_on_a_section_that_another_file_began_is_refused() -> None:
    """To be read as one with another file's section is no way round."""
    (fault,) = faults_of({"a.yaml": "facts: {a: b}", "b.yaml": "facts: !x {c: d}"})
    assert str(fault).startswith("b.yaml:1:8: tags (`!`) are not read")


def test_every_unreadable_file_is_told() -> None:
    """One unreadable file does not hide another; what they would have held is not missed."""
    faults = faults_of({"a.yaml": b"\xff", "b.yaml": SMALL, "c.yaml": "a: [", "d.yaml": "x: 1"})
    assert [fault.file for fault in faults] == ["a.yaml", "c.yaml"]


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example(b"")
def test_random_bytes_are_refused(data: bytes) -> None:
    """No bytes lead to anything but RuleSetError."""
    assert faults_of({"x.yaml": data})


@settings(deadline=None)
@given(st.text(alphabet="abc: -[]{}\"'\n\t#&*!|>%@`?,.0123<~\\u2028\r", max_size=200))
def test_random_yaml_is_refused(text: str) -> None:
    """No text of YAML's own signs leads to anything but RuleSetError, with either parser."""
    assert faults_of({"x.yaml": text})


LINES = SMALL.splitlines(keepends=True)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_a_mutated_rule_set_loads_or_is_refused(data: st.DataObject) -> None:
    """Cutting, doubling and changing parts of a whole file gives RuleSetError or a rule set."""
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "double", "move", "sign", "word", "cut"]))
        line = lines[at]
        where = data.draw(st.integers(0, len(line) - 1))
        if kind == "drop" and len(lines) > 1:
            del lines[at]
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines[at] = " " * data.draw(st.integers(0, 8)) + line.lstrip(" ")
        elif kind == "sign":
            sign = data.draw(st.sampled_from("[]{}:-'\"!&*,#x1\n \t|>é\x00"))
            lines[at] = line[:where] + sign + line[where:]
        elif kind == "word":
            other = data.draw(st.sampled_from([word for one in LINES for word in one.split()]))
            lines[at] = line[:where] + other + "\n"
        else:
            lines[at] = line[:where] + line[where + 1 :]
    for fault in faults_of({"x.yaml": "".join(lines)}):
        assert fault.message
        assert fault.file == "x.yaml"


def test_lone_surrogates_are_refused() -> None:
    """A text that cannot be UTF-8 is refused like a file that is not."""
    assert "is no UTF-8 text" in str(faults_of({"x.yaml": "a: \ud800"})[0])


def test_decoding_keeps_text_as_it_is() -> None:
    """Text with accents, tabs and every kind of line end comes through unchanged."""
    text = "a: é\u20ac\U0001f4da\tb\r\nc: d\n"
    collector = Collector()
    assert decode("x.yaml", text.encode(), collector) == text
    collector.raise_faults()
