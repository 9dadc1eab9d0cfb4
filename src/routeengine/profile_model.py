"""A pydantic model of a client's profile, made from the facts of a rule set.

For typing in other services, and for JSON Schema. `Engine.classify` takes an
instance as it takes a mapping.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias, cast

from pydantic import (
    AfterValidator,
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
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import InitErrorDetails, PydanticCustomError

from routeengine.client_id import MAX_LENGTH, parse_client_id
from routeengine.codec import partial_forms
from routeengine.errors import ProfileError, ProfileFault
from routeengine.i18n import LANGUAGES, catalogue, text_language_for
from routeengine.profile import (
    CLIENT_ID,
    MAX_HINTS,
    Between,
    Conflicting,
    Declined,
    OneOf,
    decode_knowledge,
    encode_knowledge,
    read_knowledge,
    unknown_key,
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

_KIND: Final = "fact"
"""What pydantic calls the type of our errors."""

_Schema: TypeAlias = dict[str, Any]


class ClientProfile(BaseModel):
    """What every profile model is built on: frozen, strict, and without further fields.

    pydantic's errors have one entry per field, with what is allowed there. They leave out what was
    given, as text, as data and as JSON.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        # A fact may have any name that the rule language allows.
        protected_namespaces=(),
    )

    _rules: ClassVar[RuleSet]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return the client's id alone: the facts are health data, and repr ends up in logs."""
        yield "client_id", getattr(self, CLIENT_ID, None)

    @model_validator(mode="wrap")
    @classmethod
    def _without_values(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            faults = _faults(cls._rules, error)
        # Raised out here, so that no trace of the other error goes along: it holds the values.
        raise _error(cls, faults)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Make an instance from a JSON object; text that is not JSON is not repeated either."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            faults = _faults(cls._rules, error)
        raise _error(cls, faults)


def profile_model(ruleset: RuleSet, lang: str | None = None) -> type[ClientProfile]:
    """Make the profile model of a rule set: a field per fact, and `client_id`.

    Every fact is optional; None is unknown. Partial knowledge is given as the classes of
    `routeengine.profile` or in their JSON form, such as `{"one_of": [...]}`.

    An instance raises pydantic's ValidationError, one error per field and no value in any;
    `validate_profile` raises ProfileError. Labels and questions are in the first language of the
    rule set, if none is given; raises LanguageError for one that it lacks.
    """
    return _build(ruleset, text_language_for(ruleset.languages, lang))


def profile_json_schema(ruleset: RuleSet, lang: str | None = None) -> _Schema:
    """Return the JSON Schema (2020-12) of a profile, with labels and questions in one language.

    That is the first of the rule set's, if it is not given. Raises LanguageError for a language
    that the rule set lacks.
    """
    lang = text_language_for(ruleset.languages, lang)
    schema = _build(ruleset, lang).model_json_schema()
    schema |= {"title": ruleset.title[lang], "description": ruleset.purpose[lang]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def validate_profile(model: type[ClientProfile], profile: Mapping[str, object]) -> ClientProfile:
    """Make an instance of a profile model.

    Raises ProfileError with every fault: field and what is allowed, never the value.
    """
    return _validate(model.model_validate, profile)


def validate_profile_json(model: type[ClientProfile], text: str | bytes) -> ClientProfile:
    """Make an instance of a profile model from a JSON object; raises as `validate_profile`."""
    return _validate(model.model_validate_json, text)


def _validate(validate: Callable[[Any], ClientProfile], profile: object) -> ClientProfile:
    try:
        return validate(profile)
    except ValidationError as error:
        faults = [ProfileFault(str(one["loc"][0]), one["msg"]) for one in error.errors()]
    raise ProfileError(tuple(faults))


def _build(ruleset: RuleSet, lang: str) -> type[ClientProfile]:
    words = catalogue(lang if lang in LANGUAGES else "en").client_id
    about = Field(None, title=words.title, description=words.description)
    text = Annotated[StrictStr, AfterValidator(_client_id), Field(max_length=MAX_LENGTH)]
    fields: dict[str, Any] = {CLIENT_ID: (cast("Any", text) | None, about)}
    for fact in ruleset.facts:
        value, schema = _value(fact.domain)
        fields[fact.id] = (value | _partial(fact, schema) | None, _field(fact, lang))

    class Ruled(ClientProfile):
        _rules: ClassVar[RuleSet] = ruleset

    with warnings.catch_warnings():
        # A fact called `copy` hides a method of pydantic's, which nothing here calls.
        warnings.simplefilter("ignore", UserWarning)
        return create_model("Profile", __base__=Ruled, **fields)


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
            raise PydanticCustomError(_KIND, "must be {allowed}", {"allowed": allowed})
        return knowledge

    allowed = fact.domain.describe()
    forms = partial_forms(value, value if fact.kind == "integer" else None)
    return Annotated[
        Any,
        PlainValidator(read),
        PlainSerializer(encode_knowledge),
        WithJsonSchema({"anyOf": forms}),
    ]


def _faults(ruleset: RuleSet, error: ValidationError) -> tuple[ProfileFault, ...]:
    """Return one fault per field, in the words of `read_profile`."""
    faults: dict[str, ProfileFault] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(one["loc"][0]) if one["loc"] else "(profile)"
        if one["type"] == _KIND and name not in ruleset.fact:
            fault = ProfileFault(name, one["msg"])
        elif name in ruleset.fact:
            fault = ProfileFault(name, f"must be {ruleset.fact[name].domain.describe()}")
        elif name == CLIENT_ID:
            fault = ProfileFault(name, "must be text")
        elif one["loc"]:
            hinted = len(faults) < MAX_HINTS
            fault = unknown_key(ruleset, name, "(key)", hinted=hinted)
        else:
            fault = ProfileFault(name, "must be a mapping, or a JSON object")
        faults.setdefault(name, fault)
    return tuple(faults.values())


def _error(cls: type[BaseModel], faults: Iterable[ProfileFault]) -> ValidationError:
    """Return pydantic's error for some faults, without what was given."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError(_KIND, "{reason}", {"reason": fault.message}),
            loc=(fault.field,),
            input=None,
        )
        for fault in faults
    ]
    return ValidationError.from_exception_data(cls.__name__, details, hide_input=True)


def _client_id(given: str) -> str:
    client_id, problem = parse_client_id(given)
    if client_id is None:
        raise PydanticCustomError(_KIND, "{reason}", {"reason": problem})
    return client_id
