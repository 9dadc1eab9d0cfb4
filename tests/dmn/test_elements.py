"""XML is read so that no file can do harm, and what is wrong with it has its line."""

from __future__ import annotations

import tracemalloc

import pytest

from routeengine.dmn import elements
from routeengine.dmn.elements import MAX_DEPTH, parse
from routeengine.errors import RuleSetError


def refused(data: bytes) -> str:
    """Return what is said of a file that is refused."""
    with pytest.raises(RuleSetError) as caught:
        parse(data, "m.dmn")
    return str(caught.value)


def test_an_element_has_its_line_its_text_and_its_children_in_order() -> None:
    """An element has its line its text and its children in order."""
    root = parse(b'<a xmlns="x">\n <b k=" 1  2 ">t<c/>u</b>\n<b/></a>', "m.dmn")
    one, other = root.every("b")
    assert (root.tag, root.line, one.line, other.line) == ("a", 1, 2, 3)
    assert (one.text, one.get("k"), one.get("none")) == ("tu", "1 2", "")
    assert root.first("b", "c") is one.first("c")
    assert other.first("c") is root.first("d", "c") is None


def test_what_stands_in_another_namespace_is_passed_over() -> None:
    """What stands in another namespace is passed over."""
    root = parse(b'<a xmlns="x" xmlns:y="y"><y:b><c>no</c></y:b><c>yes</c></a>', "m.dmn")
    assert [(one.tag, one.text) for one in root.children] == [("c", "yes")]


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "x">\n<!ENTITY c "&b;&b;">]>\n<a>&c;</a>'
NETWORK = b'\n<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>'
FILE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
TYPE = "has a document type, which is refused (take out the line `<!DOCTYPE …>`)"


@pytest.mark.parametrize(("data", "line"), [(ENTITIES, 1), (NETWORK, 2), (FILE, 1)])
def test_a_document_type_is_refused_and_so_no_entity_is_ever_read(data: bytes, line: int) -> None:
    """A document type is refused and so no entity is ever read."""
    # Expat tells of the type where its own part begins, or where it ends.
    assert refused(data).startswith("m.dmn:")
    assert TYPE in refused(data)


def test_elements_within_each_other_have_a_limit() -> None:
    """Elements within each other have a limit."""
    deepest = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
    assert parse(deepest, "m.dmn").tag == "a"
    assert refused(b"<a>\n" + deepest + b"</a>") == (
        "m.dmn:2:1: has more than 64 elements within each other"
    )


def test_a_file_has_a_limit_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has a limit of bytes."""
    monkeypatch.setattr(elements, "MAX_BYTES", 4)
    assert parse(b"<a/>", "m.dmn").tag == "a"
    assert refused(b"<a/>\n") == "m.dmn: is larger than 4 bytes"


def test_a_file_has_a_limit_of_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has a limit of elements."""
    monkeypatch.setattr(elements, "MAX_ELEMENTS", 3)
    assert parse(b"<a><b/><b/></a>", "m.dmn").tag == "a"
    assert refused(b"<a><b/><b/>\n<b/></a>") == "m.dmn:2:1: has more than 3 elements"


@pytest.mark.gate
def test_the_largest_file_takes_no_more_than_its_limits_allow() -> None:
    """The largest file takes no more than its limits allow."""
    flood = b"<a>" + b"<b/>" * (elements.MAX_BYTES // 5) + b"</a>"
    tracemalloc.start()
    try:
        assert "elements" in refused(flood)
        assert tracemalloc.get_traced_memory()[1] < 400_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "m.dmn:1:1: is no well-formed XML: no element found"),
        (b"<a>\n<b></a>", "m.dmn:2:6: is no well-formed XML: mismatched tag"),
        (b"facts: {}", "m.dmn:1:1: is no well-formed XML: syntax error"),
        (b"<a>&b;</a>", "m.dmn:1:4: is no well-formed XML: undefined entity"),
        (
            b'<?xml version="1.0" encoding="utf-999"?><a/>',
            "m.dmn:1:1: has an encoding that is not known (save it in UTF-8)",
        ),
    ],
)
def test_what_is_no_xml_is_refused_with_its_place(data: bytes, said: str) -> None:
    """What is no xml is refused with its place."""
    assert refused(data) == said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_what_encoding_a_file_names_it_is_read_in(encoding: str) -> None:
    """What encoding a file names it is read in."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>één</a>'
    assert parse(text.encode(encoding), "m.dmn").text == "één"
