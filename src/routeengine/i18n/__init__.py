"""All words that the library itself says, per language, apart from all logic.

A language is a TOML file beside this module: a translator needs no Python. To add one, write
`fy.toml` with the keys of `nl.toml` and the same names in braces, and add its code to `LANGUAGES`;
a test checks the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from routeengine.errors import LanguageError

if TYPE_CHECKING:
    from routeengine.i18n.words import Catalogue, ExplanationWording

__all__ = [
    "LANGUAGES",
    "Role",
    "catalogue",
    "count_in_words",
    "date_in_words",
    "language_for",
    "number_in_words",
    "span_in_words",
    "text_language_for",
    "wording_of",
]

LANGUAGES = ("nl", "en")
"""Every language that has words."""


MAX_ROLES = 16
"""Catalogues that are kept: one per language and per name of who decides."""


class Role(NamedTuple):
    """Who decides, as sentences call them: `a consultant`, `the consultant`, and so on."""

    a: str
    the: str
    your: str
    several: str

    def names(self) -> Mapping[str, str]:
        """Return by what name in braces a text calls each; a capital begins a sentence."""
        small = {f"{key}_role": text for key, text in self._asdict().items()}
        small["roles"] = small.pop("several_role")
        first_up = {one: f"{text[:1].upper()}{text[1:]}" for one, text in small.items()}
        return small | {f"{one[:1].upper()}{one[1:]}": text for one, text in first_up.items()}


_ROLES = re.compile(r"\{(\w+_role|[Rr]oles)\}")


@lru_cache(MAX_ROLES)
def catalogue(language: str, role: Role | None = None) -> Catalogue:
    """Return all words of a language, one of `LANGUAGES`, in which it is this role that decides.

    Without a role they speak of a staff member; `ruleset.wording.words_of` takes a rule set's own.
    """
    from routeengine.i18n import words  # few programs need a word

    texts = _texts(language)
    own = Role(**texts["role"])
    sections = get_type_hints(words.Catalogue)
    filled = _named({name: texts[name] for name in texts if name != "role"}, (role or own).names())
    return words.Catalogue(**{name: _fill(sections[name], filled[name]) for name in filled})


@lru_cache(len(LANGUAGES))
def _texts(language: str) -> Mapping[str, Any]:
    """Read the file of a language, once for whoever decides: it takes most of a first sentence."""
    import tomllib  # few programs need a word

    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _named(texts: Any, roles: Mapping[str, str]) -> Any:
    """Put the names of who decides into all texts."""
    if isinstance(texts, dict):
        return {key: _named(one, roles) for key, one in texts.items()}
    if isinstance(texts, list):
        return [_named(one, roles) for one in texts]
    return _ROLES.sub(lambda found: roles[found[1]], texts)


def _fill(section: Any, texts: Any) -> Any:
    """Fill a section in. Python refuses a key that it lacks, or that nobody asked for."""
    if isinstance(texts, dict):
        return section(**{key: _fill(dict, text) for key, text in texts.items()})
    return tuple(texts) if isinstance(texts, list) else texts


def language_for(spoken: Sequence[str], asked: str | None = None) -> str:
    """Return the language to speak: the one asked for, else the first of the rule set with words.

    `spoken` are the languages of the rule set. Raises LanguageError if the library or the rule set
    lacks the language.
    """
    allowed = [language for language in LANGUAGES if language in spoken]
    language = text_language_for(spoken) if asked is None else asked
    if language not in allowed:
        raise LanguageError(language, allowed)
    return language


def text_language_for(spoken: Sequence[str], asked: str | None = None) -> str:
    """Return the language for what the rule set itself says: any of its own that is asked for.

    If none is asked for, it is that of everything else. Raises LanguageError for another.
    """
    first = next((language for language in spoken if language in LANGUAGES), spoken[0])
    language = first if asked is None else asked
    if language not in spoken:
        raise LanguageError(language, spoken)
    return language


def wording_of(language: str, spoken: Sequence[str] = LANGUAGES) -> ExplanationWording:
    """Return the wording of explanations; raises LanguageError as `language_for` does."""
    return catalogue(language_for(spoken, language)).explanation


def date_in_words(day: date, language: str) -> str:
    """Return a date as people of a language write it: `6 mei 2024`."""
    return f"{day.day} {catalogue(language).months[day.month - 1]} {day.year}"


def span_in_words(since: date | None, until: date | None, language: str) -> str:
    """Return a period in words: `vanaf 6 mei 2024`, `op 6 mei 2024`; nothing if both ends are open.

    Both days are included, and None is an open end.
    """
    words = catalogue(language).rulebook
    if since is not None and since == until:
        return words.valid_on.format(day=date_in_words(since, language))
    ends = ((words.valid_from, since), (words.valid_until, until))
    return " ".join(text.format(day=date_in_words(day, language)) for text, day in ends if day)


def count_in_words(count: int, language: str) -> str:
    """Return a count as people of a language write it: `1,113` or `1.113`."""
    return f"{count:,}".replace(",", catalogue(language).thousands)


def number_in_words(number: str, language: str, unit: str | None = None) -> str:
    """Return a number in plain digits as people of a language write it: `1091.71` is `1.091,71`.

    `unit` is a currency code: with `EUR` it is `€ 1.091,71`, with another one `USD 1.091,71`.
    """
    signs = catalogue(language)
    whole, point, part = number.lstrip("-").partition(".")
    amount = count_in_words(int(whole), language) + (signs.decimal_sign + part if point else "")
    if unit is not None:
        amount = signs.euro.format(amount=amount) if unit == "EUR" else f"{unit}\u00a0{amount}"
    return f"-{amount}" if number.startswith("-") else amount
