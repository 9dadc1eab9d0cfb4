"""The arguments of each command. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Final

from routeengine._version import __version__
from routeengine.i18n import LANGUAGES

DEFAULT_RULES = "rijswijk-2023"

EXIT = "exit status: 0 fine; 1 it ran and found something; 2 it could not run"


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="routeengine",
        description="Classify client profiles by declarative rules, and explain every answer. "
        "What it gives is advice: a person decides.",
        epilog=EXIT,
    )
    top.add_argument("--version", action="version", version=f"routeengine {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (describe, what) in COMMANDS.items():
        command = commands.add_parser(name, help=what, epilog=EXIT)
        command.set_defaults(run=partial(_run, f"routeengine.cli.{name}"))
        describe(command)
    return top


def _run(module: str, arguments: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = import_module(module).run
    return command(arguments)


def _caseload(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "caseload", metavar="CASELOAD", help="CSV, Parquet, XLSX, JSON Lines or JSON"
    )
    _rules(command)
    _drop_columns(command, "columns to leave out; any other column that is no fact is refused")
    _language(command)


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rules",
        default=DEFAULT_RULES,
        metavar="R",
        help=f"a shipped name, or a rule-set folder or file (default: {DEFAULT_RULES})",
    )


def _drop_columns(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--drop-columns", default=(), type=_names, metavar="NAME,NAME", help=what)


def _language(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lang", choices=LANGUAGES, help="language (default: the first that the rules are in)"
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _classify(command: argparse.ArgumentParser) -> None:
    _caseload(command)
    command.add_argument(
        "-o", "--output", metavar="OUT", help="where to write: .csv, .parquet, .jsonl or .json"
    )


def _explain(command: argparse.ArgumentParser) -> None:
    _caseload(command)
    command.add_argument("--client", required=True, metavar="ID", help="the client's pseudonym")
    command.add_argument(
        "--format", choices=("text", "markdown", "html", "json"), default="text", dest="form"
    )
    command.add_argument(
        "--short", action="store_true", help="the answers, why in short, and who decides"
    )
    command.add_argument(
        "--mask", action="store_true", help="leave out health data and what hangs on it"
    )


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("rules", metavar="RULES", help="a shipped name, or a folder or file")
    command.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="ID=FILE",
        help="check the citations against the text of this source as well",
    )
    command.add_argument("--json", action="store_true", help="print the findings as JSON")


def _test(command: argparse.ArgumentParser) -> None:
    command.add_argument("rules", metavar="RULES", help="a shipped name, or a folder or file")
    command.add_argument("cases", metavar="CASES", help="a case file, or a folder of them")
    command.add_argument(
        "--mutate",
        action="store_true",
        help="try the cases on every rule set with one small fault; 1 where one goes unnoticed",
    )
    command.add_argument("--json", action="store_true", help="print the results as JSON")


def _diff(command: argparse.ArgumentParser) -> None:
    rules = "a shipped name, or a folder or file"
    command.add_argument("old", metavar="OLD", help=f"the rules as they were: {rules}")
    command.add_argument("new", metavar="NEW", help=f"the rules as they are: {rules}")
    command.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="a fact, decision, flag or `decision.outcome` that is called otherwise now",
    )
    command.add_argument(
        "--caseload", metavar="FILE", help="clients to classify by both, to see who moves"
    )
    _drop_columns(command, "columns of the caseload to leave out")
    _language(command)
    command.add_argument("--json", action="store_true", help="print the difference as JSON")


def _replay(command: argparse.ArgumentParser) -> None:
    command.add_argument("record", metavar="RECORD", help="a record, as the library writes it")
    command.add_argument(
        "--rules",
        metavar="R",
        help="a shipped name, a rule-set folder or file, or a folder that holds rule sets "
        "(default: the rule set in the record, or a shipped one with the same meaning)",
    )


def _export(command: argparse.ArgumentParser) -> None:
    kinds = command.add_subparsers(title="forms", metavar="FORM", dest="kind", required=True)
    sql = kinds.add_parser("sql", help="the statement of a view with a verdict per row")
    _rules(sql)
    sql.add_argument("--dialect", default="duckdb", help="of which database (default: duckdb)")
    sql.add_argument(
        "--table", default="clients", metavar="NAME", help="what it reads (default: clients)"
    )
    sql.add_argument(
        "--view", default="advice", metavar="NAME", help="what it makes (default: advice)"
    )
    kinds.add_parser("json-schema", help="the form of rule files, for editors")


COMMANDS: Final[Mapping[str, tuple[Callable[[argparse.ArgumentParser], None], str]]] = {
    "classify": (_classify, "classify a caseload"),
    "explain": (_explain, "explain one client's advice"),
    "check": (_check, "check rule files"),
    "test": (_test, "run cases against a rule set"),
    "diff": (_diff, "what a change of rules changes"),
    "replay": (_replay, "work a recorded advice out again"),
    "export": (_export, "write the rules in another form"),
}
"""Each command: what describes its arguments, and what it does. A module of that name runs it."""
