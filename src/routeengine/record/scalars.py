"""The JSON forms of single values: text, numbers, choices, days, moments, sets of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol

from routeengine.errors import RecordError
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, spans

JSON = Any
Schema = dict[str, Any]

PLAIN_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class Form(Protocol):
    """How values of one type look as JSON. `kinds` are the JSON types it takes."""

    kinds: frozenset[str]

    def write(self, value: Any) -> JSON:
        """Give the JSON form of a value of this type."""
        ...

    def read(self, data: JSON, path: str) -> Any:
        """Give the value back. Raises RecordError, with the path, where the form is not right."""
        ...

    def schema(self, definitions: Schema) -> Schema:
        """Describe the form as JSON Schema; what is shared goes into `definitions`."""
        ...


def shown(path: str, key: str) -> str:
    """Extend a path by a key, unless that key could be anything but a name."""
    name = key if PLAIN_NAME.fullmatch(key) else "(key)"
    return f"{path}.{name}" if path else name


def kind_of(data: JSON) -> str:
    """Name the JSON type of a value; true is no number."""
    if data is None:
        return "null"
    names = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return names[type(data)]


def take(form: Form, data: JSON, path: str) -> JSON:
    """Give the data where it has a JSON type that the form takes."""
    if kind_of(data) not in form.kinds:
        raise RecordError(f"must be {' or '.join(sorted(form.kinds))}", path)
    return data


class Scalar:
    """Text, a whole number, true or false, or null: the same in JSON."""

    def __init__(self, kind: str) -> None:
        self.kinds = frozenset({kind})

    def write(self, value: Any) -> JSON:
        """Give the value itself."""
        return value

    def read(self, data: JSON, path: str) -> Any:
        """Give the value itself, of just this type."""
        return take(self, data, path)

    def schema(self, definitions: Schema) -> Schema:  # one form for all
        """Name the type."""
        return {"type": next(iter(self.kinds))}


class Choice(Scalar):
    """One of a few texts."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__("string")
        self.choices = choices

    def read(self, data: JSON, path: str) -> Any:
        """Give the text, which has to be one of the choices."""
        if take(self, data, path) not in self.choices:
            raise RecordError("must be one of " + ", ".join(f"`{c}`" for c in self.choices), path)
        return data

    def schema(self, definitions: Schema) -> Schema:
        """List the choices."""
        return {"enum": list(self.choices)}


class Day(Scalar):
    """A date, as YYYY-MM-DD."""

    def __init__(self) -> None:
        super().__init__("string")

    def write(self, value: date) -> JSON:
        """Give the date in ISO 8601."""
        return value.isoformat()

    def read(self, data: JSON, path: str) -> date:
        """Give the date back; no other spelling of it is taken."""
        day: date = _in_iso(date.fromisoformat, take(self, data, path), path, "a date")
        return day

    def schema(self, definitions: Schema) -> Schema:
        """Name the format."""
        return {"type": "string", "format": "date"}


class Instant(Scalar):
    """A moment, with its distance from UTC."""

    def __init__(self) -> None:
        super().__init__("string")

    def write(self, value: datetime) -> JSON:
        """Give the moment in ISO 8601."""
        return value.isoformat()

    def read(self, data: JSON, path: str) -> datetime:
        """Give the moment back; no other spelling of it is taken."""
        moment: datetime = _in_iso(datetime.fromisoformat, take(self, data, path), path, "a moment")
        if moment.tzinfo is None:
            raise RecordError("must say its distance from UTC", path)
        return moment

    def schema(self, definitions: Schema) -> Schema:
        """Name the format."""
        return {"type": "string", "format": "date-time"}


class Bits:
    """A set of numbers, kept as bits, written as runs: [first, last], both included."""

    kinds = frozenset({"array"})

    def write(self, value: int) -> JSON:
        """Give the runs."""
        return [list(run) for run in spans(value)]

    def read(self, data: JSON, path: str) -> int:
        """Give the bits; the runs have to be apart and in order."""
        bits, least = 0, 0
        for run in take(self, data, path):
            if kind_of(run) != "array" or [kind_of(end) for end in run] != ["integer"] * 2:
                raise RecordError("must be pairs of whole numbers", path)
            first, last = run
            if not least <= first <= last < MAX_DOMAIN_SIZE:
                raise RecordError("must be runs of numbers in order, and apart", path)
            bits |= ((1 << (last - first + 1)) - 1) << first
            least = last + 2
        return bits

    def schema(self, definitions: Schema) -> Schema:
        """Describe the pairs."""
        end = {"type": "integer", "minimum": 0, "maximum": MAX_DOMAIN_SIZE - 1}
        return {
            "type": "array",
            "items": {"type": "array", "items": end, "minItems": 2, "maxItems": 2},
        }


def _in_iso(parse: Callable[[str], Any], text: str, path: str, what: str) -> Any:
    try:
        value = parse(text)
    except ValueError:
        value = None
    if value is None or value.isoformat() != text:
        raise RecordError(f"must be {what} in ISO 8601", path)
    return value
