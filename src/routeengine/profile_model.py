"""A pydantic model of a client's profile, made from the facts of a rule set.

For typing in other services, and for JSON Schema. `Engine.classify` takes an
instance as it takes a mapping.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from routeengine.errors import ProfileError, ProfileFault
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.profile import (
    CLIENT_ID,
    Between,
    Conflicting,
    Declined,
    OneOf,
    decode_knowledge,
    encode_knowledge,
    looks_like_id,
    read_knowledge,
)
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, Domain
from routeengine.ruleset.model import Fact, RuleSet

__all__ = [
    "ClientProfile",
    "profile_json_schema",
    "profile_model",
    "validate_profile",
    "validate_profile_json",
]

_Schema: TypeAlias = dict[str, Any]


class ClientProfile(BaseModel):
    """What every profile model is built on: frozen, strict, and without further fields.

    The text of pydantic's errors leaves out what was given.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        # A fact may have any name that the rule language allows.
        protected_namespaces=(),
    )

    allowed_by_field: ClassVar[Mapping[str, str]] = {}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return the client's id alone: the facts are health data, and repr ends up in logs."""
        yield "client_id", getattr(self, CLIENT_ID, None)


def profile_model(ruleset: RuleSet) -> type[ClientProfile]:
    """Make the profile model of a rule set: a field per fact, and `client_id`.

    Every fact is optional; None is unknown. Partial knowledge is given as the classes of
    `routeengine.profile` or in their JSON form, such as `{"one_of": [...]}`.

    An instance raises pydantic's ValidationError, whose text leaves out what was given
    (its `errors()` holds it); `validate_profile` raises ProfileError, which does not.
    """
    return _build(ruleset, ruleset.languages[0])


def profile_json_schema(ruleset: RuleSet, lang: str | None = None) -> _Schema:
    """Return the JSON Schema (2020-12) of a profile, with labels and questions in one language.

    That is English if it is not given, or the first of the rule set if that speaks no English.

    Raises ValueError for a language that the rule set does not speak.
    """
    lang = ruleset.authors_language if lang is None else lang
    if lang not in ruleset.languages:
        raise ValueError(f"the rule set `{ruleset.id}` does not speak `{lang}`")
    schema = _build(ruleset, lang).model_json_schema()
    schema |= {"title": ruleset.title[lang], "description": ruleset.purpose[lang]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def validate_profile(model: type[ClientProfile], profile: Mapping[str, object]) -> ClientProfile:
    """Make an instance of a profile model.

    Raises ProfileError with every fault: field and what is allowed, never the value.
    """
    return _validate(model, model.model_validate, profile)


def validate_profile_json(model: type[ClientProfile], text: str | bytes) -> ClientProfile:
    """Make an instance of a profile model from a JSON object; raises as `validate_profile`."""
    return _validate(model, model.model_validate_json, text)


def _validate(
    model: type[ClientProfile], validate: Callable[[Any], ClientProfile], profile: object
) -> ClientProfile:
    try:
        return validate(profile)
    except ValidationError as error:
        places = [one["loc"] for one in error.errors(include_input=False, include_context=False)]
    # Raised out here, so that no trace of the other error goes along: it holds the values.
    # One fault per field, in the words of `read_profile`.
    raise ProfileError(tuple(dict.fromkeys(_fault(model, place) for place in places)))


def _build(ruleset: RuleSet, lang: str) -> type[ClientProfile]:
    words = catalogue(lang if lang in LANGUAGES else "en").client_id
    about = Field(None, title=words.title, description=words.description)
    fields: dict[str, Any] = {CLIENT_ID: (cast(Any, StrictStr) | None, about)}
    for fact in ruleset.facts:
        value, schema = _value(fact.domain)
        fields[fact.id] = (value | _partial(fact, schema) | None, _field(fact, lang))
    with warnings.catch_warnings():
        # A fact called `copy` hides a method of pydantic's, which nothing here calls.
        warnings.simplefilter("ignore", UserWarning)
        model = create_model("Profile", __base__=ClientProfile, **fields)
    allowed = {fact.id: f"must be {fact.domain.describe()}" for fact in ruleset.facts}
    model.allowed_by_field = {CLIENT_ID: "must be text", **allowed}
    return model


def _field(fact: Fact, lang: str) -> Any:
    texts = (fact.question.get(lang), fact.why_needed.get(lang))
    return Field(
        None,
        title=fact.label.get(lang, fact.id),
        description=" ".join(text for text in texts if text) or None,
        # The plain values come first, and are nearly always what is given.
        union_mode="left_to_right",
    )


def _value(domain: Domain) -> tuple[Any, _Schema]:
    """Return the type of the values of a domain, and their JSON Schema."""
    if isinstance(domain, BooleanDomain):
        return StrictBool, {"type": "boolean"}
    if isinstance(domain, CategoryDomain):
        return Literal[domain.values], {"enum": list(domain.values)}
    low, high = domain.minimum, domain.maximum
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Annotated[StrictInt, Field(ge=low, le=high)], schema


def _partial(fact: Fact, value: _Schema) -> Any:
    def read(partial: object) -> object:
        knowledge = decode_knowledge(partial)
        known = isinstance(knowledge, OneOf | Between | Declined | Conflicting)
        if not known or read_knowledge(fact, knowledge) is None:
            raise PydanticCustomError("fact", "must be {allowed}", {"allowed": allowed})
        return knowledge

    allowed = fact.domain.describe()
    return Annotated[
        Any,
        PlainValidator(read),
        PlainSerializer(encode_knowledge),
        WithJsonSchema(_partial_schema(fact, value)),
    ]


def _partial_schema(fact: Fact, value: _Schema) -> _Schema:
    values = {"type": "array", "items": value, "minItems": 1}
    forms: dict[str, _Schema] = {"one_of": values, "conflicting": values}
    forms["declined"] = {"const": True}
    if fact.kind == "integer":
        end = {"anyOf": [value, {"type": "null"}]}
        ends = {"type": "array", "prefixItems": [end, end], "minItems": 2, "items": False}
        forms["between"] = ends
    alone = {"type": "object", "additionalProperties": False}
    return {
        "anyOf": [
            {**alone, "properties": {form: schema}, "required": [form]}
            for form, schema in forms.items()
        ]
    }


def _fault(model: type[ClientProfile], place: tuple[int | str, ...]) -> ProfileFault:
    if not place:
        return ProfileFault("(profile)", "must be a mapping, or a JSON object")
    name = str(place[0])
    if name not in model.allowed_by_field:
        shown = name if looks_like_id(name) else "(key)"
        return ProfileFault(shown, "is no fact of the rule set")
    return ProfileFault(name, model.allowed_by_field[name])
