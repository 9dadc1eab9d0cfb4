"""Between typed data and JSON, led by the type hints: written, and read strictly.

One definition, the dataclass, gives the JSON form and the check of what comes in. A mapping keeps
its keys; one whose keys are not text becomes pairs. If a type can be one of several dataclasses,
`is` names which.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Literal, get_args, get_origin

from routeengine.errors import RecordError, listed
from routeengine.profile import Knowledge, decode_knowledge, encode_knowledge
from routeengine.ruleset.domains import MAX_NUMBER
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.ruleset.words import Place, says_something
from routeengine.truth import Truth
from routeengine.value_set import ValueSet

JSON = Any

PLAIN_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


def extend(path: str, key: str) -> str:
    """Extend a path by a key, unless that key could be anything but a name."""
    name = key if PLAIN_NAME.fullmatch(key) else "(key)"
    return f"{path}.{name}" if path else name


def kind_of(data: JSON) -> str:
    """Name the JSON type of a value; true is no number, and nor is 2.5 an integer."""
    return _KINDS.get(type(data), "number" if isinstance(data, float) else "something else")


_KINDS = {
    types.NoneType: "null", bool: "boolean", int: "integer", str: "string", list: "array",
    dict: "object",
}  # fmt: skip


def _same(value: Any, _path: str = "") -> Any:
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How values of one type look as JSON.

    `kinds` are the JSON types it takes. `parse` gives the value back for data of one of these and
    its path, and raises RecordError if it is not right. `schema` is the JSON Schema of a form
    that no type hint tells.
    """

    kinds: Collection[str]
    parse: Callable[[JSON, str], Any] = _same
    write: Callable[[Any], JSON] = _same
    schema: Mapping[str, JSON] | None = None

    def read(self, data: JSON, path: str) -> Any:
        """Return the value back. Raises RecordError, with the path, if the form is not right."""
        if kind_of(data) not in self.kinds:
            raise RecordError(f"must be {' or '.join(sorted(self.kinds))}", path)
        return self.parse(data, path)


# Dates, and sets of numbers


def _parse_iso(what: str, parse: Callable[[str], Any], text: str, path: str) -> Any:
    """Return a date or a moment; no other spelling of it is taken than the one written."""
    try:
        value = parse(text)
    except ValueError:
        value = None
    if value is None or value.isoformat() != text:
        raise RecordError(f"must be {what} in ISO 8601", path)
    return value


def _parse_moment(text: str, path: str) -> datetime:
    moment: datetime = _parse_iso("a moment", datetime.fromisoformat, text, path)
    if moment.tzinfo is None:
        raise RecordError("must say its distance from UTC", path)
    return moment


def _parse_values(runs: list[JSON], path: str) -> ValueSet:
    # "Mild or serious" of three values is written [[1, 2]]. [[1, 1], [2, 2]] would be the same set:
    # runs that touch are refused, so that each set has one form, and one digest.
    least = 0
    for run in runs:
        if kind_of(run) != "array" or [kind_of(end) for end in run] != ["integer"] * 2:
            raise RecordError("must be pairs of whole numbers", path)
        first, last = run
        if not least <= first <= last <= 2 * MAX_NUMBER:
            raise RecordError("must be runs of numbers in order, and apart", path)
        least = last + 2
    return ValueSet.of_runs(map(tuple, runs))


VALUES = Form({"array"}, _parse_values, lambda values: [list(run) for run in values.runs])
"""A set of values, written as runs of their numbers: [first, last], both included."""

IF_SAID: Collection[tuple[type, str]] = {
    (Fact, "unit"),
    (Fact, "sensitivity"),
    (Fact, "topic"),
    (RuleSet, "topics"),
    (RuleSet, "scores"),
    (Decision, "ranking"),
    (Decision, "table"),
}
"""Fields that later versions added, written where they say something: else nothing is new.

A class above this module names its own in `if_said`.
"""


def _parse_knowledge(data: JSON, path: str) -> object:
    """Return the knowledge back; whether it fits the fact is seen by the rule set."""
    knowledge = decode_knowledge(data)
    if isinstance(knowledge, dict):
        raise RecordError("must be a value or a form of partial knowledge", path)
    return knowledge


def _choice(choices: Iterable[str], make: Callable[[str], Any] = str) -> Form:
    """Return the form of one of a few texts, of which `make` makes the value."""
    texts = list(choices)

    def parse(text: str, path: str) -> Any:
        if text not in texts:
            raise RecordError(f"must be one of {listed(texts)}", path)
        return make(text)

    return Form({"string"}, parse, str)


def schemas_of_forms(
    value: Mapping[str, object], end: Mapping[str, object] | None
) -> list[dict[str, Any]]:
    """Return the JSON Schema of each form of partial knowledge.

    `value` is the schema of a value, and `end` that of an end of a range, if there are ranges.
    """
    items, forms = value, dict[str, object]()
    if end is not None:
        ends = {"anyOf": [end, {"type": "null"}]}
        between = {"type": "array", "items": ends, "minItems": 2, "maxItems": 2}
        forms["between"] = between
        items = {"anyOf": [value, _schema_of_form("between", between)]}
    values = {"type": "array", "items": items, "minItems": 1}
    forms = {"one_of": values, "conflicting": values, "declined": {"const": True}, **forms}
    return [_schema_of_form(name, form) for name, form in forms.items()]


def _schema_of_form(name: str, form: object) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: form},
        "required": [name],
    }


_VALUES = ["boolean", "integer", "string"]

KNOWLEDGE = Form(
    {"null", "object", *_VALUES},
    _parse_knowledge,
    encode_knowledge,
    {
        "description": "A value, null for unknown, or a form of partial knowledge.",
        "anyOf": [
            {"type": [*_VALUES, "null"]},
            *schemas_of_forms({"type": _VALUES}, {"type": ["integer", "string"]}),
        ],
    },
)
"""What is known of a fact."""

SCALARS: Mapping[Any, Form] = {
    bool: Form({"boolean"}),
    int: Form({"integer"}),
    str: Form({"string"}),
    types.NoneType: Form({"null"}),
    dict[str, Any]: Form({"object"}, schema={"type": "object"}),
    date: Form({"string"}, partial(_parse_iso, "a date", date.fromisoformat), date.isoformat),
    ValueSet: VALUES,
    datetime: Form({"string"}, _parse_moment, datetime.isoformat),
    Knowledge: KNOWLEDGE,
    Truth: _choice(Truth, Truth),
}
"""The forms of types that are no combination of others."""


@cache
def form_of(hint: Any) -> Form:
    """Return the form of a type, as type hints write it. Raises TypeError if there is none."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if is_dataclass(hint) or hasattr(hint, "wire_view"):
        return _viewed(typing.cast(type, hint))
    if origin is Literal:
        return _choice(inner)
    if origin is tuple:
        return _many(form_of(inner[0]))
    if origin in (types.UnionType, typing.Union):
        return _either(inner)
    if origin is not None and issubclass(origin, Mapping):
        item = form_of(inner[1])
        return _named(item) if inner[0] is str else _pairs(form_of(inner[0]), item)
    raise TypeError(f"no form for {hint!r}")


def _many(item: Form) -> Form:
    """Return the form of a tuple of any length."""

    def parse(items: list[JSON], path: str) -> tuple[Any, ...]:
        return tuple(item.read(one, f"{path}[{n}]") for n, one in enumerate(items))

    return Form({"array"}, parse, lambda values: [item.write(one) for one in values])


def _named(item: Form) -> Form:
    """Return the form of a mapping with text as its keys."""
    return Form(
        {"object"},
        lambda data, path: {key: item.read(one, extend(path, key)) for key, one in data.items()},
        lambda values: {key: item.write(one) for key, one in values.items()},
    )


def _pairs(key: Form, item: Form) -> Form:
    """Return the form of a mapping with other keys than text: pairs of key and value."""

    def parse(data: list[JSON], path: str) -> dict[Any, Any]:
        pairs = {}
        for number, pair in enumerate(data):
            place = f"{path}[{number}]"
            if kind_of(pair) != "array" or len(pair) != 2:
                raise RecordError("must be a pair", place)
            pairs[key.read(pair[0], place)] = item.read(pair[1], place)
        if len(pairs) != len(data):
            raise RecordError("has a key that appears twice", path)
        return pairs

    def write(values: Mapping[Any, Any]) -> list[JSON]:
        return [[key.write(name), item.write(one)] for name, one in values.items()]

    return Form({"array"}, parse, write)


def view_of(cls: type) -> type:
    """Return the dataclass that has the JSON form of a class: itself, or the one that it names.

    A class that is written as another one has `wire_view`, and `to_view` and `from_view` to go
    there and back.
    """
    view: type = getattr(cls, "wire_view", cls)
    return view


def hints_of(cls: type) -> dict[str, Any]:
    """Return the types of the fields of a dataclass, but where in a file something stands."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return {one.name: hints[one.name] for one in fields(cls) if hints[one.name] is not Place}


def _viewed(cls: Any) -> Form:
    """Return the form of a dataclass that may be written as another one."""
    view = view_of(cls)
    form = _struct(view, {})
    if view is cls:
        return form
    return Form(
        {"object"},
        lambda data, path: cls.from_view(form.parse(data, path)),
        lambda value: form.write(value.to_view()),
    )


def _struct(cls: type, tag: Mapping[str, str]) -> Form:
    """Return the form of a dataclass: an object with its fields, and its tag if it has one."""

    # Worked out when it is first needed, for conditions are made of conditions.
    @cache
    def members() -> Mapping[str, tuple[Form, bool]]:
        """Return, per field, its form, and whether it has to be there."""
        hints = hints_of(cls)
        return {
            one.name: (
                form_of(hints[one.name]),
                one.default is MISSING and one.default_factory is MISSING,
            )
            for one in fields(cls)
            if one.name in hints
        }

    def parse(data: dict[str, JSON], path: str) -> Any:
        """Return the dataclass back; a field that later versions added may be left out."""
        values = {}
        for name, (form, needed) in members().items():
            if name in data:
                values[name] = form.read(data[name], extend(path, name))
            elif needed:
                raise RecordError("is missing", extend(path, name))
        for key in data:
            if key not in members() and key not in tag:
                raise RecordError("is not known here", extend(path, key))
        return cls(**values)

    unsaid = {*getattr(cls, "if_said", ()), *(name for of, name in IF_SAID if of is cls)}

    def write(value: Any) -> dict[str, JSON]:
        every = {name: (form, getattr(value, name)) for name, (form, _) in members().items()}
        written = {
            name: form.write(one)
            for name, (form, one) in every.items()
            if says_something(one) or name not in unsaid
        }
        return {**tag, **written}

    return Form({"object"}, parse, write)


def _either(inner: tuple[Any, ...]) -> Form:
    """Return the form of one of several types, told apart by JSON type, dataclasses by `is`."""
    classes = [typing.cast(type, one) for one in inner if is_dataclass(one)]
    others = [form_of(one) for one in inner if one not in classes]
    tagged = {one.__name__: _struct(one, {"is": one.__name__}) for one in classes}
    if len(classes) == 1:
        others.append(form_of(classes[0]))
        tagged = {}
    by_kind = {kind: form for form in others for kind in form.kinds}

    def parse(data: JSON, path: str) -> Any:
        if not tagged or type(data) is not dict:
            return by_kind[kind_of(data)].read(data, path)
        name = data.get("is")
        if type(name) is not str or name not in tagged:
            raise RecordError(f"must be one of {listed(tagged)}", extend(path, "is"))
        return tagged[name].read(data, path)

    def write(value: Any) -> JSON:
        if is_dataclass(value) and tagged:
            return tagged[type(value).__name__].write(value)
        return by_kind[_kind_written(value)].write(value)

    return Form({*by_kind, *(["object"] if tagged else [])}, parse, write)


def _kind_written(value: object) -> str:
    if is_dataclass(value) or isinstance(value, Mapping):
        return "object"
    return "string" if isinstance(value, date) else kind_of(value)
