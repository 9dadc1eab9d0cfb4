"""What is said of a caseload as a whole, in a small file beside it: `NAME.meta.yaml`.

A caseload has columns for facts only, so whether its clients are made up stands apart. Nothing of
it changes an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from routeengine.loading.files import read_text
from routeengine.loading.keys import Entry, needed, optional
from routeengine.loading.shapes import DAY, TEXT, WHOLE, YES_NO, Run, table
from routeengine.loading.yaml_tree import Collector, MappingNode, TreeReader, UnreadableError
from routeengine.ruleset.words import Place, Text

ENDING = ".meta.yaml"

MADE = "made: true"
"""What such a file holds that says only that the clients are made up."""

PACKED = (".gz", ".zip")


@dataclass(frozen=True, slots=True)
class Published:
    """Figures that are public already, by what a report counts, and where they stand."""

    source: Text
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is said of a caseload: whether it is made up, of which day and time, and its title."""

    made: bool = False
    date: date | None = None
    period: Text = field(default_factory=dict)
    title: Text = field(default_factory=dict)
    published: Published | None = None


class PublishedEntry(Entry, noun="`published`", makes=Published):
    """Figures that are public already."""

    source = needed(TEXT, "where they stand, in a few words, as `from the letter`")
    figures = needed(table(WHOLE), "the figures, by the name of what a report counts")


class SidecarEntry(Entry, noun="the file beside a caseload", makes=Sidecar):
    """What is said of a caseload as a whole."""

    made = optional(YES_NO, "`true` where the clients do not exist")
    date = optional(DAY, "the day from which the facts are looked at")
    period = optional(TEXT, "the time that the figures are about", {})
    title = optional(TEXT, "what a report of it is called", {})
    published = optional(PublishedEntry, "figures that are public already", None)


def sidecar_path(caseload: str | Path) -> Path:
    """Return where the file beside a caseload stands: `a.meta.yaml` for `a.csv` and `a.csv.gz`."""
    path = Path(caseload)
    if path.suffix.lower() in PACKED:
        path = path.with_suffix("")
    return path.with_suffix(ENDING)


def read_sidecar(caseload: str | Path) -> Sidecar:
    """Return what is said of a caseload; nothing, if no file stands beside it.

    Raises RuleSetError with every fault, each with line and column, for an unknown key or a value
    that is not what it should be.
    """
    path = sidecar_path(caseload)
    if not path.exists():
        return Sidecar()
    collector = Collector()
    collector.mark((), Place(str(path), 1, 1))
    root = MappingNode()
    try:
        TreeReader(collector).read(str(path), read_text(str(path), path, collector), root)
    except UnreadableError:
        collector.raise_faults()
    sidecar: Sidecar = SidecarEntry.read(root, Run(collector, (), (), ()))
    collector.raise_faults()
    return sidecar
