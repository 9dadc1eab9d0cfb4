"""`routeengine export`: the rules in another form, to standard output or a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from routeengine.cli.output import STANDARD, give, show, tell
from routeengine.errors import UsageError, shown
from routeengine.formatters.data import to_json
from routeengine.loading import load_names, load_ruleset
from routeengine.ruleset.model import RuleSet

# Each form imports what it needs when it runs: one is an extra, and none needs the others.


def run(arguments: argparse.Namespace) -> int:
    """Write the rules in the form that is asked for."""
    FORMS[arguments.kind](arguments)
    return 0


def _sql(arguments: argparse.Namespace) -> None:
    from routeengine.sql import export_sql

    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    text = export_sql(
        ruleset, arguments.dialect, table_name=arguments.table, view_name=arguments.view
    )
    give(text.removesuffix("\n"), arguments.output, [arguments.rules])


def _json_schema(arguments: argparse.Namespace) -> None:
    """Write the form of rule files, or that of the files that go with one rule set."""
    rules, of = arguments.rules, arguments.of
    if rules is None:
        if of != "ruleset" or (arguments.as_of, arguments.variant) != (None, None):
            message = "`--of`, `--as-of` and `--variant` are of the rules that `--rules R` names"
            raise UsageError(message)
        from routeengine.loading.document import json_schema

        schema = json_schema()
    else:
        schema = _named_schema(*load_names(rules, arguments.as_of, arguments.variant), of)
    give(to_json(schema), arguments.output, [] if rules is None else [rules])


def _named_schema(ruleset: RuleSet, variants: Sequence[str], of: str) -> dict[str, Any]:
    if of == "cases":
        from routeengine.cases.schema import cases_json_schema

        return cases_json_schema(ruleset)
    if of == "profile":
        from routeengine.profile_model import profile_json_schema

        return profile_json_schema(ruleset)
    from routeengine.loading.named_schema import ruleset_json_schema

    return ruleset_json_schema(ruleset, variants)


def _register(arguments: argparse.Namespace) -> None:
    """Write a draft, and say what is not in it; one that lacks what is needed is never final."""
    from routeengine.register import register_entry

    entry = register_entry(load_ruleset(arguments.rules, arguments.as_of, arguments.variant))
    if entry.lacking:
        named = ", ".join(f"{one.name} (`{one.said_in}`)" for one in entry.lacking)
        lacks = f"the register needs what is not recorded: {named}"
        if arguments.final:
            raise UsageError(lacks)
        tell(f"draft: {lacks}")
    # There is always something: some fields of the standard have no place in a rule set.
    names = ", ".join(one.name for one in entry.left_out)
    tell(f"left out, as it is not recorded: {names}")
    give(to_json(dict(entry.fields)), arguments.output, [arguments.rules])


def _dmn(arguments: argparse.Namespace) -> None:
    """Write the tables, and say what of the rules is not in them."""
    from routeengine.dmn import export_dmn

    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    exported = export_dmn(ruleset, review_as=arguments.review_as, language=arguments.lang)
    for one in exported.left_out:
        tell(f"left out: {one}")
    give(exported.text, arguments.output, [arguments.rules])


def _artefact(arguments: argparse.Namespace) -> None:
    from routeengine.portable import artefact_types, export_artefact

    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    if arguments.types:
        text = artefact_types(ruleset).removesuffix("\n")
    else:
        text = export_artefact(ruleset, words=not arguments.no_words)
    give(text, arguments.output, [arguments.rules])


def _interview(arguments: argparse.Namespace) -> None:
    from routeengine.interview_page import interview_page

    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    page = interview_page(ruleset, arguments.lang)
    give(page.removesuffix("\n"), arguments.output, [arguments.rules])


def _studio(arguments: argparse.Namespace) -> None:
    from routeengine.studio import write_studio

    folder = arguments.output
    if folder == STANDARD:
        raise UsageError("`export studio` needs `-o DIR`: a new folder, or an empty one")
    write_studio(
        folder,
        arguments.rules,
        arguments.pyodide,
        as_of=arguments.as_of,
        variant=arguments.variant,
        lang=arguments.lang,
    )
    show(f"{shown(folder)}: written; to see it:")
    show(f"  python -m http.server --bind 127.0.0.1 --directory {shown(folder)}")


FORMS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "sql": _sql,
    "artefact": _artefact,
    "interview": _interview,
    "dmn": _dmn,
    "json-schema": _json_schema,
    "register": _register,
    "studio": _studio,
}
"""What writes each form."""
