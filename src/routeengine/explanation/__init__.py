"""Explanations: why a client was classified so, as data and in words."""

from __future__ import annotations

from routeengine.explanation.build import Explainer
from routeengine.explanation.explanation import Explanation
from routeengine.explanation.wording import LANGUAGES, LanguageError

__all__ = ["LANGUAGES", "Explainer", "Explanation", "LanguageError"]
