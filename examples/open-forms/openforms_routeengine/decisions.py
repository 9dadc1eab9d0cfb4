"""What the plug-in answers, without anything of Open Forms or Django."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any, Final

from routeengine import Engine, ProfileError, RouteEngineError, UsageError, load_ruleset
from routeengine.ruleset.model import Fact, RuleSet

RULES: Final = "ROUTEENGINE_RULES"
"""The setting: names of rule sets, or paths, with commas between."""

DEFAULT: Final = "rijswijk-2023"

REFUSED: Final = "refused"
"""The status of every decision where an answer in the form is none that the rules allow."""

EMPTY: Final = (None, "", [], {})
"""What a form has where nothing was filled in: not known, and never a no."""

WORDS: Final[Mapping[object, bool]] = {
    "true": True, "ja": True, "yes": True, "false": False, "nee": False, "no": False,
}  # fmt: skip
"""What the values of a radio button may be called, for a fact that is true or false."""

logger = logging.getLogger(__name__)


class Definition:
    """One rule set, as a decision definition."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset

    @cached_property
    def engine(self) -> Engine:
        """The rules, compiled when the first form asks."""
        return Engine(self.ruleset)

    def label(self, language: str) -> str:
        """Return what an editor of forms reads."""
        return said(self.ruleset.title, language)

    def evaluate(self, values: Mapping[str, object], language: str) -> dict[str, Any]:
        """Return every output, whatever is asked: one that is left out would keep its old value.

        Where an answer in the form cannot be used, no decision is made at all.
        """
        try:
            profile = {name: self._known(name, value) for name, value in values.items()}
            result = self.engine.classify(
                {name: value for name, value in profile.items() if value is not None}
            )
        except ProfileError as error:
            logger.warning("routeengine refused a form: %s", error)  # it names facts, no values
            return {name: REFUSED if name.endswith("_status") else None for name in self.outputs}
        answers: dict[str, Any] = {}
        for name, verdict in result.verdicts.items():
            answers[name] = verdict.outcome
            answers[f"{name}_status"] = verdict.status
            answers[f"{name}_missing"] = ", ".join(verdict.missing)
        language = language if language in self.ruleset.languages else self.ruleset.languages[0]
        answers["explanation"] = self.engine.explain(result, lang=language).to_text(short=True)
        return answers

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs by name, each with what it is, in English."""
        found = {}
        for decision in self.ruleset.decisions:
            what = said(decision.label, "en")
            found[decision.id] = what
            found[f"{decision.id}_status"] = f"{what}: decided, insufficient, review, …"
            found[f"{decision.id}_missing"] = f"{what}: what is still to be asked"
        return {**found, "explanation": "the answers and why, in words"}

    def _known(self, name: str, value: object) -> object:
        """Return an answer in a form as the fact has it, or None where nothing was answered."""
        fact = self.ruleset.fact.get(name)
        return None if value in EMPTY else as_fact(fact, value) if fact else value


def as_fact(fact: Fact, value: Any) -> object:
    """Return what a form holds as a value of a fact; the engine refuses what is none."""
    match fact.kind:
        case "boolean":
            return WORDS.get(value.strip().lower(), value) if isinstance(value, str) else value
        case "integer" | "decimal" if not isinstance(value, bool):
            try:
                number = Decimal(str(value))
                whole = fact.kind == "integer" and number == int(number)
            except (InvalidOperation, ValueError, OverflowError):
                return value
            return int(number) if whole else number
        case "date" if isinstance(value, datetime):
            return value.date()
        case "date" if isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                return value
    return value


def said(text: Mapping[str, str], language: str) -> str:
    """Return a text in a language, or in the first that it is in."""
    return text.get(language) or next(iter(text.values()))


@cache
def definitions() -> dict[str, Definition]:
    """Return the rule sets that are set up, by id. Raises RouteEngineError if one does not load."""
    found: dict[str, Definition] = {}
    for name in filter(None, map(str.strip, os.environ.get(RULES, DEFAULT).split(","))):
        ruleset = load_ruleset(name)
        if ruleset.id in found:
            raise UsageError(f"{RULES} names two rule sets with the id `{ruleset.id}`")
        found[ruleset.id] = Definition(ruleset)
    return found


def definition(identifier: str, version: str = "") -> Definition:
    """Return a rule set. Raises UsageError where there is none, or not in that version.

    To answer by other rules than a form was made for is never right.
    """
    found = definitions().get(identifier)
    if found is None:
        raise UsageError(f"there is no rule set `{identifier}`: see {RULES}")
    if version and version != found.ruleset.version:
        raise UsageError(f"`{identifier}` is there in version {found.ruleset.version} alone")
    return found


def decision_model(ruleset: RuleSet) -> str:
    """Return the rules as tables in DMN, or nothing where DMN cannot say what they say."""
    from routeengine.dmn import export_dmn

    try:
        return export_dmn(ruleset).text
    except RouteEngineError:
        return ""
