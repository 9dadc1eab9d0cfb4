"""Form 2 of an explanation as JSON: what is said often stands once, and the rest refers to it.

    conditions   each once, by number: `route/route_a/when` is `"when": 12` of its rule
    rules        by decision and id; facts, with what is asked of them, by id
    sources      citations by source, section and id: a rule cites them by id
    changes      one fact that would be otherwise, by number: a nearest set is a list of numbers
    words        templates of texts that follow from the rest, such as `{label}: yes`

What has its usual value is left out, and so is what follows: an id that says where a node is, and
a text that a template gives. `schemas/explanation.schema.json` describes each field.

In form 1 everything stands where it is said: it is the nodes themselves. So `encode` takes form 1
and makes it short, and `decode` makes it long again, which is then checked as form 1 is. Both
change the plain data that they are given. Here is what both need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from routeengine.explanation.model import ExplanationData
from routeengine.i18n.words import Wording

Data: TypeAlias = dict[str, Any]
"""A JSON object."""

FORM_1: TypeAdapter[ExplanationData] = TypeAdapter(ExplanationData)

GROUPS = ("all", "any", "at_least", "exactly")
"""The kinds of condition whose text is that of their parts, joined."""

INTERPRETATION = "interpretation"
"""The usual basis: the others are written out."""

DECISIONS = ("outcome", "status", "rule")
"""The kinds of condition that refer to a decision."""

KNOWN = ("status", "words")
"""The fields of what is known of a fact."""


class Templates:
    """The texts that follow from the rest.

    Nothing but a name in braces is filled in, whatever a template that comes from outside asks.
    """

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def _filled(self, name: str, **values: object) -> str:
        return re.sub(r"{(\w+)}", lambda found: str(values[found[1]]), self._words[name])

    def text(self, entry: Data, label: str | None, parts: Sequence[str]) -> str:
        """Return the text of a condition; `parts` are the texts of its parts."""
        count, items = entry.get("count", len(parts)), "; ".join(parts)
        words = entry.get("words")
        return self._filled(entry["kind"], label=label, words=words, count=count, items=items)

    def head(self, entry: Data, text: str) -> str:
        """Return what is above the parts of a condition with this text."""
        if entry["kind"] not in GROUPS:
            return text
        count = entry.get("count", len(entry.get("parts", ())))
        return self._filled(f"{entry['kind']}_head", count=count)

    def place(self, source: Data, section: str, paragraph: int, sentence: int) -> str:
        """Return a place in a source, in words."""
        return self._filled(
            "place" if section else "place_at_start",
            kind=source["kind"],
            number=source["number"],
            section=section,
            paragraph=paragraph,
            sentence=sentence,
        )


def words_of(wording: Wording) -> dict[str, str]:
    """Return the templates that are needed to read an explanation in a language."""
    words = {
        "fact": wording.labelled,
        "criterion": wording.labelled_as("{label}", wording.yes),
        "place": wording.place.replace("{place}", wording.place_in),
        "place_at_start": wording.place.replace("{place}", wording.place_at_start),
    }
    for kind in GROUPS:
        words[kind] = getattr(wording, f"{kind}_inline")
        words[f"{kind}_head"] = getattr(wording, f"{kind}_head")
    return words
