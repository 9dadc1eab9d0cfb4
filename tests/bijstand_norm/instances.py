"""The four instances of the shipped rules on social assistance, and the cases of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from routeengine import Engine, RuleSet, load_ruleset
from routeengine.cases import Case, load_cases
from routeengine.ruleset.sources import Grounds

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules" / "bijstand-norm"
FIXTURES = ROOT / "fixtures" / "bijstand-norm"
SOURCES = {
    "act_january": "participatiewet-2025-01-01.txt",
    "act_july": "participatiewet-2025-07-01.txt",
    "old_age_act": "ouderdomswet-2025-01-01.txt",
    "by_law_westland": "verordening-westland-2023.txt",
    "policy_horst": "beleidsregel-horst-aan-de-maas-2022.txt",
}

CLIENT = {
    "born": "1985-05-05",
    "has_partner": False,
    "partner_born": "1987-07-07",
    "has_children": False,
    "cost_sharers": 0,
    "in_institution": False,
    "income": "0.00",
    "wealth": "0.00",
    "earlier_income_low": True,
    "prospects": False,
    "had_supplement": False,
}
"""A client of whom all is known: the same as in the case files."""


@dataclass(frozen=True)
class Period:
    """The first day of a half year, and a variant."""

    day: str
    variant: str

    def __str__(self) -> str:
        """Name it, for a test."""
        return f"{self.day[:7]}-{self.variant}"

    @property
    def case_files(self) -> list[Path]:
        """The files with cases that hold of it."""
        names = ("everyone", self.day[:7], f"{self.day[:7]}-{self.variant.replace('_', '-')}")
        return [FIXTURES / "cases" / f"{name}.yaml" for name in names]


PERIODS = [
    Period(day, variant)
    for day in ("2025-01-01", "2025-07-01")
    for variant in ("limit_110", "limit_120")
]


@cache
def rules(day: str = "2025-01-01", variant: str = "limit_110") -> RuleSet:
    """Load the rules as they are on a day, in a variant."""
    return load_ruleset("bijstand-norm", day, variant)


@cache
def engine(day: str = "2025-01-01", variant: str = "limit_110") -> Engine:
    """Build an engine of them."""
    return Engine(rules(day, variant))


def cases(period: Period) -> tuple[Case, ...]:
    """Load the cases of a period."""
    return load_cases(period.case_files, rules(period.day, period.variant))


def grounds() -> dict[str, Grounds]:
    """Give what each criterion, rule, flag and parameter rests on, by its id."""
    one = rules()
    return {
        **{part.id: part.grounds for part in one.criteria},
        **{part.id: part.grounds for part in one.rule.values()},
        **{part.id: part.grounds for part in one.flags},
        **{part.id: part.grounds for part in one.parameters},
    }


def source_text(name: str) -> str:
    """Read the text of a source."""
    return (FIXTURES / "sources" / SOURCES[name]).read_text(encoding="utf-8")
