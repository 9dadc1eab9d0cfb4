"""What is known of a client: per fact a value, part of the values, or nothing.

A profile is a mapping from the id of a fact to what is known of it. A fact that is left out, or
None, is unknown; unknown is never "no". `OneOf`, `Between` and `DECLINED` say that something is
known in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from routeengine.client_id import parse_client_id
from routeengine.errors import ProfileError, ProfileFault
from routeengine.ruleset.domains import RangeDomain, Value, decimal_as_text
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.value_set import NO_VALUES, ValueSet, single, union

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "CLIENT_ID",
    "DECLINED",
    "Between",
    "Conflicting",
    "Declined",
    "Knowledge",
    "Known",
    "OneOf",
    "State",
    "decode_knowledge",
    "encode_knowledge",
    "looks_like_id",
    "read_profile",
]

CLIENT_ID = "client_id"
"""The one key of a profile that is no fact: the client's pseudonym.

It is one line of text of at most 200 characters. Blanks around it are dropped, and it is spelled in
Unicode's form NFC.
"""


MAX_ID_LENGTH = 64
"""Characters of an id."""


MAX_HINTS = 20
"""Keys that are no facts, of one profile, for which a fact is sought that may be meant."""


MAX_LISTED = 1_000
"""Values in a row, of a number or a date, that are named one by one; more are a range."""


class Declined:
    """The type of `DECLINED`: asked and not answered, so not to be asked again."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DECLINED"

    def __reduce__(self) -> str:
        # Pickled by name, so that there is only one.
        return "DECLINED"


DECLINED = Declined()
"""Asked and not answered: the fact stays unknown, and is not asked again."""


@dataclass(frozen=True, slots=True, repr=False)
class _Values:
    values: tuple[Value | Between, ...]

    def __init__(self, values: Iterable[Value | Between]) -> None:
        object.__setattr__(self, "values", tuple(values))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class OneOf(_Values):
    """The fact has one of these values, or lies in one of these ranges; which is not known.

    It takes any iterable of values and `Between`, as in `OneOf(["none", "mild"])`; `values` holds
    them as a tuple. The JSON form is `{"one_of": [...]}`. `repr` does not show the values.
    """

    __slots__ = ()


class Conflicting(_Values):
    """Evidence of equal weight gives these different values (see the dossier).

    A dossier puts it in the profile that it makes. `values` holds the values as a tuple; the JSON
    form is `{"conflicting": [...]}`. A person reviews each decision whose answer depends on which
    of them is true.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False)
class Between:
    """The number or date lies from `low` to `high`, both included; None leaves a side open.

    A date is a `datetime.date` or text such as "2024-05-06", and a decimal number is text or a
    `Decimal`, as everywhere in a profile. The JSON form is `{"between": [low, high]}`. `repr` does
    not show the ends.

    Examples:
        >>> from routeengine import Between, Engine, load_ruleset
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> result = engine.classify({"current_service": "participation", "rung": Between(3, 6)})
        >>> result.verdicts["scope"].possible
        ('no_benefit', 'other_rung')
    """

    low: int | str | None
    high: int | str | None

    def __repr__(self) -> str:
        return "Between(…)"


Knowledge: TypeAlias = bool | int | str | Declined | OneOf | Between | Conflicting | None
"""What a profile may hold for a fact: a value, a form of partial knowledge, or None for unknown."""


def copied(profile: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Copy a mapping or a pydantic model, so that a later change of it changes nothing here."""
    if type(profile) is dict:
        return profile.copy()
    if isinstance(profile, Mapping):
        return dict(profile)
    if hasattr(profile, "__pydantic_fields__") and not isinstance(profile, type):
        # A fact that was not given is None there, which is the same, and stays out.
        given = profile.model_fields_set
        return {name: value for name, value in profile if value is not None or name in given}
    raise ProfileError((ProfileFault("(profile)", "must be a mapping or a profile model"),))


def plain_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile in the one form in which it is kept: see `plain_knowledge`.

    A client id gets its one spelling, and None is left out. One that is not acceptable stays, to be
    refused.
    """
    plain = {name: plain_knowledge(value) for name, value in profile.items()}
    client_id, problem = parse_client_id(profile.get(CLIENT_ID))
    if not problem:
        plain[CLIENT_ID] = client_id
    elif plain.get(CLIENT_ID) is None:
        plain.pop(CLIENT_ID, None)
    return plain


def plain_knowledge(value: object) -> Any:
    """Return what is known of a fact in the one form in which it is kept.

    The JSON forms of partial knowledge become the classes of this module. A scalar of numpy and a
    member of an Enum become the value that they stand for, also inside those. Anything else comes
    back as it is, for whoever knows the fact to refuse.
    """
    match decode_knowledge(value):
        case OneOf() | Conflicting() as some:
            return type(some)(map(plain_knowledge, some.values))
        case Between(low=low, high=high):
            return Between(_plain_value(low), _plain_value(high))
        case other:
            return _plain_value(other)


def _plain_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if type(value) is Decimal:
        return decimal_as_text(value)
    if type(value) is date:
        return value.isoformat()
    # By its name, for a process without numpy has none of these; arrays are no scalars.
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value


def narrowed(fact: Fact, before: object, answer: object) -> Knowledge:
    """Return what is known of a fact after an answer: what both allow.

    Raises ProfileError for an answer that the fact cannot have, or that goes against what was
    known.
    """
    was, now = read_knowledge(fact, before), read_knowledge(fact, plain_knowledge(answer))
    if was is None or now is None:
        raise ProfileError((ProfileFault(fact.id, allowed_in(fact, answer)),))
    if now.declined:
        return DECLINED if was.allowed == fact.domain.full else knowledge_of(fact, was.allowed)
    both = was.allowed & now.allowed
    if not both:
        raise ProfileError((ProfileFault(fact.id, "goes against what is known of it already"),))
    return knowledge_of(fact, both)


def knowledge_of(fact: Fact, allowed: ValueSet) -> Knowledge:
    """Return what is known if just these values are allowed, in its shortest form."""
    domain = fact.domain
    if allowed == domain.full:
        return None
    if allowed.is_single:
        return domain.value(allowed.lowest)
    if isinstance(domain, RangeDomain) and len(allowed.boundaries) == 2:
        low, high = domain.value(allowed.lowest), domain.value(allowed.highest)
        return Between(low, high)
    return OneOf(entries_of(fact, allowed))


def entries_of(fact: Fact, allowed: ValueSet) -> Iterator[Value | Between]:
    """Yield the values of a set one by one; a run of more than can be listed is one range."""
    value = fact.domain.value
    for first, last in allowed.runs:
        if isinstance(fact.domain, RangeDomain) and last - first >= MAX_LISTED:
            yield Between(value(first), value(last))
        else:
            yield from map(value, range(first, last + 1))


def decode_knowledge(value: object) -> object:
    """Return what a JSON form of partial knowledge stands for; anything else comes back as it is.

    The forms are `{"one_of": [...]}`, `{"between": [low, high]}`, `{"declined": true}` and
    `{"conflicting": [...]}`. Whether the values belong to a fact is not looked at here.

    Examples:
        >>> from routeengine.profile import decode_knowledge
        >>> decode_knowledge({"one_of": ["none", "mild"]}).values
        ('none', 'mild')
        >>> decode_knowledge({"declined": True})
        DECLINED
    """
    match value:
        # A pattern for a mapping matches one with more keys as well: `rest` refuses those. And
        # `True` in a pattern means just that, so that `{"declined": 1}` is no refusal to answer.
        case {"one_of": [*values], **rest} if not rest:
            return OneOf(map(_decode_range, values))
        case {"conflicting": [*values], **rest} if not rest:
            return Conflicting(map(_decode_range, values))
        case {"between": [low, high], **rest} if not rest:
            return Between(low, high)
        case {"declined": True, **rest} if not rest:
            return DECLINED
        case _:
            return value


def _decode_range(value: Any) -> Any:
    match value:
        case {"between": [low, high], **rest} if not rest:
            return Between(low, high)
        case _:
            return value


def encode_knowledge(knowledge: Knowledge | Between) -> object:
    """Return what is known of a fact in its JSON form; `decode_knowledge` reads it back."""
    match knowledge:
        case OneOf(values=values):
            return {"one_of": list(map(encode_knowledge, values))}
        case Conflicting(values=values):
            return {"conflicting": list(map(encode_knowledge, values))}
        case Between(low=low, high=high):
            return {"between": [low, high]}
        case Declined():
            return {"declined": True}
        case _:
            return knowledge


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What is known of one fact, in one form.

    `allowed` is the set of values that are still possible, by their number in the domain; it is
    never empty. `declined` says that the fact was asked and not answered, `conflicting` that the
    evidence disagrees.
    """

    allowed: ValueSet
    declined: bool = False
    conflicting: bool = False

    def __repr__(self) -> str:
        return "Known(…)"


@lru_cache(maxsize=4096)
def known(allowed: ValueSet) -> Known:
    """Return what is known if just these values are allowed; the same few come again."""
    return Known(allowed)


State: TypeAlias = Mapping[str, Known]
"""What is known of every fact of a rule set, by fact id; each fact is there."""


def read_profile(ruleset: RuleSet, profile: Mapping[str, object]) -> dict[str, Known]:
    """Return what is known of every fact of the rule set, in declared order.

    `profile` holds values, the classes of this module and None. `Engine.classify` takes the JSON
    forms as well; here `decode_knowledge` comes first.

    Raises ProfileError with every fault at once: a key that is no fact, or a value outside the
    fact's domain or of another type (True is not 1, "2" is not 2).
    """
    # Facts first, in declared order, and then what is none: whoever mistyped a name reads both.
    faults = []
    state: dict[str, Known] = {}
    for fact in ruleset.facts:
        one = read_knowledge(fact, profile.get(fact.id))
        if one is None:
            faults.append(ProfileFault(fact.id, allowed_in(fact, profile[fact.id])))
        else:
            state[fact.id] = one
    faults += unknown_keys(ruleset, profile)
    if faults:
        raise ProfileError(tuple(faults))
    return state


def allowed_in(fact: Fact, given: object) -> str:
    """Return what a fact may hold, for a message on what was given."""
    message = f"must be {fact.domain.describe()}"
    if isinstance(given, float) and fact.kind == "decimal":
        return f"{message}, as text or as Decimal: a float is not exact"
    if not isinstance(given, Mapping | Iterable) or isinstance(given, str):
        return message
    # Whoever writes a list or an object means to say that it is known in part.
    forms = ['{"one_of": [...]}', '{"declined": true}']
    if isinstance(fact.domain, RangeDomain):
        forms.insert(1, '{"between": [low, high]}')
    return f"{message}; known in part it is {' or '.join(forms)}"


def read_knowledge(fact: Fact, knowledge: object) -> Known | None:
    """Return what one entry of a profile says, or None if it is not acceptable."""
    # Of none, mild and serious: "mild" is {1}, OneOf(["none", "mild"]) {0, 1}, unknown {0, 1, 2}.
    index = fact.domain.index(knowledge)
    if index is not None:
        return known(single(index))
    match knowledge:
        case None:
            return known(fact.domain.full)
        case Declined():
            return Known(fact.domain.full, declined=True)
        case OneOf(values=values) | Conflicting(values=values):
            allowed = set_of(fact, values)
            conflicting = isinstance(knowledge, Conflicting) and allowed.has_several
            return Known(allowed, conflicting=conflicting) if allowed else None
        case Between(low=low, high=high):
            return read_between(fact, low, high)
        case _:
            return None


def set_of(fact: Fact, values: Iterable[object]) -> ValueSet:
    """Return a set of values and ranges; none if it is empty or one is not in the domain."""
    found, ranges = [], []
    for value in values:
        index = fact.domain.index(value)
        within = read_between(fact, value.low, value.high) if isinstance(value, Between) else None
        if within is not None:
            ranges.append(within.allowed)
        elif index is not None:
            found.append(index)
        else:
            return NO_VALUES
    return union([ValueSet.of(found), *ranges])


def read_between(fact: Fact, low: object, high: object) -> Known | None:
    """Return what a range says; its ends must be values of the domain."""
    domain = fact.domain
    if not isinstance(domain, RangeDomain):
        return None
    if any(end is not None and domain.index(end) is None for end in (low, high)):
        return None
    allowed = domain.between(low, high)
    return Known(allowed) if allowed else None


def unknown_keys(ruleset: RuleSet, profile: Mapping[str, object]) -> list[ProfileFault]:
    """Return a fault for each key that is no fact, and for what is no client id."""
    faults = []
    for number, key in enumerate(profile, start=1):
        if not isinstance(key, str):
            faults.append(ProfileFault("(key)", "the name of a fact must be text"))
        elif key == CLIENT_ID:
            _, problem = parse_client_id(profile[key])
            if problem and profile[key] is not None:
                faults.append(ProfileFault(CLIENT_ID, problem))
        elif key not in ruleset.fact:
            message, name = f"is no fact of the rule set `{ruleset.id}`", f"(key {number})"
            if looks_like_id(key):
                # To look for what was meant takes as long as to classify: not for a profile that is
                # something else altogether.
                known = [*ruleset.fact, CLIENT_ID] if len(faults) < MAX_HINTS else []
                hint, name = did_you_mean(key, known), key
                message += f" ({hint})" if hint else ""
            faults.append(ProfileFault(name, message))
    return faults


def looks_like_id(name: object) -> bool:
    """Return whether a text may be shown as the name of a fact; anything else may be a value.

    True for an identifier of at most 64 characters. Where names and values were mixed up, a message
    must not tell the value.
    """
    return isinstance(name, str) and len(name) <= MAX_ID_LENGTH and name.isidentifier()
