"""Cases: profiles with the verdicts that policy staff expect of them."""

from routeengine.cases.files import Case, Expected, load_cases
from routeengine.cases.run import CaseEngines, CaseResult, Coverage, Mismatch, Report, run_cases

__all__ = [
    "Case",
    "CaseEngines",
    "CaseResult",
    "Coverage",
    "Expected",
    "Mismatch",
    "Report",
    "load_cases",
    "run_cases",
]
