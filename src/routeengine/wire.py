"""Data for any wire: plain JSON out, and just the same back.

Every `Wire` class has `to_dict` and `from_dict`. Each is a type to pydantic too, so it can be the
response of a web service, and its JSON Schema is made for it; pydantic is imported only if it asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from pathlib import Path
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from routeengine.codec import form_of, hints_of, view_of
from routeengine.errors import RecordError, RouteEngineError, WireError

if TYPE_CHECKING:
    from typing import LiteralString, Self

    from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, ValidationError

__all__ = ["Wire", "json_schema"]


class Wire:
    """A class with a JSON form.

    Examples:
        >>> from routeengine import Engine, Result, load_ruleset
        >>> result = Engine(load_ruleset("rijswijk-2023")).classify({"client_id": "c1"})
        >>> data = result.to_dict()
        >>> data["client_id"], Result.from_dict(data) == result
        ('c1', True)
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return this as plain JSON: `from_dict` makes an equal one of it."""
        written: dict[str, Any] = form_of(cast("Any", type(self))).write(self)
        return written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the object that `to_dict` wrote.

        Raises WireError for anything else: where and what is wrong, and no value.
        """
        return cast("Self", read(cls, data))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_dict),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        model: Any = _model_of
        return handler(model(cls).__pydantic_core_schema__)

    @classmethod
    def _validated(cls, data: object) -> Self:
        if isinstance(data, cls):
            return data
        try:
            return cls.from_dict(cast("Mapping[str, Any]", data))
        except WireError as error:
            message, place = error.message, tuple(error.path.split(".") if error.path else ())
        except RouteEngineError as error:
            message, place = str(error), ()
        raise validation_error(cls, "wire", [(place, message)])


def read(cls: type, data: object) -> Any:
    """Return an object of a class from its JSON form. Raises WireError for anything else."""
    try:
        return form_of(cls).read(data, "")
    except RecordError as error:
        where, message = error.path, error.message
    raise WireError(message, where)


def validation_error(
    cls: type, kind: LiteralString, faults: Iterable[tuple[tuple[str, ...], str]]
) -> ValidationError:
    """Return pydantic's error of a kind for some faults: where each is, and its message."""
    from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

    # Without the input: it can hold a client's facts, and errors end up in logs and answers.
    details = [
        InitErrorDetails(
            type=PydanticCustomError(kind, "{message}", {"message": message}), loc=at, input=None
        )
        for at, message in faults
    ]
    return ValidationError.from_exception_data(cls.__name__, details, hide_input=True)


def json_schema(cls: type[Wire]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `to_dict` of a class gives.

    Needs pydantic. The schemas of the library's own classes are published in `schemas/`.
    """
    from pydantic import TypeAdapter

    schema = TypeAdapter(cls).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def published_schema(name: str) -> dict[str, Any]:
    """Return a published JSON Schema, with each definition where it is referred to.

    So it can stand in the schema of somebody's service, where its references would lead nowhere.
    """
    package = Path(__file__).resolve().parent
    inside = package / "schemas"  # in the wheel; in a copy of the repository they are at the top
    folder = inside if inside.is_dir() else package.parents[1] / "schemas"
    schema = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
    del schema["$schema"]
    named = schema.pop("$defs")

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        found = named[part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
        rest = {key: one for key, one in part.items() if key != "$ref"}
        return {key: whole(one) for key, one in {**found, **rest}.items()}

    in_place: dict[str, Any] = whole(schema)
    return in_place


@cache
def _model_of(cls: Any) -> type[BaseModel]:
    """Return a pydantic model of the same form, of which pydantic makes the schema."""
    from pydantic import ConfigDict, create_model

    hints = hints_of(view_of(cls))
    fields: dict[str, Any] = {name: (_schema_type(hint), ...) for name, hint in hints.items()}
    config = ConfigDict(extra="forbid", protected_namespaces=())
    model = create_model(cls.__name__, __config__=config, **fields)
    model.__doc__ = (cls.__doc__ or "").partition("\n\n")[0]
    return cast("type[BaseModel]", model)


def _schema_type(hint: Any) -> Any:
    """Return a type that pydantic knows, with the JSON form of another one."""
    from pydantic import WithJsonSchema

    origin, inner = get_origin(hint), get_args(hint)
    form = form_of(hint)
    if form.schema is not None:
        return Annotated[Any, WithJsonSchema(dict(form.schema))]
    if origin is Literal or not (inner or hasattr(hint, "__dataclass_fields__")):
        return hint
    if origin is tuple:
        return GenericAlias(list, (_schema_type(inner[0]),))
    if origin in (UnionType, Union):
        return reduce(or_, map(_schema_type, inner))
    if origin is not None:
        return GenericAlias(dict, (str, _schema_type(inner[1])))
    return _model_of(hint)
