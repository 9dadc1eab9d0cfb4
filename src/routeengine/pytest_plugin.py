"""The pytest plugin: a rule set as a fixture, and case files that are run as tests.

The fixtures are `ruleset` and `ruleset_engine`; `docs/testing.md` has the options. pytest loads the
plugin in every project beside which routeengine is installed. So it imports nothing that takes
time, and does nothing unless the project names its rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from routeengine.errors import RouteEngineError

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

    from routeengine.cases import Case, CaseEngines, Mismatch
    from routeengine.engine import Engine
    from routeengine.result import Result
    from routeengine.ruleset.model import RuleSet

__all__ = ["CaseFile", "CaseItem", "FailedCaseError"]

CASE_FILES = ("*.cases.yaml", "*.cases.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the same as settings."""
    group = parser.getgroup("routeengine", "rules and cases of routeengine")
    what = "the rules under test: a shipped name, or a rule-set folder or file"
    group.addoption("--routeengine-rules", metavar="RULES", help=what)
    what = "the day for which rules are read, as 2024-05-06: for versions, ages and parameters"
    group.addoption("--routeengine-as-of", metavar="DAY", help=what)
    what = "the variant of which the numbers are, where parameters have any"
    group.addoption("--routeengine-variant", metavar="V", help=what)
    what = "the language of explanations (nl or en)"
    group.addoption("--routeengine-lang", metavar="LANG", help=what)
    parser.addini("routeengine_rules", "as --routeengine-rules; a path is seen from the rootdir")
    for name in ("as-of", "variant", "lang"):
        parser.addini(f"routeengine_{name.replace('-', '_')}", f"as --routeengine-{name}")
    what = f"patterns of case files (default: {' '.join(CASE_FILES)})"
    parser.addini("routeengine_cases", what, type="args", default=list(CASE_FILES))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Return the line that names the rules under test, if any are."""
    rules = _rules(config)
    return f"routeengine rules: {rules}" if rules else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a case file by its name, or a YAML file that is asked for by its path.

    Without rules no file is looked at: other projects have YAML of their own.
    """
    if file_path.suffix not in (".yaml", ".yml") or not _rules(parent.config):
        return None
    patterns = parent.config.getini("routeengine_cases")
    if parent.session.isinitpath(file_path) or any(fnmatch(file_path.name, p) for p in patterns):
        return CaseFile.from_parent(parent, path=file_path)
    return None


@pytest.fixture(scope="session")
def ruleset(pytestconfig: pytest.Config) -> RuleSet:
    """The rule set under test: that of --routeengine-rules."""
    return _engines(pytestconfig).usual.ruleset


@pytest.fixture(scope="session")
def ruleset_engine(pytestconfig: pytest.Config) -> Engine:
    """An engine of the rule set under test."""
    return _engines(pytestconfig).usual


class CaseFile(pytest.File):
    """A case file: each of its cases is a test."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield the cases as tests; every fault of the file, or of the rules, is raised at once."""
        from routeengine.cases import load_cases  # only projects that use it pay

        engines = _engines(self.config)
        for case in load_cases(self.path, engines.ruleset):
            yield CaseItem.from_parent(self, name=case.id, case=case, engine=engines.of(case))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the faults as they are reported on the command line, in whatever style."""
        if isinstance(excinfo.value, RouteEngineError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class FailedCaseError(Exception):
    """A case does not get what it expects; holds what differs, and the result.

    `mismatches` are what differs, and `result` is what came out.
    """

    def __init__(self, mismatches: tuple[Mismatch, ...], result: Result) -> None:
        self.mismatches = mismatches
        self.result = result
        super().__init__("; ".join(map(str, mismatches)))


class CaseItem(pytest.Item):
    """A case as a test."""

    def __init__(self, *, case: Case, engine: Engine, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.engine = engine

    def runtest(self) -> None:
        """Classify the profile, and compare what comes out."""
        from routeengine.cases.run import mismatches  # only who uses it pays

        result = self.engine.classify(self.case.profile)
        if differences := tuple(mismatches(self.case, result)):
            raise FailedCaseError(differences, result)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return where the case stands, what differs, and the explanation of what came out."""
        error = excinfo.value
        if not isinstance(error, FailedCaseError):
            return super().repr_failure(excinfo, style)
        lang = _language(self.config, self.engine.ruleset)
        explained = self.engine.explain(error.result, lang).to_text(short=True)
        file = relpath(self.path, self.config.invocation_params.dir)
        place = f"{file}:{self.case.place.line}:{self.case.place.column}"
        lines = [f"{place}: {self.case.id}", *(f"  {one}" for one in error.mismatches)]
        return "\n".join([*lines, "", "What the rules say:", "", explained])

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the case stands."""
        return self.path, self.case.place.line - 1, f"case {self.name}"


# What a project says


_ENGINES = pytest.StashKey["CaseEngines"]()


def _rules(config: pytest.Config) -> str:
    """Return the rules that are named; a path in the settings is seen from there."""
    asked = config.getoption("--routeengine-rules")
    if asked:
        return str(asked)
    setting = str(config.getini("routeengine_rules"))
    here = config.rootpath / setting
    return str(here) if setting and here.exists() else setting


def _engines(config: pytest.Config) -> CaseEngines:
    from routeengine.cases import CaseEngines  # only projects that use it pay

    rules = _rules(config)
    if not rules:
        raise pytest.UsageError("say which rules: --routeengine-rules RULES")
    if _ENGINES not in config.stash:
        day, variant = (_asked(config, name) for name in ("as-of", "variant"))
        config.stash[_ENGINES] = CaseEngines(rules, day, variant)
    return config.stash[_ENGINES]


def _language(config: pytest.Config, ruleset: RuleSet) -> str | None:
    """Return the language that is asked for, else English if the rule set speaks it."""
    return _asked(config, "lang") or ("en" if "en" in ruleset.languages else None)


def _asked(config: pytest.Config, name: str) -> str | None:
    """Return what an option says, or else the setting of that name."""
    setting = f"routeengine_{name.replace('-', '_')}"
    asked = config.getoption(f"--routeengine-{name}") or config.getini(setting)
    return str(asked) if asked else None
