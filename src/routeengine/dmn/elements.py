"""XML as a tree with line numbers, read so that no file can do harm.

A document type is refused, so that there are no entities: none that unfold without end, and none
that name a file or a host. Size, depth and number of elements have limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast
from xml.parsers import expat

from routeengine.errors import Fault, RuleSetError

MAX_BYTES: Final = 10_000_000
"""Bytes of a file."""

MAX_DEPTH: Final = 64
"""Elements within each other."""

MAX_ELEMENTS: Final = 300_000
"""Elements of the model, and of what tools add to it, together."""

SEPARATOR: Final = " "
"""Between a namespace and a name; no address of a namespace has one."""


OURS: Final = "urn:routeengine:dmn:1"
"""The namespace of what an export adds: places of numbers, and which rule set it was."""


@dataclass(slots=True)
class Element:
    """An element: its name without the namespace, and the line where it begins."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def every(self, *tags: str) -> Iterator[Element]:
        """Yield the children with one of these names, in their order."""
        return (child for child in self.children if child.tag in tags)

    def first(self, *path: str) -> Element | None:
        """Return the first element along a path of names, or None."""
        here: Element | None = self
        for tag in path:
            here = next(here.every(tag), None) if here is not None else None
        return here

    def get(self, name: str) -> str:
        """Return an attribute, with its white space folded; empty where it is not there."""
        return " ".join(self.attributes.get(name, "").split())


class _RefusedError(Exception):
    """What is wrong with the file, and what to do."""


def parse(data: bytes, file: str) -> Element:
    """Return the root of an XML file, with the elements that are in the namespace of the root.

    Raises RuleSetError for what is no XML, has a document type, or goes beyond a limit.
    """
    reader = _Reader()
    if len(data) > MAX_BYTES:
        raise RuleSetError((Fault(file, 0, 0, f"is larger than {MAX_BYTES} bytes"),))
    try:
        return reader.read(data)
    except _RefusedError as refused:
        raise RuleSetError((Fault(file, reader.line, 1, *refused.args),)) from None
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        fault = Fault(file, error.lineno, error.offset + 1, f"is no well-formed XML: {what}")
        raise RuleSetError((fault,)) from None
    except (LookupError, ValueError):
        fault = Fault(file, 1, 1, "has an encoding that is not known", "save it in UTF-8")
        raise RuleSetError((fault,)) from None


class _Reader:
    """Builds the tree from what the parser meets; what lies in another namespace is passed over."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._open: list[Element | None] = []
        self._root: Element | None = None
        self._space = ""
        self._count = 0

    @property
    def line(self) -> int:
        """The line that is being read, from 1."""
        return self._parser.CurrentLineNumber

    def read(self, data: bytes) -> Element:
        self._parser.Parse(data, True)
        # The parser has refused what has no root.
        return cast(Element, self._root)

    def _doctype(self, *_: object) -> None:
        raise _RefusedError(
            "has a document type, which is refused", "take out the line `<!DOCTYPE …>`"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) == MAX_DEPTH:
            raise _RefusedError(f"has more than {MAX_DEPTH} elements within each other", "")
        if self._count > MAX_ELEMENTS:
            raise _RefusedError(f"has more than {MAX_ELEMENTS} elements", "")
        space, _, tag = name.rpartition(SEPARATOR)
        parent = self._open[-1] if self._open else None
        if self._root is None:
            self._space = space
            self._root = element = Element(tag, self.line, attributes)
        elif parent is None or space != self._space:
            self._open.append(None)  # what a tool added, and all within it
            return
        else:
            element = Element(tag, self.line, attributes)
            parent.children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        element = self._open[-1]
        if element is not None:
            element.text += text
