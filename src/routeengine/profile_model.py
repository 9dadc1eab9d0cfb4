"""A pydantic model of a client's profile, made from the facts of a rule set.

It is for type hints and JSON Schema in other services. `Engine.classify` takes an instance as it
takes a mapping.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StrictInt,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import from_json

from routeengine.client_id import MAX_LENGTH, parse_client_id
from routeengine.codec import schemas_of_forms
from routeengine.errors import ProfileError, ProfileFault
from routeengine.i18n import LANGUAGES, catalogue, text_language_for
from routeengine.profile import (
    CLIENT_ID,
    decode_knowledge,
    encode_knowledge,
    plain_knowledge,
    plain_profile,
    read_knowledge,
    read_profile,
)
from routeengine.ruleset.domains import (
    DAY_PATTERN,
    BooleanDomain,
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    Domain,
    RangeDomain,
    decimal_pattern,
)
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.wire import validation_error

__all__ = [
    "ClientProfile",
    "profile_json_schema",
    "profile_model",
]

_NO_PROFILE: Final = ProfileFault("(profile)", "must be a mapping, or a JSON object")

_Schema: TypeAlias = dict[str, Any]


class ClientProfile(BaseModel):
    """What every profile model is built on: frozen, strict, and without further fields.

    pydantic's errors have one entry per field, with what is allowed there. They leave out what was
    given, as text, as data and as JSON. `repr` shows the client id alone.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        # A fact may have any name that the rule language allows.
        protected_namespaces=(),
    )

    _rules: ClassVar[RuleSet]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return the client's id alone: the facts are health data, and repr ends up in logs."""
        yield "client_id", getattr(self, CLIENT_ID, None)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        with suppress(ValidationError):
            return handler(data)
        # pydantic is quick where all is well. What is wrong is for `read_profile` to say.
        faults: tuple[ProfileFault, ...] = (_NO_PROFILE,)
        if isinstance(data, Mapping):
            profile = plain_profile(data)
            try:
                read_profile(cls._rules, profile)
            except ProfileError as error:
                faults = error.faults
            else:  # scalars of numpy, or members of an Enum
                return handler(profile)
        # Raised out here, so that no trace of the other error goes along: it holds the values.
        raise validation_error(cls, "fact", [((one.field,), one.message) for one in faults])

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Return an instance made from a JSON object; an error does not repeat the text.

        Raises pydantic's ValidationError for what is no JSON object or no profile.
        """
        data = None
        with suppress(ValueError):
            data = from_json(json_data)
        return cls.model_validate(data, **options)


def profile_model(ruleset: RuleSet, lang: str | None = None) -> type[ClientProfile]:
    """Return the profile model of a rule set: a class with a field per fact, and `client_id`.

    Every fact is optional; None is unknown. Partial knowledge is given as the classes of
    `routeengine.profile` or in their JSON form, such as `{"one_of": [...]}`. An instance that
    cannot be made raises pydantic's ValidationError: one error per field, in the words of
    ProfileError, and no value in any. Labels and questions are in `lang`, the first language of the
    rule set if it is None.

    Raises LanguageError for a language that the rule set lacks.

    Examples:
        >>> from routeengine import Engine, load_ruleset
        >>> from routeengine.profile_model import profile_model
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> Profile = profile_model(engine.ruleset, "en")
        >>> result = engine.classify(Profile(client_id="c1", receives_benefit=False))
        >>> result.client_id
        'c1'
    """
    return _build(ruleset, text_language_for(ruleset.languages, lang))


def profile_json_schema(ruleset: RuleSet, lang: str | None = None) -> _Schema:
    """Return the JSON Schema (2020-12) of a profile, with labels and questions in one language.

    `lang` is a language of the rule set, the first if it is None. Raises LanguageError for one that
    the rule set lacks.
    """
    lang = text_language_for(ruleset.languages, lang)
    schema = _build(ruleset, lang).model_json_schema()
    schema |= {"title": ruleset.title[lang], "description": ruleset.purpose[lang]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _build(ruleset: RuleSet, lang: str) -> type[ClientProfile]:
    words = catalogue(lang if lang in LANGUAGES else "en").client_id
    text = Annotated[str | None, PlainValidator(_client_id)]
    schemas = [{"type": "string", "maxLength": MAX_LENGTH}]
    fields = {CLIENT_ID: _field(text, schemas, words.title, words.description)}
    for fact in ruleset.facts:
        kind, value = _value(fact.domain)
        texts = (fact.question.get(lang), fact.why_needed.get(lang))
        about = " ".join(text for text in texts if text) or None
        end = value if isinstance(fact.domain, RangeDomain) else None
        schemas = [value, *schemas_of_forms(value, end)]
        # The plain values come first, and are nearly always what is given.
        known = kind | _partial(fact)
        fields[fact.id] = _field(known, schemas, fact.label.get(lang, fact.id), about)

    class Ruled(ClientProfile):
        _rules: ClassVar[RuleSet] = ruleset

    with warnings.catch_warnings():
        # A fact called `copy` hides a method of pydantic's, which nothing here calls.
        warnings.simplefilter("ignore", UserWarning)
        return create_model("Profile", __base__=Ruled, **fields)


def _field(kind: Any, schemas: Iterable[_Schema], title: str, description: str | None) -> Any:
    """Return a field of a type, with the JSON Schemas of what it may hold; or None."""
    schema = {"anyOf": [*schemas, {"type": "null"}]}
    kind = Annotated[kind, PlainSerializer(encode_knowledge), WithJsonSchema(schema)]
    return kind, Field(None, title=title, description=description)


def _client_id(given: object) -> str | None:
    client_id, problem = parse_client_id(given)
    if problem and given is not None:
        raise ValueError(problem)
    return client_id


def _value(domain: Domain) -> tuple[Any, _Schema]:
    """Return the type of the values of a domain, and their JSON Schema."""
    if isinstance(domain, BooleanDomain):
        return StrictBool, {"type": "boolean"}
    if isinstance(domain, CategoryDomain):
        return Literal[domain.values], {"type": "string", "enum": list(domain.values)}
    if isinstance(domain, DateDomain):
        return _plain_value(domain), {
            "type": "string", "format": "date", "pattern": DAY_PATTERN,
        }  # fmt: skip
    low, high = domain.ends
    if isinstance(domain, DecimalDomain):
        unit = int(10**domain.places)
        whole = {"type": "integer", "minimum": -(-low // unit), "maximum": high // unit}
        text = {"type": "string", "pattern": decimal_pattern(domain.places)}
        return _plain_value(domain), {"anyOf": [text, whole]}
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Annotated[StrictInt, Field(ge=low, le=high)], schema


def _plain_value(domain: Domain) -> Any:
    """Return the type of what may be given in several ways, and is kept in one."""

    def read(given: object) -> object:
        index = domain.index(given)
        if index is None:
            raise ValueError
        return domain.value(index)

    return Annotated[Any, PlainValidator(read)]


def _partial(fact: Fact) -> Any:
    def read(partial: object) -> object:
        # A plain value is not known in part: it has one form.
        knowledge = plain_knowledge(decode_knowledge(partial))
        if isinstance(knowledge, str | int) or read_knowledge(fact, knowledge) is None:
            raise ValueError
        return knowledge

    return Annotated[Any, PlainValidator(read)]
