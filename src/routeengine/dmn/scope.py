"""What a name in a decision model stands for: an input, or the answer of another decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from routeengine.dmn.feel import COMPUTED, FeelError, Kind
from routeengine.dmn.model import Cell, ItemType, Model, Table
from routeengine.dmn.reading import is_name

KINDS: Final[Mapping[str, Kind]] = {
    "string": "string", "boolean": "boolean", "number": "number", "date": "date",
    "integer": "number", "double": "number", "long": "number",
}  # fmt: skip
"""The types of FEEL that are read, and what modellers write for `number`."""

OPEN: Final = ("", "Any", "any")
"""Types that say nothing; what stands in the cells tells the kind."""


WORKING: Final = frozenset(
    ("-", "true", "false", "null", "if", "then", "else", "and", "or", "in", "between", "for",
     "some", "every", "return", "satisfies")
)  # fmt: skip
"""Words and a sign by which FEEL works something out; a name that is declared may have them."""

WHOLE: Final = ("integer", "long")
"""Types of numbers without decimals."""

ONE_FILE: Final = "put what it needs into this file"


class Named(NamedTuple):
    """What a column asks: an input by its whole name, or a column of another decision."""

    name: str
    decision: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the model says of a value: its kind, and the values it can have; None if it does not."""

    kind: Kind | None = None
    values: Cell | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of a model, and the types of what they name."""

    model: Model

    def named(self, table: Table, text: str) -> Named:
        """Return what a column of a table asks. Raises FeelError for what is no name."""
        name = _put(table.given, " ".join(text.split()))
        heads = [name, *_heads(name)]
        for head in heads:
            rest = name[len(head) + 1 :]
            if head in self.model.inputs:
                return Named(name)
            if head in self.model.decision:
                return Named(name, head, rest)
        if not is_name(name) or not WORKING.isdisjoint(name.split()):
            raise FeelError(f"`{name}` is computed", COMPUTED)
        for head in heads:
            if head in self.model.imports:
                raise FeelError(f"`{name}` stands in another model", ONE_FILE)
        return Named(name)

    def declared(self, named: Named) -> Declared:
        """Return what the model says of an input, or of what a decision gives. Raises FeelError."""
        head = named.decision or next(
            (one for one in [named.name, *_heads(named.name)] if one in self.model.inputs), ""
        )
        if not head:
            return Declared()
        decided = self.model.decision.get(head)
        type_name = self.model.inputs.get(head, "") if decided is None else decided.type
        return self.of_type(type_name, named.name[len(head) + 1 :])

    def of_type(self, name: str, path: str = "") -> Declared:
        """Return what a type says, or a part of it. Raises FeelError for a type of many values."""
        item = self.model.types.get(name)
        if path:
            item = None if item is None else _part(item, path)
            if item is None:
                return Declared()  # the parts are not said
            return self._of_item(item, ())
        if item is not None:
            return self._of_item(item, (name,))
        return self._plain(name)

    def _of_item(self, item: ItemType, seen: tuple[str, ...]) -> Declared:
        if item.is_list:
            raise FeelError("is a list", "ask for each thing that matters by itself")
        if item.parts:
            raise FeelError("has parts", "ask for the part that matters, as `Name.Part`")
        base = self.model.types.get(item.base)
        if base is None or item.base in seen:
            plain = self._plain(item.base)
            places = plain.places if item.places is None else item.places
            return replace(plain, values=item.values, places=places)
        under = self._of_item(base, (*seen, item.base))
        places = under.places if item.places is None else item.places
        return replace(under, values=item.values or under.values, places=places)

    def _plain(self, name: str) -> Declared:
        """Return what a type of FEEL says; some say nothing."""
        if name in OPEN:
            return Declared()
        if any(head in self.model.imports for head in _heads(name)):
            raise FeelError(f"has the type `{name}` of another model", ONE_FILE)
        if name not in KINDS:
            hint = "read are number, string, boolean and date, and types made of them"
            raise FeelError(f"has the type `{name}`, which is not read", hint)
        return Declared(KINDS[name], places=0 if name in WHOLE else None)


def _part(item: ItemType, path: str) -> ItemType | None:
    """Return the type of a part, along a path with dots; a name may hold a dot itself."""
    if path in item.parts:
        return item.parts[path]
    for head in _heads(path):
        if head in item.parts:
            return _part(item.parts[head], path[len(head) + 1 :])
    return None


def _heads(name: str) -> list[str]:
    """Return what stands before each dot, the longest first: of `a.b.c` it is `a.b`, then `a`."""
    return [name[:at] for at in range(len(name) - 1, 0, -1) if name[at] == "."]


def _put(given: Mapping[str, str], name: str) -> str:
    """Return a name with what stands for the parameter that it begins with."""
    for head in [name, *_heads(name)]:
        if head in given:
            return given[head] + name[len(head) :]
    return name
