"""Between typed data and JSON, led by the type hints: written, read strictly, described.

One definition, the dataclass, gives the JSON form, the check of what comes in, and the
JSON Schema. A mapping keeps its keys; one whose keys are not text becomes pairs. Where a
type can be one of several dataclasses, `is` names which.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from routeengine.errors import RecordError
from routeengine.lazy import cached_property
from routeengine.record.scalars import (
    JSON,
    Bits,
    Choice,
    Day,
    Form,
    Scalar,
    Schema,
    kind_of,
    shown,
    take,
)
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.words import Place


class Many:
    """A tuple of any length."""

    kinds = frozenset({"array"})

    def __init__(self, item: Form) -> None:
        self.item = item

    def write(self, value: Any) -> JSON:
        """Give a list."""
        return [self.item.write(one) for one in value]

    def read(self, data: JSON, path: str) -> Any:
        """Give the tuple back."""
        items = take(self, data, path)
        return tuple(self.item.read(one, f"{path}[{n}]") for n, one in enumerate(items))

    def schema(self, definitions: Schema) -> Schema:
        """Describe the items."""
        return {"type": "array", "items": self.item.schema(definitions)}


class Named:
    """A mapping with text as its keys."""

    kinds = frozenset({"object"})

    def __init__(self, item: Form) -> None:
        self.item = item

    def write(self, value: Any) -> JSON:
        """Give an object."""
        return {key: self.item.write(one) for key, one in value.items()}

    def read(self, data: JSON, path: str) -> Any:
        """Give the mapping back."""
        entries = take(self, data, path).items()
        return {key: self.item.read(one, shown(path, key)) for key, one in entries}

    def schema(self, definitions: Schema) -> Schema:
        """Describe the values."""
        return {"type": "object", "additionalProperties": self.item.schema(definitions)}


class Pairs:
    """A mapping with other keys than text: pairs of key and value."""

    kinds = frozenset({"array"})

    def __init__(self, key: Form, item: Form) -> None:
        self.key = key
        self.item = item

    def write(self, value: Any) -> JSON:
        """Give a list of pairs."""
        return [[self.key.write(key), self.item.write(one)] for key, one in value.items()]

    def read(self, data: JSON, path: str) -> Any:
        """Give the mapping back; no key stands twice."""
        pairs = {}
        for number, pair in enumerate(take(self, data, path)):
            place = f"{path}[{number}]"
            if kind_of(pair) != "array" or len(pair) != 2:
                raise RecordError("must be a pair", place)
            pairs[self.key.read(pair[0], place)] = self.item.read(pair[1], place)
        if len(pairs) != len(data):
            raise RecordError("has a key that stands twice", path)
        return pairs

    def schema(self, definitions: Schema) -> Schema:
        """Describe a pair."""
        pair = [self.key.schema(definitions), self.item.schema(definitions)]
        return {
            "type": "array",
            "items": {"type": "array", "prefixItems": pair, "minItems": 2, "maxItems": 2},
        }


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
        """Give an object with every field."""
        written = {
            name: form.write(getattr(value, name)) for name, (_, form) in self.fields.items()
        }
        return self.tag | written

    def read(self, data: JSON, path: str) -> Any:
        """Give the dataclass back; a field that later versions added may be left out."""
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

    def schema(self, definitions: Schema) -> Schema:
        """Describe the fields, once per class."""
        name = self.cls.__name__
        if name not in definitions:
            definitions[name] = {}
            described = {key: form.schema(definitions) for key, (_, form) in self.fields.items()}
            needed = [key for key, (field, _) in self.fields.items() if required(field)]
            definitions[name] = {
                "type": "object",
                "properties": {key: {"const": tag} for key, tag in self.tag.items()} | described,
                "required": [*self.tag, *needed],
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}


def required(field: Field[Any]) -> bool:
    """Say whether a field has to be given."""
    return field.default is MISSING and field.default_factory is MISSING


class Either:
    """One of several types: told apart by JSON type, dataclasses by `is`."""

    def __init__(self, forms: list[Form], tagged: Mapping[str, Struct]) -> None:
        self.forms = forms
        self.tagged = tagged
        self.kinds = frozenset(kind for form in [*forms, *tagged.values()] for kind in form.kinds)

    def write(self, value: Any) -> JSON:
        """Give the JSON form of whichever it is."""
        if is_dataclass(value) and self.tagged:
            return self.tagged[type(value).__name__].write(value)
        return self._taking(_kind_written(value)).write(value)

    def read(self, data: JSON, path: str) -> Any:
        """Give the value back, whichever it is."""
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

    def schema(self, definitions: Schema) -> Schema:
        """List the alternatives."""
        every = [*self.forms, *self.tagged.values()]
        return {"anyOf": [form.schema(definitions) for form in every]}


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
    """Give the form of a type, as type hints write it. Raises TypeError where there is none."""
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
