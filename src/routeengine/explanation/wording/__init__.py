"""The words around the facts, per language, apart from all logic.

Each language fills in the same `Wording`. A field with braces is a template;
the placeholders are the same in every language, which a test checks.
"""

from __future__ import annotations

from collections.abc import Iterable

from routeengine.errors import RouteEngineError
from routeengine.explanation.wording.en import ENGLISH
from routeengine.explanation.wording.nl import DUTCH
from routeengine.explanation.wording.words import Wording

__all__ = ["LANGUAGES", "LanguageError", "Wording", "wording_of"]

LANGUAGES: dict[str, Wording] = {"nl": DUTCH, "en": ENGLISH}
"""Every language that has wording."""


class LanguageError(RouteEngineError, ValueError):
    """An explanation was asked in a language that is not there; `allowed` names those that are."""

    def __init__(self, language: str, allowed: Iterable[str]) -> None:
        self.language = language
        self.allowed = tuple(allowed)
        choices = ", ".join(f"`{choice}`" for choice in self.allowed) or "none"
        super().__init__(f"no explanation in `{language}`: the languages are {choices}")

    def __reduce__(self) -> tuple[type[LanguageError], tuple[str, tuple[str, ...]]]:
        return type(self), (self.language, self.allowed)


def wording_of(language: str, spoken: Iterable[str] | None = None) -> Wording:
    """Return the wording of a language; `spoken` are the languages of the rule set.

    Raises LanguageError where the wording or the rule set lacks the language.
    """
    allowed = [known for known in LANGUAGES if spoken is None or known in tuple(spoken)]
    if language not in allowed:
        raise LanguageError(language, allowed)
    return LANGUAGES[language]
