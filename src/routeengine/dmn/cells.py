"""Values of facts and of decisions in FEEL: what a cell of a table, or a type, says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from routeengine.dmn.runs import Runs, others
from routeengine.ruleset.domains import Value, word
from routeengine.ruleset.model import Decision, Fact


@dataclass(frozen=True, slots=True)
class Axis:
    """What a column of a table can ask: a fact, or the outcome of an earlier decision.

    Its values have numbers from 0 to `last`, and `word` says one in FEEL. Those of a text, and the
    truth values, have no order in FEEL. `none` is the number past the outcomes of a decision: that
    it has none, which a cell can say only beside other outcomes that it leaves out.
    """

    id: str
    label: str
    type: str
    last: int
    word: Callable[[int], str]
    none: int | None = None

    @property
    def is_ordered(self) -> bool:
        """Whether a range can be written."""
        return self.type in ("number", "date")

    @property
    def allowed(self) -> str | None:
        """What its type allows; None where the type of FEEL says it."""
        if self.type == "boolean":
            return None
        if self.is_ordered:
            return f"[{self.word(0)}..{self.word(self.last)}]"
        return ", ".join(map(self.word, range(self.last + 1)))

    def cell(self, runs: Runs) -> str:
        """Return what a cell says: that a value has one of these numbers."""
        rest = others(runs, 0, self.last if self.none is None else self.none)
        if not rest:
            return "-"
        if self.is_ordered:
            return ", ".join(self._range(low, high) for low, high in runs)
        listed, left_out = self._listed(runs), self._listed(rest)
        has_none = self.none is not None and runs[-1][1] == self.none
        is_short = self.none is None and self.type == "string" and len(left_out) < len(listed)
        if has_none or is_short:
            return f"not({', '.join(left_out)})"
        return ", ".join(listed)

    def _listed(self, runs: Runs) -> list[str]:
        numbers = (number for low, high in runs for number in range(low, high + 1))
        return [self.word(number) for number in numbers if number != self.none]

    def _range(self, low: int, high: int) -> str:
        if low == high:
            return self.word(low)
        if low == 0:
            return f"<= {self.word(high)}"
        if high == self.last:
            return f">= {self.word(low)}"
        return f"[{self.word(low)}..{self.word(high)}]"


TYPES = {"boolean": "boolean", "category": "string", "date": "date"}
"""The type of FEEL for each kind of fact; of the others it is `number`."""


def fact_axis(fact: Fact, language: str) -> Axis:
    """Return a fact as what a column can ask."""
    domain, kind = fact.domain, TYPES.get(fact.domain.kind, "number")

    def said(number: int) -> str:
        return feel(domain.value(number), kind)

    return Axis(fact.id, fact.label[language], kind, domain.size - 1, said)


def decision_axis(decision: Decision, outcomes: tuple[str, ...], language: str) -> Axis:
    """Return a decision, with the outcomes that its table has, as what a column can ask."""
    last = len(outcomes) - 1

    def said(number: int) -> str:
        return feel(outcomes[number], "string")

    return Axis(decision.id, decision.label[language], "string", last, said, none=last + 1)


def feel(value: Value, kind: str) -> str:
    """Return a value as FEEL writes it."""
    text = word(value)
    if kind == "string":
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f'date("{text}")' if kind == "date" else text
