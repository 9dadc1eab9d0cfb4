"""The arguments of each command. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import Any, Final, TypeAlias, get_args

from routeengine._version import __version__
from routeengine.cli.argument_values import Parser, count, decimals, filled, moment, names, some
from routeengine.engine import ExecutorName
from routeengine.i18n import LANGUAGES

DEFAULT_RULES = "rijswijk-2023"

EXIT = (
    "exit status: 0 fine; 1 it ran and found something; 2 it could not run; "
    "129, 130 and 143 it was ended by SIGHUP, Ctrl-C or SIGTERM"
)


RULES = "a shipped name, or a folder or file"

Add: TypeAlias = Callable[..., object]
"""Adds an argument to a command, as argparse does."""

Command: TypeAlias = tuple[str, tuple[Callable[[Add], None], ...]]
"""What a command does, and what adds its arguments."""


@cache
def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line, once."""
    top = Parser(
        prog="routeengine",
        description="Classify client profiles by declarative rules, and explain every answer. "
        "What it gives is advice: a person decides.",
        epilog=EXIT,
    )
    top.add_argument("--version", action="version", version=f"routeengine {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        one = _added(commands, name, command, epilog=EXIT)
        module = MODULES.get(name, name)
        one.set_defaults(run=partial(_run, f"routeengine.cli.{module}"))
    export = commands.choices["export"]
    forms = export.add_subparsers(title="forms", metavar="FORM", dest="kind", required=True)
    for name, command in FORMS.items():
        _added(forms, name, command)
    return top


def _added(commands: Any, name: str, command: Command, **more: str) -> argparse.ArgumentParser:
    what, describe = command
    added: argparse.ArgumentParser = commands.add_parser(name, help=what, **more)

    def add(*called: str, **options: Any) -> None:
        if not options.keys() & {"type", "choices"} and options.get("action") != "store_true":
            options["type"] = filled
        added.add_argument(*called, **options)

    for add_arguments in describe:
        add_arguments(add)
    return added


def _run(module: str, arguments: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = import_module(module).run
    return command(arguments)


CASELOAD = "CSV, Parquet, XLSX, JSON Lines or JSON; `-` for standard input"


def _caseload(add: Add) -> None:
    add("caseload", metavar="CASELOAD", help=CASELOAD)
    _rules(add)
    _columns(add)


def _columns(add: Add) -> None:
    _source_format(add)
    _drop_columns(add, "columns to ignore; any other column that is not a fact is refused")
    _language(add)


def _source_format(add: Add) -> None:
    what = "csv, parquet, xlsx, jsonl or json, if the name of the caseload does not tell"
    add("--from", metavar="FORMAT", dest="source_format", help=what)


def _rules(add: Add) -> None:
    what = f"a shipped name, or a rule-set folder or file (default: {DEFAULT_RULES})"
    add("--rules", default=DEFAULT_RULES, metavar="R", help=what)
    _as_of(add)


def _checked_rules(add: Add) -> None:
    add("rules", metavar="RULES", help=RULES)
    _as_of(add)


def _as_of(add: Add, more: str = "", **options: str) -> None:
    what = "of a folder of versions, the one that is valid on this day, as in 2024-05-06"
    add("--as-of", metavar="DAY", help=what + more, **options)
    what = "the numbers of this variant, say a municipality, if the rules have parameters"
    add("--variant", metavar="V", help=what + more, **options)


def _executor(add: Add) -> None:
    what = "who answers (default: lanes): reference is the definition, durable is durable-rules"
    add("--executor", choices=get_args(ExecutorName), default="lanes", help=what)
    what = "what the executor durable refuses, the lanes answer: it tells which of the two did"
    add("--fallback", action="store_true", help=what)


def _drop_columns(add: Add, what: str) -> None:
    what += "; may be repeated; quote a name with a comma, '\"A, B\"'; #1 is the first column"
    add("--drop-columns", default=[], action="extend", type=names, metavar="NAME,NAME", help=what)
    what = "how many lines, or rows of a sheet, come before the column names"
    add("--skip-rows", default=0, type=count, metavar="N", help=what)
    what = "the decimal sign, if 1.091 or 1,091 could be either number"
    add("--decimal", choices=("comma", "point"), help=what)


def _language(add: Add) -> None:
    add("--lang", choices=LANGUAGES, help="language (default: the first that the rules are in)")


def _events(add: Add) -> None:
    what = "what happened to clients, CSV or JSON Lines: conversations, observations, decisions …"
    add("--events", metavar="F", help=what)


def _classify(add: Add) -> None:
    _events(add)
    what = "where to write: .csv, .tsv, .parquet, .jsonl or .json; `-` for standard output"
    add("-o", "--output", metavar="OUT", help=what)
    what = "csv, tsv, parquet, jsonl or json, if the name of OUT does not tell"
    add("--to", metavar="FORMAT", dest="target_format", help=what)


def _report(add: Add) -> None:
    _events(add)
    add("--then", metavar="EARLIER", help="the same clients earlier, to see who got further")
    _output(add)


def _explain(add: Add) -> None:
    add("caseload", metavar="CASELOAD", help=f"{CASELOAD}; or a record, which holds one client")
    what = f"{RULES} (default: those in a record, or {DEFAULT_RULES})"
    add("--rules", metavar="R", help=what)
    _as_of(add)
    _columns(add)
    add("--client", metavar="ID", help="the client's pseudonym")
    what = "a page for each client, in the folder that `-o` names: an empty one, or a new one"
    add("--all", action="store_true", help=what)
    _events(add)
    what = "a departure from a record, as the library writes it; may be repeated, in their order"
    add("--departure", action="append", default=[], metavar="FILE", dest="departures", help=what)
    what = "the page for this reader (default: text and Markdown the client's, HTML the auditor's)"
    add("--audience", choices=("client", "consultant", "auditor"), help=what)
    what = "default: html if `--audience` or `--all` asks for a page, else text"
    add("--format", choices=("text", "markdown", "html", "json"), dest="form", help=what)
    add("--short", action="store_true", help="the answers, why in short, and who decides")
    add("--mask", action="store_true", help="leave out health data, and what would give it away")
    what = "when the answer was given, as in 2024-05-06T10:15+02:00; no clock is read"
    add("--at", type=moment, metavar="TIME", help=what)
    add("--letter", action="store_true", help="only the letter: the first part of that page")
    add("--large", action="store_true", help="a page in large letters")
    what = "refuse a client's page that is still a draft, and name what is lacking"
    add("--final", action="store_true", help=what)
    what = (
        "write in this folder a certificate of the reasons, and the rules, for whoever checks it; "
        "with `--format json` it stands in the explanation too"
    )
    add("--certificate", metavar="DIR", help=what)
    _output(add)


def _output(add: Add) -> None:
    add("-o", "--output", metavar="FILE", help="where to write (default: standard output)")


def _check(add: Add) -> None:
    _checked_rules(add)
    what = "also check the citations against the text of this source"
    add("--source", action="append", default=[], metavar="ID=FILE", help=what)
    what = f"the rules as they were: if they changed, the version must be higher; {RULES}"
    add("--against", metavar="OLD", help=what)
    what = "instead: for whom a decision hangs on a fact that may stand in for origin"
    add("--stands-in", action="store_true", help=what)
    what = "instead: for whom a decision hangs on this fact; may be repeated"
    add("--hangs-on", action="append", default=[], metavar="FACT", help=what)
    what = "with those: only this decision; may be repeated"
    add("--decision", action="append", default=[], metavar="D", help=what)
    add("--caseload", metavar="FILE", help="with those: count for how many clients of this file")
    _source_format(add)
    _drop_columns(add, "columns of the caseload to ignore")
    what = "with those: language (default: the first that the rules are in); else it is English"
    add("--lang", choices=LANGUAGES, help=what)
    add("--json", action="store_true", help="print the findings as JSON")
    what = "write the rules, their artefact and a certificate of both in this folder"
    add("--certificate", metavar="DIR", help=what)


def _init(add: Add) -> None:
    add("folder", metavar="DIR", help="a folder; nothing that is in it is written over")
    what = "the languages of its texts (default: nl,en); comments are in the first"
    add("--lang", default="nl,en", metavar="LANG,LANG", help=what)


def _cite(add: Add) -> None:
    add("file", metavar="FILE", help="the text of a document, in UTF-8")
    what = "only sentences with these words; may be repeated"
    add("--find", action="append", default=[], metavar="WORDS", help=what)
    what = "the id of the source in the rules (default: from the file name)"
    add("--source", metavar="ID", help=what)
    add("--rules", metavar="R", help=f"count sentences as these rules say of the source: {RULES}")
    _as_of(add)
    what = "a line that opens a section; may be repeated"
    add("--heading", action="append", default=[], metavar="LINE", dest="headings", help=what)
    what = "a word whose full stop does not end a sentence, such as e.g.; may be repeated"
    add(
        "--abbreviation",
        action="append",
        default=[],
        metavar="WORD",
        dest="abbreviations",
        help=what,
    )
    what = "skip lines that begin with this, such as the registration number on each page"
    add("--number", metavar="NUMBER", help=what)


def _test(add: Add) -> None:
    _checked_rules(add)
    what = "a case file, or a folder of them; several are taken together"
    add("cases", metavar="CASES", nargs="+", help=what)
    what = "put one small fault at a time into the rules; 1 if the cases miss one"
    add("--mutate", action="store_true", help=what)
    what = "with --mutate: try only this many faults, spread evenly, and tell how many are left"
    add("--mutants", type=some, metavar="N", help=what)
    add("--json", action="store_true", help="print the results as JSON")


def _diff(add: Add) -> None:
    add("old", metavar="OLD", help=f"the rules as they were: {RULES}")
    add("new", metavar="NEW", help=f"the rules as they are: {RULES}")
    _as_of(add, "; twice: that of OLD, then that of NEW", action="append")
    what = "a fact, decision, flag or `decision.outcome` that has another name now"
    add("--rename", action="append", default=[], metavar="OLD=NEW", help=what)
    add("--caseload", metavar="FILE", help="clients to classify by both, to see who moves")
    what = "count who moves by the values of a fact, or of another column, and name nobody"
    add("--by", metavar="COLUMN", help=what)
    _source_format(add)
    _drop_columns(add, "columns of the caseload to ignore")
    _language(add)
    add("--json", action="store_true", help="print the difference as JSON")
    what = "where to write (default: standard output); a name that ends in .html makes it a page"
    add("-o", "--output", metavar="FILE", help=what)


def _rulebook(add: Add) -> None:
    _checked_rules(add)
    what = "case files, or folders of them, to show with their results and what they reach"
    add("--cases", metavar="CASES", nargs="+", help=what)
    _language(add)
    _output(add)


def _replay(add: Add) -> None:
    add("record", metavar="RECORD", help="a record, as the library writes it")
    what = (
        "a shipped name, a rule-set folder or file, or a folder that holds rule sets "
        "(default: the rule set in the record, or a shipped one with the same meaning)"
    )
    add("--rules", metavar="R", help=what)
    _as_of(add)


def _sql(add: Add) -> None:
    add("--dialect", default="duckdb", help="the database (default: duckdb)")
    what = "the table that it reads (default: clients)"
    add("--table", default="clients", metavar="NAME", help=what)
    what = "the view that it makes (default: advice)"
    add("--view", default="advice", metavar="NAME", help=what)


def _register(add: Add) -> None:
    add("--final", action="store_true", help="refuse an entry that lacks what the register needs")


def _dmn(add: Add) -> None:
    what = "the outcome that stands for review by a person, which tables cannot express"
    add("--review-as", metavar="TEXT", help=what)
    _language(add)


def _import(add: Add) -> None:
    add("model", metavar="FILE", help="a decision model: DMN 1.1 or later")
    add("-o", "--output", metavar="DIR", required=True, help="a new folder, or an empty one")
    what = "how many decimals numbers have (default: 2), or those of one input; may be repeated"
    add("--places", default=[], action="append", type=decimals, metavar="[INPUT=]N", help=what)
    what = "make a fact of the result of each decision that cannot be read"
    add("--as-facts", action="store_true", help=what)
    add("--lang", choices=LANGUAGES, help="language of texts that the import adds (default: en)")


def _schema(add: Add) -> None:
    what = f"add the names in these rules: {RULES}"
    add("--rules", metavar="R", help=what)
    _as_of(add)
    what = "the form of rule files, of case files or of a client's profile (default: ruleset)"
    add("--of", choices=("ruleset", "cases", "profile"), default="ruleset", help=what)


def _artefact(add: Add) -> None:
    add("--no-words", action="store_true", help="leave out labels and questions")
    what = "the names of the rule set as TypeScript types, for callers of the evaluator"
    add("--types", action="store_true", help=what)


def _studio(add: Add) -> None:
    what = "the npm package `pyodide`, as it was installed"
    add("--pyodide", metavar="DIR", default="node_modules/pyodide", help=what)
    _language(add)
    add("-o", "--output", metavar="DIR", required=True, help="a new folder, or an empty one")


COMMANDS: Final[Mapping[str, Command]] = {
    "classify": ("classify a caseload", (_caseload, _executor, _classify)),
    "explain": ("explain one client's advice, or write a page for each", (_explain, _executor)),
    "check": ("check rule files", (_check,)),
    "init": ("write a small rule set and its cases, to begin with", (_init,)),
    "cite": ("write citations of the sentences of a document", (_cite,)),
    "test": ("run cases against a rule set", (_test, _executor)),
    "diff": ("what a change of rules changes", (_diff,)),
    "rulebook": (
        "write the rule book: the rules, their grounds and proofs, as a page",
        (_rulebook,),
    ),
    "report": ("write the report on a caseload: how many, never who", (_caseload, _report)),
    "replay": ("work a recorded advice out again", (_replay, _executor)),
    "import": ("read the tables of a decision model (DMN) into rule files", (_import,)),
    "export": ("write the rules in another form", ()),
}
"""Each command; a module of that name runs it, or that of `MODULES`.

Of `export` the arguments depend on the form.
"""

MODULES: Final[Mapping[str, str]] = {"import": "import_"}
"""The modules of commands that Python has a word for."""

FORMS: Final[Mapping[str, Command]] = {
    "sql": ("the statement of a view with a verdict per row", (_rules, _sql, _output)),
    "register": ("a draft entry for the Dutch algorithm register", (_rules, _register, _output)),
    "artefact": ("the compiled rules, for evaluators elsewhere", (_rules, _artefact, _output)),
    "interview": ("a page that asks and advises, and keeps it all", (_rules, _language, _output)),
    "dmn": ("a decision model: a table per decision", (_rules, _dmn, _output)),
    "json-schema": ("the form of rule files, for editors", (_schema, _output)),
    "studio": ("a page to change rules on, with the library itself in it", (_rules, _studio)),
}
"""The forms that rules can be written in."""
