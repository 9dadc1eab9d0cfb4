"""Names as people write them, folded so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable

from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.naming import fold
from routeengine.ruleset.words import Text

NAME_LIMIT = 60
"""Characters of a column name that is shown in a message; what is longer is no name."""

_NAME = re.compile(r"[^\W\d_][\w ./()&-]*")


def looks_like_name(text: str) -> bool:
    """Say whether a heading looks like a column's name rather than like somebody's data.

    Names have letters, hardly any digits, and are short.
    """
    digits = sum(c.isdigit() for c in text)
    short = len(text) <= NAME_LIMIT and len(text.split()) <= 6
    return short and digits <= 2 and _NAME.fullmatch(text) is not None


def words_of(ruleset: RuleSet) -> frozenset[str]:
    """Give every word that stands for a value in this rule set, folded.

    A heading that is one of these is data: the file has no header.
    """
    words = {"ja", "nee", "yes", "no", "true", "false", "waar", "onwaar"}
    words.update(map(fold, (*ruleset.unknown_texts, *ruleset.declined_texts)))
    for fact in ruleset.facts:
        if fact.kind == "category":
            words.update(fold(str(value)) for value in fact.domain.values)
        words.update(fold(word) for text in fact.value_labels.values() for word in _texts(text))
        words.update(fold(word) for aliases in fact.value_aliases.values() for word in aliases)
    return frozenset(words)


def _texts(text: Text) -> Iterable[str]:
    return text.values()
