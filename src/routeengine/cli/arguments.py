"""The arguments of each command. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

from routeengine._version import __version__

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
    _classify(commands.add_parser("classify", help="classify a caseload", epilog=EXIT))
    _explain(commands.add_parser("explain", help="explain one client's advice", epilog=EXIT))
    _check(commands.add_parser("check", help="check rule files", epilog=EXIT))
    _test(commands.add_parser("test", help="run cases against a rule set", epilog=EXIT))
    _diff(commands.add_parser("diff", help="what a change of rules changes", epilog=EXIT))
    _replay(commands.add_parser("replay", help="work a recorded advice out again", epilog=EXIT))
    _export(commands.add_parser("export", help="write the rules in another form", epilog=EXIT))
    return top


def _command(module: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        command: Callable[[argparse.Namespace], int] = import_module(module).run
        return command(arguments)

    return run


def _caseload(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "caseload", metavar="CASELOAD", help="CSV, Parquet, XLSX, JSON Lines or JSON"
    )
    _rules(command)
    command.add_argument(
        "--drop-columns",
        default=(),
        type=_names,
        metavar="NAME,NAME",
        help="columns to leave out; any other column that is no fact is refused",
    )
    command.add_argument(
        "--lang", choices=("nl", "en"), default="nl", help="language (default: nl)"
    )


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rules",
        default=DEFAULT_RULES,
        metavar="R",
        help=f"a shipped name, or a rule-set folder or file (default: {DEFAULT_RULES})",
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _classify(command: argparse.ArgumentParser) -> None:
    _caseload(command)
    command.add_argument(
        "-o", "--output", metavar="OUT", help="where to write: .csv, .parquet, .jsonl or .json"
    )
    command.set_defaults(run=_command("routeengine.cli.classify"))


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
    command.set_defaults(run=_command("routeengine.cli.explain"))


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
    command.set_defaults(run=_command("routeengine.cli.check"))


def _test(command: argparse.ArgumentParser) -> None:
    command.add_argument("rules", metavar="RULES", help="a shipped name, or a folder or file")
    command.add_argument("cases", metavar="CASES", help="a case file, or a folder of them")
    command.add_argument(
        "--mutate",
        action="store_true",
        help="try the cases on every rule set with one small fault; 1 where one goes unnoticed",
    )
    command.add_argument("--json", action="store_true", help="print the results as JSON")
    command.set_defaults(run=_command("routeengine.cli.test"))


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
    command.add_argument(
        "--drop-columns",
        default=(),
        type=_names,
        metavar="NAME,NAME",
        help="columns of the caseload to leave out",
    )
    command.add_argument(
        "--lang", choices=("nl", "en"), default="nl", help="language (default: nl)"
    )
    command.add_argument("--json", action="store_true", help="print the difference as JSON")
    command.set_defaults(run=_command("routeengine.cli.diff"))


def _replay(command: argparse.ArgumentParser) -> None:
    command.add_argument("record", metavar="RECORD", help="a record, as the library writes it")
    command.add_argument(
        "--rules",
        metavar="R",
        help="a shipped name, a rule-set folder or file, or a folder that holds rule sets "
        "(default: the rule set in the record, or a shipped one with the same meaning)",
    )
    command.set_defaults(run=_command("routeengine.cli.replay"))


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
    command.set_defaults(run=_command("routeengine.cli.export"))
