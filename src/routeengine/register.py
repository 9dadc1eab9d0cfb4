"""A draft entry for the Dutch algorithm register, by its publication standard 1.0.

What the rule set says of itself is filled in, and what its owner says in `publication`. The rest is
left out and named: nothing is ever made up. The register is in Dutch, so an entry is as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from routeengine.errors import UsageError
from routeengine.i18n import catalogue, language_for
from routeengine.ruleset.digest import reference
from routeengine.ruleset.flaws import quote
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.ruleset.wording import Publication

__all__ = ["Entry", "Field", "json_schema", "register_entry"]

STANDARD: Final = "1.0"
LANGUAGE: Final = "nl"

STATUSES: Final[Mapping[str, str]] = {
    "in_development": "In ontwikkeling",
    "in_use": "In gebruik",
    "out_of_use": "Buiten gebruik",
}

CATEGORIES: Final = (
    "Organisatie en bedrijfsvoering",
    "Cultuur en recreatie",
    "Economie",
    "Overheidsfinanciën",
    "Wonen",
    "Internationaal",
    "Migratie en integratie",
    "Natuur en milieu",
    "Onderwijs en wetenschap",
    "Openbare orde en veiligheid",
    "Recht",
    "Ruimte en infrastructuur",
    "Sociale zekerheid",
    "Verkeer",
    "Werk",
    "Zorg en gezondheid",
)

IMPACTFUL: Final = "Impactvolle algoritmes"
"""The publication category of whatever classifies people, if it is no high-risk AI system."""

ENUMERATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": tuple(STATUSES.values()),
    "publication_category": ("Hoog-risico AI-systeem", IMPACTFUL, "Overige algoritmes"),
    "lang": ("nld",),
    "standard_version": (STANDARD,),
    "category": CATEGORIES,
}
LISTS: Final = (
    "category",
    "lawful_basis_grouping",
    "impacttoetsen_grouping",
    "source_data_grouping",
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the standard: where rule files say it, if they do, and how long it may be.

    `name` is its name in the standard. `said_in` is the key of rule files, or "" if none says it.
    `limit` is the number of characters that it may have, and `needed` says that the register cannot
    do without it.
    """

    name: str
    said_in: str = ""
    limit: int = 2500
    needed: bool = False


FIELDS: Final = (
    Field("name", "ruleset.title", 100, needed=True),
    Field("description_short", "ruleset.purpose", 350, needed=True),
    Field("organization", "publication.municipality", needed=True),
    Field("category", "publication.category"),
    Field("status", "publication.status", needed=True),
    Field("begin_date", "publication.in_use_since"),
    Field("end_date", "publication.in_use_until"),
    Field("contact_email", "publication.contact.email", needed=True),
    Field("website", "publication.website"),
    Field("publication_category", needed=True),
    Field("url"),
    Field("goal", "publication.goal"),
    Field("proportionality", "publication.proportionality"),
    Field("human_intervention", "publication.human_intervention"),
    Field("risks", "publication.risks"),
    Field("lawful_basis", "publication.lawful_basis"),
    Field("lawful_basis_grouping"),
    Field("process_index_url"),
    Field("impacttoetsen_grouping"),
    Field("impacttoetsen", "publication.impact_assessment"),
    Field("source_data", "publication.source_data"),
    Field("source_data_grouping"),
    Field("methods_and_models", "publication.methods_and_models", 5000),
    Field("provider"),
    Field("publiccode"),
    Field("lang", needed=True),
    Field("standard_version"),
    Field("source_id", "ruleset.id"),
    Field("tags"),
)
"""Every field of the standard, in its order; of those without a limit of their own, the general."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft entry: what the rule set says, and which fields of the standard it does not.

    `fields` has what it says, by name. `lacking` are the fields that the register needs and that it
    does not say, and `left_out` the others that it does not say, both in the order of the standard.
    """

    fields: Mapping[str, str | list[str]]
    lacking: tuple[Field, ...]
    left_out: tuple[Field, ...]


def register_entry(ruleset: RuleSet) -> Entry:
    """Return the entry for the algorithm register that a rule set makes.

    Raises LanguageError if the rule set is not in Dutch, and UsageError if a text is too long for
    the register or a category is none of its own.
    """
    language_for(ruleset.languages, LANGUAGE)
    said = _said(ruleset)
    if wrong := list(_wrong(said)):
        raise UsageError("; ".join(wrong))
    missing = [field for field in FIELDS if not said[field.name]]
    return Entry(
        {field.name: value for field in FIELDS if (value := said[field.name])},
        tuple(field for field in missing if field.needed),
        tuple(field for field in missing if not field.needed),
    )


def _said(ruleset: RuleSet) -> dict[str, Any]:
    """Return what each field of the standard says; nothing of what is not recorded."""
    owner = ruleset.publication or Publication()
    own = {
        name: (getattr(owner, name) or {}).get(LANGUAGE)
        for name in ("goal", "proportionality", "human_intervention", "risks", "lawful_basis")
    }
    in_dutch = {
        "organization": owner.municipality,
        "impacttoetsen": owner.impact_assessment,
        "source_data": owner.source_data or {LANGUAGE: _source_data(ruleset)},
        "methods_and_models": owner.methods_and_models or {LANGUAGE: _methods(ruleset)},
    }
    return {
        **dict.fromkeys(field.name for field in FIELDS),
        **own,
        **{name: (text or {}).get(LANGUAGE) for name, text in in_dutch.items()},
        "name": ruleset.title[LANGUAGE],
        "description_short": ruleset.purpose[LANGUAGE],
        "category": list(owner.category),
        "status": STATUSES[owner.status] if owner.status else None,
        # A month, as 2024-05.
        "begin_date": owner.in_use_since and owner.in_use_since.isoformat()[:7],
        "end_date": owner.in_use_until and owner.in_use_until.isoformat()[:7],
        "contact_email": owner.contact and owner.contact.email,
        "website": owner.website,
        "publication_category": IMPACTFUL,
        "lang": "nld",
        "standard_version": STANDARD,
        "source_id": ruleset.id,
    }


def _wrong(said: Mapping[str, Any]) -> Iterator[str]:
    for field in FIELDS:
        text = said[field.name]
        if isinstance(text, str) and len(text) > field.limit:
            sizes = f"{len(text):,} characters, {field.limit:,} at most"
            yield f"`{field.name}` has {sizes} (write a shorter `{field.said_in}`)"
    for theme in said["category"]:
        if theme not in CATEGORIES:
            known = ", ".join(CATEGORIES)
            yield f"`category` cannot be {quote(theme)}: the register has {known}"


def _source_data(ruleset: RuleSet) -> str:
    """Return which data the rules use, by their labels."""
    words = catalogue(LANGUAGE).register

    def named(some: list[Fact]) -> str:
        return "; ".join(fact.label[LANGUAGE] for fact in some)

    special = [fact for fact in ruleset.facts if fact.special_category]
    proxies = [fact for fact in ruleset.facts if fact.possible_proxy]
    sources = ruleset.evidence.sources if ruleset.evidence else ()
    lines = [
        words.data.format(facts=named(list(ruleset.facts))),
        words.special.format(facts=named(special)) if special else words.no_special,
        words.proxies.format(facts=named(proxies)) if proxies else words.no_proxies,
    ]
    if sources:
        labels = "; ".join(source.label[LANGUAGE] for source in sources)
        lines.append(words.sources.format(sources=labels))
    return " ".join(lines)


def _methods(ruleset: RuleSet) -> str:
    """Return how the rules work, and which they are."""
    named, words = reference(ruleset), catalogue(LANGUAGE).register
    labels = "; ".join(score.label[LANGUAGE] for score in ruleset.scores)
    points = [words.points.format(scores=labels)] if labels else []
    methods = words.methods.format(
        decisions=len(ruleset.decisions),
        rules=len(ruleset.rule),
        criteria=len(ruleset.criteria),
        facts=len(ruleset.facts),
        id=named.id,
        version=named.version,
        sha256=named.sha256,
    )
    return " ".join([methods, *points])


def json_schema() -> dict[str, object]:
    """Return the JSON Schema of a complete entry."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"An entry for the Dutch algorithm register, publication standard {STANDARD}",
        "type": "object",
        "properties": {field.name: _property(field) for field in FIELDS},
        "required": [field.name for field in FIELDS if field.needed],
        "additionalProperties": False,
    }


def _property(field: Field) -> dict[str, object]:
    """Return the schema of one field; what a grouping holds, the standard says elsewhere."""
    allowed = ENUMERATIONS.get(field.name)
    if field.name in LISTS:
        return {"type": "array", **({"items": {"enum": list(allowed)}} if allowed else {})}
    if allowed:
        return {"enum": list(allowed)}
    if field.name in ("begin_date", "end_date"):
        return {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
    return {"type": "string", "minLength": 1, "maxLength": field.limit}
