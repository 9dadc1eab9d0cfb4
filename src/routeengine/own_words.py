"""What the library says itself, as a rule set has it: who decides, and of which day it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeengine.i18n import Role, catalogue, span_in_words
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.wording import Wording

if TYPE_CHECKING:
    from routeengine.i18n.words import Catalogue


def words_of(wording: Wording | None, language: str) -> Catalogue:
    """Return the library's own words in a language, with the rule set's name for who decides."""
    role = wording.role if wording is not None else None
    said = None if role is None else (role.a, role.the, role.your, role.several)
    if said is None or not all(text.get(language) for text in said):
        return catalogue(language)
    return catalogue(language, Role(*(text[language] for text in said)))


def numbers_of(instance: Instance | None, language: str) -> str:
    """Return of which days and which variant numbers are, in words; nothing without parameters."""
    if instance is None:
        return ""
    days = span_in_words(instance.since, instance.until, language)
    return ", ".join(filter(None, (days, instance.variant)))
