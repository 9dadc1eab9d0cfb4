"""YAML as a tree of words, lists and mappings, and nothing cleverer than that.

Read from the parser's events, so that no tag ever builds anything and every node
has its place. A scalar stays the text that was written; what type it has is for
the place it stands in to say. Anchors, aliases, tags, merge keys, keys that are
no plain word, and further documents are refused. The first fault of a file ends
the reading of it; keys that appear twice are no reason to stop, and all collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn, Self, TypeAlias

import yaml

from routeengine.errors import Fault, RuleSetError
from routeengine.ruleset.flaws import Path, quote
from routeengine.ruleset.words import NOWHERE, Place

_BEFORE_COMMA = re.compile(r"[-+]?[0-9.]+")
"""What stands before the comma of a number that people wrote: `1.345` of `1.345,45`."""

MAX_SCALAR = 10_000
"""Characters per text."""

MAX_DEPTH = 40
"""Lists and mappings within each other."""

MAX_NODES = 50_000
"""Words, lists and mappings in a rule set, all files together."""

MAX_FAULTS = 200
"""Faults that are reported; then the reading stops."""

# All that YAML does not print, and the marks that make text read in another order
# than it is stored: a reviewer would see other rules than the engine runs.
_BAD = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def first_bad_character(text: str) -> int | None:
    """Return the position of the first control or reordering character, if there is one."""
    match = _BAD.search(text)
    return match.start() if match else None


class UnreadableError(Exception):
    """A file cannot be read further; its fault is with the collector."""


class Collector:
    """Knows the place of every path, and keeps the faults that are found there.

    A path with a fault is damaged: what stands there is not what the author
    meant, so that nothing more should be concluded from it.
    """

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._damaged: set[Path] = set()
        self._holding_damage: set[Path] = set()

    def mark(self, path: Path, value: Place, key: Place | None = None) -> None:
        """Remember where a value stands, and its key if it has one."""
        self._values[path] = value
        if key is not None:
            self._keys[path] = key

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the nearest thing at or around a path.

        `key` asks for the key rather than the value.
        """
        while path and path not in self._values:
            # In a list of one the item may be written without the list.
            path, key = path[:-1], key or isinstance(path[-1], str)
        value = self._values.get(path, NOWHERE)
        return self._keys.get(path, value) if key else value

    def add(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Keep a fault of what stands at a path, and take the path as damaged."""
        self.damage(path)
        self.report(self.place(path, key=key), message, hint)

    def damage(self, path: Path) -> None:
        """Take a path as damaged, when its fault is reported elsewhere."""
        # Kept both ways: whether something around a path is damaged, and whether something in it.
        self._damaged.add(path)
        self._holding_damage.update(path[:length] for length in range(len(path) + 1))

    def report(self, place: Place, message: str, hint: str = "") -> None:
        """Keep a fault at a place.

        Raises RuleSetError with all of them if there are too many to go on.
        """
        fault = Fault(place.file, place.line, place.column, message, hint, place.field)
        self._faults[fault] = None
        if len(self._faults) >= MAX_FAULTS:
            self.raise_faults()

    def refuse(self, place: Place, message: str, hint: str = "") -> NoReturn:
        """Keep a fault after which a file cannot be read further. Raises UnreadableError."""
        self.report(place, message, hint)
        raise UnreadableError

    def inside_damage(self, path: Path) -> bool:
        """Return whether a path, or something around it, is damaged."""
        return any(path[:length] in self._damaged for length in range(len(path) + 1))

    def holds_damage(self, path: Path) -> bool:
        """Return whether a path, or something in it, is damaged."""
        return path in self._holding_damage

    def is_intact(self, path: Path) -> bool:
        """Return whether nothing is damaged at a path, around it or in it."""
        return not self.holds_damage(path) and not self.inside_damage(path)

    def raise_faults(self) -> None:
        """Raise RuleSetError with every fault, if there is one."""
        if self._faults:
            faults = tuple(self._faults)
            if len(faults) >= MAX_FAULTS:
                message = f"holds {MAX_FAULTS} faults or more: the rest was not looked at"
                faults += (Fault(max(faults).file, 0, 0, message),)
            raise RuleSetError(faults)


# Of either only the events are read. Without libyaml PyYAML's own is slower, and the same but for
# two things, so that a file loads or not wherever it is read. First, in braces only libyaml takes a
# `?` for part of a text, as YAML has it: `{en: Who?, nl: Wie?}`. So neither gets to see one: a sign
# stands in for it that no file may hold.
FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_QUESTION = "\u2066"

_ESCAPED = re.compile(r"\\[uU](0000)?2066")
"""That sign as a text in double quotes could write it: there it has to be found, and refused."""

# Second, tabs outside quotes, `>#`, and a colon right before a bracket, as in `{a:}`.
_READ_APART = re.compile(r"\t|[|>][-+0-9]*#|:[,\[\]{}]")
"""What one of the two refuses: with any of this a file is for PyYAML's own, everywhere."""


class ScalarNode(str):
    """A scalar, as text; `quoted` if it cannot be anything but text."""

    __slots__ = ("path", "quoted")
    path: Path
    quoted: bool

    def __new__(cls, text: str, path: Path = (), quoted: bool = False) -> Self:
        """Make a scalar."""
        leaf = super().__new__(cls, text)
        leaf.path = path
        leaf.quoted = quoted
        return leaf


class MappingNode(dict[str, Any]):
    """A mapping, in the order of the file."""

    def __init__(self, path: Path = ()) -> None:
        super().__init__()
        self.path = path


class SequenceNode(list[Any]):
    """A list."""

    def __init__(self, path: Path = ()) -> None:
        super().__init__()
        self.path = path


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode


_TOO_DEEP = f"lists and mappings stand more than {MAX_DEPTH} deep"

_IN_QUOTES = "put quotes around text that holds a comma, a colon, brackets or quotes"

# What the parser says, and the same in the author's words with what to try.
_WORDS = (
    # From 0.2.6 on libyaml stops by itself, at 1,000, and before it tells of the first.
    ("exceeded maximum nesting depth", _TOO_DEEP, ""),
    ("mapping values are not allowed", "a colon stands where none can be",
     "check the indentation, and put quotes around text that holds `: `"),
    ("cannot start any token", "this character cannot begin a word",
     "indent with spaces, and put quotes around text that begins with a special character"),
    ("flow sequence", "a list in square brackets is not closed or lacks a comma", _IN_QUOTES),
    ("flow mapping", "a mapping in braces is not closed or lacks a comma", _IN_QUOTES),
    ("quoted scalar", "a text in quotes is not closed or holds an unknown `\\` sequence", ""),
    ("simple key", "this line has no colon after its key", "write `key: value`"),
    ("block", "the indentation does not fit what is above",
     "give the entries of one list or mapping the same indentation"),
)  # fmt: skip


class TreeReader:
    """Reads files into one tree, under limits that they share."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._nodes = 0
        self._file = self._text = ""
        self._question = "?"
        self._events: Iterator[Any] = iter(())

    def read(self, file: str, text: str, root: MappingNode) -> None:
        """Read a file and add what it holds to a tree.

        What stands at the top level of several files is read as one; deeper,
        nothing may appear twice. Raises UnreadableError if the file cannot be
        read further.
        """
        self._file, self._text = file, text
        escaped = _ESCAPED.search(text)
        self._question = "?" if escaped else _QUESTION
        parser = yaml.SafeLoader if escaped or _READ_APART.search(text) else FASTEST
        self._events = yaml.parse(text.replace("?", self._question), parser)
        try:
            self._read_document(root)
        except yaml.YAMLError as error:
            self._refuse_syntax(error)

    def _read_document(self, root: MappingNode) -> None:
        # A file comes as StreamStart, DocumentStart, the events of its one node, DocumentEnd,
        # StreamEnd; an empty one lacks the document.
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return
        event = next(self._events)
        if not isinstance(event, yaml.MappingStartEvent):
            self._refuse(event, "the file does not begin with a section", "write `facts:` or so")
        self._check_plain(event)
        self._read_entries(root, 1, elsewhere=frozenset(root))
        next(self._events)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "a second document begins here", "give each its own file")

    def _read_node(self, event: Any, path: Path, key: Place | None, depth: int) -> Node:
        self._check_plain(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, f"the rule set holds more than {MAX_NODES} words and lists")
        self._collector.mark(path, self._place(event), key)
        if isinstance(event, yaml.ScalarEvent):
            return self._read_scalar(event, path)
        if depth >= MAX_DEPTH:
            self._refuse(event, _TOO_DEEP)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._read_items(path, depth + 1)
        branch = MappingNode(path)
        self._read_entries(branch, depth + 1)
        return branch

    def _read_scalar(self, event: Any, path: Path) -> ScalarNode:
        text = event.value.replace(self._question, "?")
        if len(text) > MAX_SCALAR:
            self._refuse(event, f"this text is longer than {MAX_SCALAR} characters")
        # A backslash sequence can write what the file itself may not hold.
        if first_bad_character(text) is not None:
            self._refuse(event, "this text holds a control character")
        return ScalarNode(text, path, quoted=bool(event.style))

    def _read_items(self, path: Path, depth: int) -> SequenceNode:
        items = SequenceNode(path)
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._read_node(event, (*path, len(items)), None, depth))
        return items

    # `facts: {age: {type: integer}}` comes as MappingStart, Scalar(facts), MappingStart,
    # Scalar(age), MappingStart, Scalar(type), Scalar(integer), and three times MappingEnd: the
    # event of a key, then those of its value. No tag, anchor or merge key is ever acted upon.
    def _read_entries(
        self, branch: MappingNode, depth: int, elsewhere: frozenset[str] = frozenset()
    ) -> None:
        """Read entries into a mapping; `elsewhere` are those that another file has begun."""
        last: Node = ScalarNode("")  # the value before this one
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._read_key(event)
            place = self._place(event)
            path = (*branch.path, key)
            known = branch.get(key)
            end, event = event.end_mark.index, next(self._events)
            if self._is_cut_off(last, end, event):
                message = f"{quote(key)} has no value"
                hint = "put quotes around a text with a comma"
                if key.isdecimal() and _BEFORE_COMMA.fullmatch(str(last)):
                    self._collector.damage(last.path)  # half a number says nothing more
                    message = f"{quote(f'{last},{key}')} is parted at its comma"
                    hint = "write a number with a point before its decimals alone, as 1345.45"
                self._collector.report(place, message, hint)
            elif known is None:
                last = branch[key] = self._read_node(event, path, place, depth)
            elif (
                key in elsewhere
                and isinstance(known, MappingNode)
                and isinstance(event, yaml.MappingStartEvent)
            ):
                self._check_plain(event)
                elsewhere -= {key}
                self._read_entries(known, depth + 1)
            else:
                self._report_twice(key, place, path)
                # Read on for the faults in it, at a path that nothing else has.
                self._read_node(event, (*path, "second", place.line, place.column), place, depth)

    def _read_key(self, event: Any) -> str:
        self._check_plain(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be a single word")
        if event.value == "<<":
            self._refuse(event, "merge keys (`<<`) are not read", "write the entries out")
        return str(self._read_scalar(event, ()))

    def _is_cut_off(self, text: Node, end: int, value: Any) -> bool:
        """Return whether a key that ends there is the rest of a text: `{en: Well, perhaps}`."""
        between = self._text[end : value.start_mark.index]
        is_empty = isinstance(value, yaml.ScalarEvent) and not (value.value or value.style)
        is_plain = isinstance(text, ScalarNode) and text != "" and not text.quoted
        return is_empty and is_plain and ":" not in between

    def _report_twice(self, key: str, place: Place, path: Path) -> None:
        first = self._collector.place(path, key=True)
        where = f"line {first.line}" if first.file == place.file else str(first)
        self._collector.report(place, f"{quote(key)} appears twice", f"the first is at {where}")

    def _check_plain(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            hint = "write it out, or put quotes around it"
            self._refuse(event, "aliases (`*`) are not read", hint)
        for name, mark in ((event.anchor, "anchors (`&`)"), (event.tag, "tags (`!`)")):
            if name is not None:
                self._refuse(event, f"{mark} are not read", "put quotes around text that begins so")

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Any, message: str, hint: str = "") -> NoReturn:
        self._collector.refuse(self._place(event), message, hint)

    def _refuse_syntax(self, error: yaml.YAMLError) -> NoReturn:
        said = str(getattr(error, "problem", error)).replace(self._question, "?")
        problem = f"{getattr(error, 'context', '')} {said}"
        message, hint = next(
            ((message, hint) for words, message, hint in _WORDS if words in problem),
            (f"is no valid YAML: {said}", ""),
        )
        # What is left open is reported where it begins, and not where the file ends.
        begins = "quoted scalar" in problem
        mark = getattr(error, "context_mark" if begins else "problem_mark", None)
        place = Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file)
        self._collector.refuse(place, message, hint)
