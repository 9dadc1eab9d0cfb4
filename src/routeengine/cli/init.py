"""`routeengine init`: a small rule set with its cases, to begin with."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from routeengine.cli.output import show
from routeengine.errors import UsageError, shown
from routeengine.formatters.data import to_json
from routeengine.i18n import LANGUAGES
from routeengine.loading.document import json_schema

SCHEMA: Final = "schemas/ruleset.schema.json"
"""The form of rule files, for editors; each rule file names it in its first line."""

_TEXT = re.compile(r"\{nl: (?P<nl>[^,{}]+), en: (?P<en>[^,{}]+)\}")
_COMMENT = re.compile(r"^( *# )(nl|en): (.*\n)", re.MULTILINE)


def run(arguments: argparse.Namespace) -> int:
    """Write the files into a folder in which none of their folders is yet."""
    languages = _languages(arguments.lang)
    files = dict(_files(languages))
    _write(Path(arguments.folder), files)
    named = shown(arguments.folder)
    show("\n".join([f"{named}: written are", *(f"  {name}" for name in files)]))
    source = f"--source house_rules={named}/sources/house-rules.txt"
    show(f"\nnow: routeengine check {named}/rules {source}")
    show(f"and: routeengine test {named}/rules {named}/cases")
    return 0


def _languages(option: str) -> tuple[str, ...]:
    languages = tuple(option.replace(" ", "").split(","))
    if not set(languages) <= {*LANGUAGES} or len(set(languages)) < len(languages):
        told = " and ".join(f"`{one}`" for one in LANGUAGES)
        raise UsageError(f"`--lang` takes {told}, each once at most: as nl,en")
    return languages


def _files(languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is written: the name of each file, and its text."""
    start = resources.files("routeengine.cli") / "start"
    for folder in _named(start):
        for file in _named(folder):
            text, name = file.read_text(encoding="utf-8"), f"{folder.name}/{file.name}"
            yield name, _in_languages(text, folder.name, languages)
    yield SCHEMA, to_json(json_schema()) + "\n"


def _named(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda one: one.name)


def _in_languages(text: str, folder: str, languages: Sequence[str]) -> str:
    """Return a file with its texts in these languages, and its comments in the first of them."""

    def cut(texts: re.Match[str]) -> str:
        return "{" + ", ".join(f"{one}: {texts[one]}" for one in languages) + "}"

    def told(comment: re.Match[str]) -> str:
        return comment[1] + comment[3] if comment[2] == languages[0] else ""

    text = _COMMENT.sub(told, _TEXT.sub(cut, text))
    text = text.replace("languages: [nl, en]", f"languages: [{', '.join(languages)}]")
    return f"# yaml-language-server: $schema=../{SCHEMA}\n{text}" if folder == "rules" else text


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into folders of their own; raises UsageError if one of those is there."""
    inside = sorted({name.partition("/")[0] for name in files})
    if there := [one for one in inside if os.path.lexists(folder / one)]:
        named = " and ".join(f"`{one}`" for one in there)
        raise UsageError(f"{shown(folder)}: has {named} already, and nothing is written")
    folder.mkdir(exist_ok=True)
    part = Path(mkdtemp(".part", ".routeengine-", folder))
    try:
        for name, text in files.items():
            (part / name).parent.mkdir(exist_ok=True)
            (part / name).write_text(text, encoding="utf-8", newline="\n")
        # To move a folder to where there is one fails, unless that is empty.
        for one in inside:
            (part / one).rename(folder / one)
    finally:
        shutil.rmtree(part)
