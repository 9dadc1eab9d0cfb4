"""From a page model to one HTML file: no request to anywhere, readable on paper.

A model is plain data without markup, and every choice is made in it; a template only lays out. The
place that makes markup besides is `pictures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from routeengine.i18n import catalogue, date_in_words

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment(language: str) -> Environment:
    """Return the templates with what every one of them uses; compiled once per language."""
    # Half of what a command line takes to start, and few commands write pages.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("routeengine.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "language": language,
        "page_words": catalogue(language).page,
    }
    made.filters |= {
        "day": partial(date_in_words, language=language),
        "first_up": first_up,
        "css_text": css_text,
    }
    return made


def render(template: str, language: str, model: Mapping[str, Any]) -> str:
    """Return the page that a template makes of a model.

    Whatever is in the model is text, and is escaped; a name that the model lacks is an error.
    """
    return _environment(language).get_template(template).render(**model)


def first_up(text: str) -> str:
    """Return a text with its first letter in upper case, and all others as they were."""
    # In Dutch only one of the two accents of "één" stays: "Eén".
    start = "E" if text.startswith("één") else text[:1].upper()
    return start + text[1:]


def css_text(text: str) -> str:
    """Return a text as it stands in a string of CSS, between its quotes: on every printed sheet.

    Whatever could end the string, the rule or the element is written by its number; so nothing is
    left that HTML would write otherwise.
    """
    return "".join(f"\\{ord(c):06x}" if ord(c) < 32 or c in "\\\"'<>&" else c for c in text)


def day_in_words(day: date | None, language: str) -> str:
    """Return a date in words, or that it is not recorded yet."""
    return catalogue(language).page.not_recorded if day is None else date_in_words(day, language)
