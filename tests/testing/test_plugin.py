"""The pytest plugin: case files as tests, fixtures, and nothing for who does not ask."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points

import pytest

from loading.small import SMALL
from loading.test_parameters import rules

# What the runs below import is imported here already, so that they find the same modules.
for module in ("cases", "engine", "explanation.build", "loading"):
    import_module(f"routeengine.{module}")

pytest_plugins = ["pytester"]

PASSING = """\
cases:
  adult:
    facts: {age: 18, willing: true, debt: none}
    expect: {card: A}
"""

FAILING = """\
# a comment
cases:
  child:
    facts: {age: 12, willing: true, debt: none}
    expect: {card: A, flags: []}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a project with a rule set."""
    pytester.makefile(".yaml", rules=SMALL)
    return pytester


def write(project: pytest.Pytester, name: str, text: str) -> None:
    """Write a file of the project."""
    (project.path / name).write_text(text, encoding="utf-8")


def test_the_plugin_is_found_by_pytest() -> None:
    """It is registered under the name that it is imported by."""
    (found,) = [one for one in entry_points(group="pytest11") if "routeengine" in one.value]
    assert found.name == found.value == "routeengine.pytest_plugin"


@pytest.mark.gate
def test_pytest_starts_without_what_it_does_not_need() -> None:
    """In a project that names no rules, nothing that takes time is imported."""
    slow = ("pydantic", "yaml", "hypothesis", "tqdm", "numpy", "pyarrow")
    code = f"import sys, routeengine.pytest_plugin; print([m for m in {slow} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_without_rules_no_file_is_looked_at(project: pytest.Pytester) -> None:
    """Other people's YAML stays other people's, also where its name would fit."""
    write(project, "some.cases.yaml", "not: [ours")
    project.makepyfile("def test_other(): pass")
    result = project.runpytest("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    assert "routeengine rules" not in result.stdout.str()


def test_case_files_are_run(project: pytest.Pytester) -> None:
    """Each case is a test; other YAML is left alone."""
    write(project, "some.cases.yaml", PASSING)
    write(project, "more.cases.yml", PASSING)
    project.makefile(".yaml", other="not: [ours")
    result = project.runpytest("--routeengine-rules", "rules.yaml", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["routeengine rules: rules.yaml", "some.cases.yaml::adult PASSED*"])


def test_a_failing_case_shows_the_explanation(project: pytest.Pytester) -> None:
    """Where it stands, what differs, and what the rules say: no traceback and no dictionary."""
    write(project, "some.cases.yaml", FAILING)
    result = project.runpytest("--routeengine-rules", "rules.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*case child*",
            "some.cases.yaml:3:3: child",
            "  card.status: expected `decided`, got `review`",
            "  card.outcome: expected `A`, got none",
            "What the rules say:",
        ]
    )
    shown = result.stdout.str()
    assert "Traceback" not in shown
    assert "  flags: expected [], got [talk]" in shown


@pytest.mark.parametrize(("lang", "word"), [(None, "How we got to"), ("nl", "Verantwoording: hoe")])
def test_the_language_can_be_chosen(project: pytest.Pytester, lang: str | None, word: str) -> None:
    """English where the rules speak it and nothing is said."""
    write(project, "some.cases.yaml", FAILING)
    chosen = ["--routeengine-lang", lang] if lang else []
    result = project.runpytest("--routeengine-rules", "rules.yaml", *chosen)
    assert word in result.stdout.str().partition("What the rules say:")[2]


def test_settings_serve_as_options(project: pytest.Pytester) -> None:
    """A path is seen from the settings; patterns name other case files."""
    project.makeini(
        "[pytest]\nrouteengine_rules = rules.yaml\nrouteengine_lang = nl\n"
        "routeengine_cases = checked-*.yaml\n"
    )
    write(project, "checked-one.yaml", PASSING)
    write(project, "some.cases.yaml", FAILING)
    below = project.mkdir("below")
    project.chdir()
    result = project.runpytest("--rootdir", str(project.path), "-c", "tox.ini", str(project.path))
    result.assert_outcomes(passed=1)
    assert below.exists()


@pytest.mark.parametrize("by", ["options", "settings"])
def test_a_day_and_a_variant_are_taken(project: pytest.Pytester, by: str) -> None:
    """Without them rules with parameters would be rules that no case can be run on."""
    project.makepyfile(
        "def test_it(ruleset): assert str(ruleset.instance) == "
        "'from 2025-07-01 until 2025-07-01, limit_120'"
    )
    asked = {"rules": "bijstand-norm", "as_of": "2025-07-01", "variant": "limit_120"}
    options = [f"--routeengine-{name.replace('_', '-')}={one}" for name, one in asked.items()]
    settings = [f"routeengine_{name} = {one}" for name, one in asked.items()]
    if by == "settings":
        project.makeini("\n".join(["[pytest]", *settings]))
    project.runpytest(*options if by == "options" else []).assert_outcomes(passed=1)


def test_a_case_is_run_with_the_numbers_that_it_names(project: pytest.Pytester) -> None:
    """Also where no day is asked for; the same client is told something else on another day."""
    project.makefile(".yaml", rules=rules("[{is: 18}, {from: 2025-01-05, is: 21}]")["r.yaml"])
    client = "variant: diemen, facts: {age: 20, willing: true, debt: none}"
    write(
        project,
        "some.cases.yaml",
        f"cases:\n  one: {{as_of: 2025-01-01, {client}, expect: {{card: A}}}}\n"
        f"  other: {{as_of: 2025-01-05, {client}, expect: {{card: {{status: review}}}}}}\n",
    )
    project.runpytest("--routeengine-rules=rules.yaml").assert_outcomes(passed=2)


def test_a_shipped_name_can_stand_in_the_settings(project: pytest.Pytester) -> None:
    """As it can on the command line."""
    project.makeini("[pytest]\nrouteengine_rules = rijswijk-2023\n")
    project.makepyfile("def test_it(ruleset): assert ruleset.id == 'rijswijk-2023'")
    project.runpytest().assert_outcomes(passed=1)


def test_a_file_that_is_asked_for_is_run(project: pytest.Pytester) -> None:
    """Whatever its name."""
    project.makefile(".yaml", anything=PASSING)
    result = project.runpytest("--routeengine-rules", "rules.yaml", "anything.yaml")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("rules", "cases", "message"),
    [
        ("rules.yaml", "cases: {one: {expect: {crd: A}}}", "*did you mean `card`*"),
        ("nowhere", PASSING, "*is no shipped rule set and no file or folder*"),
    ],
)
def test_what_does_not_load_is_told(
    project: pytest.Pytester, rules: str, cases: str, message: str
) -> None:
    """As on the command line, without a traceback."""
    write(project, "some.cases.yaml", cases)
    result = project.runpytest("--routeengine-rules", rules)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    assert "Traceback" not in result.stdout.str()


def test_the_fixtures(project: pytest.Pytester) -> None:
    """The rule set and an engine of it; a project's own `ruleset` comes before ours."""
    project.makepyfile(
        test_ours="""
        def test_it(ruleset, ruleset_engine):
            assert ruleset.id == "small"
            assert ruleset_engine.ruleset is ruleset
        """,
        test_own="""
        import pytest

        @pytest.fixture
        def ruleset():
            return "mine"

        def test_it(ruleset):
            assert ruleset == "mine"
        """,
    )
    write(project, "some.cases.yaml", PASSING)
    project.runpytest("--routeengine-rules", "rules.yaml").assert_outcomes(passed=3)


def test_a_fixture_without_rules_says_what_to_do(project: pytest.Pytester) -> None:
    """Rather than that something is None."""
    project.makepyfile("def test_it(ruleset): pass")
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*say which rules: --routeengine-rules RULES*"])


@pytest.mark.parametrize(
    ("patched", "outcome"),
    [("routeengine.engine.Engine.classify", "failed"), ("routeengine.cases.load_cases", "errors")],
)
def test_other_errors_are_shown_as_they_are(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, patched: str, outcome: str
) -> None:
    """An error that is no fault of rules or cases keeps its traceback."""
    write(project, "some.cases.yaml", PASSING)
    monkeypatch.setattr(patched, None)
    result = project.runpytest("--routeengine-rules", "rules.yaml")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*TypeError: 'NoneType' object is not callable*"])
