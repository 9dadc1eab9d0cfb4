"""Between typed data and JSON, led by the type hints: written, and read strictly.

One definition, the dataclass, gives the JSON form and the check of what comes in. A mapping keeps
its keys; one whose keys are not text becomes pairs. If a type can be one of several dataclasses,
`is` names which.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin

from routeengine.errors import RecordError
from routeengine.lazy import cached_property
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, spans
from routeengine.ruleset.words import Place

JSON = Any

PLAIN_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class Form(Protocol):
    """How values of one type look as JSON. `kinds` are the JSON types it takes."""

    kinds: frozenset[str]

    def write(self, value: Any) -> JSON:
        """Return the JSON form of a value of this type."""
        ...

    def read(self, data: JSON, path: str) -> Any:
        """Return the value back. Raises RecordError, with the path, if the form is not right."""
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
    """Return the data if it has a JSON type that the form takes."""
    if kind_of(data) not in form.kinds:
        raise RecordError(f"must be {' or '.join(sorted(form.kinds))}", path)
    return data


class Scalar:
    """Text, a whole number, true or false, or null: the same in JSON."""

    def __init__(self, kind: str = "string") -> None:
        self.kinds = frozenset({kind})

    def write(self, value: Any) -> JSON:
        """Return the value itself."""
        return value

    def read(self, data: JSON, path: str) -> Any:
        """Return the value itself, of just this type."""
        return take(self, data, path)


class Choice(Scalar):
    """One of a few texts."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, data: JSON, path: str) -> Any:
        """Return the text, which has to be one of the choices."""
        if take(self, data, path) not in self.choices:
            raise RecordError("must be one of " + ", ".join(f"`{c}`" for c in self.choices), path)
        return data


class Day(Scalar):
    """A date, as YYYY-MM-DD."""

    def write(self, value: date) -> JSON:
        """Return the date in ISO 8601."""
        return value.isoformat()

    def read(self, data: JSON, path: str) -> date:
        """Return the date back; no other spelling of it is taken."""
        day: date = _in_iso(date.fromisoformat, take(self, data, path), path, "a date")
        return day


class Instant(Scalar):
    """A moment, with its distance from UTC."""

    def write(self, value: datetime) -> JSON:
        """Return the moment in ISO 8601."""
        return value.isoformat()

    def read(self, data: JSON, path: str) -> datetime:
        """Return the moment back; no other spelling of it is taken."""
        moment: datetime = _in_iso(datetime.fromisoformat, take(self, data, path), path, "a moment")
        if moment.tzinfo is None:
            raise RecordError("must say its distance from UTC", path)
        return moment


class Bits:
    """A set of numbers, kept as bits, written as runs: [first, last], both included."""

    kinds = frozenset({"array"})

    def write(self, value: int) -> JSON:
        """Return the runs."""
        return [list(run) for run in spans(value)]

    def read(self, data: JSON, path: str) -> int:
        """Return the bits; the runs have to be apart and in order."""
        # "Mild or serious" of three values is 0b110, and written [[1, 2]]. [[1, 1], [2, 2]] would
        # be the same set: runs that touch are refused, so that each set has one form, and one
        # digest.
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


def _in_iso(parse: Callable[[str], Any], text: str, path: str, what: str) -> Any:
    try:
        value = parse(text)
    except ValueError:
        value = None
    if value is None or value.isoformat() != text:
        raise RecordError(f"must be {what} in ISO 8601", path)
    return value


class Many:
    """A tuple of any length."""

    kinds = frozenset({"array"})

    def __init__(self, item: Form) -> None:
        self.item = item

    def write(self, value: Any) -> JSON:
        """Return a list."""
        return [self.item.write(one) for one in value]

    def read(self, data: JSON, path: str) -> Any:
        """Return the tuple back."""
        items = take(self, data, path)
        return tuple(self.item.read(one, f"{path}[{n}]") for n, one in enumerate(items))


class Named:
    """A mapping with text as its keys."""

    kinds = frozenset({"object"})

    def __init__(self, item: Form) -> None:
        self.item = item

    def write(self, value: Any) -> JSON:
        """Return an object."""
        return {key: self.item.write(one) for key, one in value.items()}

    def read(self, data: JSON, path: str) -> Any:
        """Return the mapping back."""
        entries = take(self, data, path).items()
        return {key: self.item.read(one, shown(path, key)) for key, one in entries}


class Pairs:
    """A mapping with other keys than text: pairs of key and value."""

    kinds = frozenset({"array"})

    def __init__(self, key: Form, item: Form) -> None:
        self.key = key
        self.item = item

    def write(self, value: Any) -> JSON:
        """Return a list of pairs."""
        return [[self.key.write(key), self.item.write(one)] for key, one in value.items()]

    def read(self, data: JSON, path: str) -> Any:
        """Return the mapping back; no key appears twice."""
        pairs = {}
        for number, pair in enumerate(take(self, data, path)):
            place = f"{path}[{number}]"
            if kind_of(pair) != "array" or len(pair) != 2:
                raise RecordError("must be a pair", place)
            pairs[self.key.read(pair[0], place)] = self.item.read(pair[1], place)
        if len(pairs) != len(data):
            raise RecordError("has a key that stands twice", path)
        return pairs


class Struct:
    """A dataclass: an object with its fields, and `is` where it could be another one."""

    kinds = frozenset({"object"})

    def __init__(self, cls: type, *, tagged: bool) -> None:
        self.cls = cls
        self.tag = {"is": cls.__name__} if tagged else {}

    @cached_property
    def fields(self) -> dict[str, tuple[Field[Any], Form]]:
        """The fields by name; where in a file something stands is no part of it."""
        hints = typing.get_type_hints(self.cls, include_extras=True)
        return {
            one.name: (one, SPECIAL.get((self.cls, one.name)) or form_of(hints[one.name]))
            for one in fields(self.cls)
            if hints[one.name] is not Place
        }

    def write(self, value: Any) -> JSON:
        """Return an object with every field."""
        written = {
            name: form.write(getattr(value, name)) for name, (_, form) in self.fields.items()
        }
        return self.tag | written

    def read(self, data: JSON, path: str) -> Any:
        """Return the dataclass back; a field that later versions added may be left out."""
        take(self, data, path)
        given = {}
        for name, (field, form) in self.fields.items():
            if name in data:
                given[name] = form.read(data[name], shown(path, name))
            elif required(field):
                raise RecordError("is missing", shown(path, name))
        for key in data:
            if key not in self.fields and key not in self.tag:
                raise RecordError("is not known here", shown(path, key))
        return self.cls(**given)


def required(field: Field[Any]) -> bool:
    """Return whether a field has to be given."""
    return field.default is MISSING and field.default_factory is MISSING


class Either:
    """One of several types: told apart by JSON type, dataclasses by `is`."""

    def __init__(self, forms: list[Form], tagged: Mapping[str, Struct]) -> None:
        self.forms = forms
        self.tagged = tagged
        self.kinds = frozenset(kind for form in [*forms, *tagged.values()] for kind in form.kinds)

    def write(self, value: Any) -> JSON:
        """Return the JSON form of whichever it is."""
        if is_dataclass(value) and self.tagged:
            return self.tagged[type(value).__name__].write(value)
        return self._taking(_kind_written(value)).write(value)

    def read(self, data: JSON, path: str) -> Any:
        """Return the value back, whichever it is."""
        take(self, data, path)
        if not self.tagged or type(data) is not dict:
            return self._taking(kind_of(data)).read(data, path)
        name = data.get("is")
        if type(name) is not str or name not in self.tagged:
            allowed = ", ".join(f"`{one}`" for one in self.tagged)
            raise RecordError(f"must be one of {allowed}", shown(path, "is"))
        return self.tagged[name].read(data, path)

    def _taking(self, kind: str) -> Form:
        return next(form for form in self.forms if kind in form.kinds)


def _kind_written(value: object) -> str:
    if is_dataclass(value):
        return "object"
    if isinstance(value, date):
        return "string"
    return "object" if isinstance(value, Mapping) else kind_of(value)


SPECIAL: Mapping[tuple[type, str], Form] = {(FactIs, "allowed"): Bits()}
"""Fields whose type says too little of them."""

SCALARS = {bool: "boolean", int: "integer", str: "string", types.NoneType: "null"}


@cache
def form_of(hint: Any) -> Form:
    """Return the form of a type, as type hints write it. Raises TypeError if there is none."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in SCALARS:
        return Scalar(SCALARS[hint])
    if hint is date:
        return Day()
    if is_dataclass(hint):
        return Struct(typing.cast(type, hint), tagged=False)
    if origin is Annotated:
        return typing.cast(Form, inner[1])
    if origin is Literal:
        return Choice(inner)
    if origin is tuple:
        return Many(form_of(inner[0]))
    if origin in (types.UnionType, typing.Union):
        return _either(inner)
    if origin is not None and issubclass(origin, Mapping):
        item = form_of(inner[1])
        return Named(item) if inner[0] is str else Pairs(form_of(inner[0]), item)
    raise TypeError(f"no form for {hint!r}")


def _either(inner: tuple[Any, ...]) -> Either:
    classes = [typing.cast(type, one) for one in inner if is_dataclass(one)]
    others = [form_of(one) for one in inner if not is_dataclass(one)]
    if len(classes) == 1:
        return Either([*others, form_of(classes[0])], {})
    return Either(others, {one.__name__: Struct(one, tagged=True) for one in classes})
