"""Explanations: why a client was classified so, as data and in words.

`Engine.explain` makes them.
"""

from __future__ import annotations

from routeengine.errors import LanguageError
from routeengine.explanation.build import Explainer
from routeengine.explanation.explanation import Explanation
from routeengine.i18n import LANGUAGES

__all__ = ["LANGUAGES", "Explainer", "Explanation", "LanguageError"]
