"""`routeengine cite`: the sentences of a document, as citations that are ready to be used."""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

from routeengine.citations import check_headings, citation_yaml, find_sentences, sentences
from routeengine.cli.inputs import source_text
from routeengine.cli.output import give, show, tell
from routeengine.errors import UsageError, shown
from routeengine.loading import load_ruleset
from routeengine.ruleset.sources import Source

_ID = re.compile(r"[a-z][a-z0-9_]*")


def run(arguments: argparse.Namespace) -> int:
    """Write the citations; 1 if there are none, or a heading does not stand there just once."""
    source, text = _source(arguments), source_text(arguments.file)
    findings = check_headings(source, text)
    for finding in findings:
        tell(f"{shown(arguments.file)}: {shown(finding)}")
    found = find_sentences(sentences(text, source), arguments.find)
    if not found:
        tell(f"{shown(arguments.file)}: no sentence is found")
        return 1
    # Words of a source are for the eye: what goes to a file is in a rule set before long.
    if sys.stdout.isatty():
        show(citation_yaml(found, source, texts=True))
    else:
        give(citation_yaml(found, source))
    return 1 if findings else 0


def _source(arguments: argparse.Namespace) -> Source:
    """Return how sentences are counted: as the rules say of a source, or as the options do."""
    name = arguments.source
    counted = arguments.headings, arguments.abbreviations, arguments.number
    if arguments.rules is None:
        name = _id_from(arguments.file) if name is None else name
        if not _ID.fullmatch(name):
            message = "`--source` takes an id: lower-case letters, digits and underscores"
            raise UsageError(message)
        headings, abbreviations, number = counted
        return Source(name, {}, number or "", {}, tuple(headings), tuple(abbreviations))
    if any(counted):
        message = "with `--rules` the source says how it is counted: leave out"
        raise UsageError(f"{message} `--heading`, `--abbreviation` and `--number`")
    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    known = {one.id: one for one in ruleset.sources}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(f"`--rules` needs `--source ID` of a source that is there: {listed}")
    return known[name]


def _id_from(path: str) -> str:
    """Return an id that is made of the name of a file."""
    plain = unicodedata.normalize("NFKD", Path(path).stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_0123456789") or "source"
