"""Explanations of generated rule sets, and ways to look through one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, cast

from hypothesis import assume
from hypothesis import strategies as st

from generated import rulesets, states
from routeengine.changes import Changes
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.explanation import Explainer, Explanation
from routeengine.explanation.parts import Node
from routeengine.profile import DECLINED as ASKED
from routeengine.profile import Conflicting, Declined, Known, OneOf
from routeengine.result import Result
from routeengine.ruleset.domains import Value
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet

REF = RuleSetRef("generated", "1.0.0", "0" * 64, "1" * 64)


@dataclass(frozen=True)
class Case:
    """One client of one generated rule set."""

    ruleset: RuleSet
    state: dict[str, Known]
    executor: LanesExecutor | ReferenceExecutor

    @property
    def result(self) -> Result:
        """The classification."""
        profile = as_profile(self.ruleset, self.state)
        return Result(self.executor.evaluate(self.state), profile, REF, "0.0.0")

    def explain(self, language: str = "en") -> Explanation:
        """The explanation."""
        return explainer_of(self.ruleset, self.executor).explain(self.result, language)


def explainer_of(ruleset: RuleSet, executor: LanesExecutor | ReferenceExecutor) -> Explainer:
    """Make what explains, as an engine does."""
    lanes = executor if isinstance(executor, LanesExecutor) else LanesExecutor(ruleset)
    return Explainer(ruleset, executor, Changes(lanes, executor.possible).near, executor.evaluate)


def as_profile(
    ruleset: RuleSet, state: dict[str, Known]
) -> dict[str, Value | Declined | OneOf | Conflicting]:
    """Write a state of knowledge the way a user would."""
    profile: dict[str, Value | Declined | OneOf | Conflicting] = {}
    for fact in ruleset.facts:
        known, domain = state[fact.id], fact.domain
        values = [domain.value(n) for n in range(domain.size) if n in known.allowed]
        if known.declined:
            profile[fact.id] = ASKED
        elif known.conflicting:
            profile[fact.id] = Conflicting(values)
        elif known.allowed != domain.full:
            profile[fact.id] = values[0] if len(values) == 1 else OneOf(values)
    return profile


@st.composite
def cases(draw: st.DrawFn, min_facts: int = 1) -> Case:
    """Draw a rule set that allows some profile, and what is known of a client."""
    ruleset = draw(rulesets(min_facts=min_facts))
    try:
        executor = LanesExecutor(ruleset)
    except RuleSetError:
        assume(False)
        raise
    return Case(ruleset, draw(states(ruleset)), executor)


def every_form(explanation: Explanation) -> dict[str, str]:
    """Write an explanation in every form that there is, by the name of the form."""
    forms = {
        f"{name}{' short' * short}": getattr(explanation, name)(short=short)
        for name in ("to_text", "to_markdown", "to_html", "to_html_fragment", "model_dump_json")
        for short in (False, True)
    }
    return forms | {
        f"client{' short' * short}": explanation.to_html(audience="client", short=short)
        for short in (False, True)
    }


def nodes(part: object) -> Iterator[Node]:
    """Yield every node inside an explanation, parents first."""
    if isinstance(part, Node):
        yield part
        for field in fields(cast(Any, part)):
            yield from nodes(getattr(part, field.name))
    elif isinstance(part, dict):
        for value in part.values():
            yield from nodes(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from nodes(value)
