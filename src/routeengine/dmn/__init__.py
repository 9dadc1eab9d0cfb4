"""Decision models of others (DMN) as rules, and rules as a decision model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from routeengine.dmn.document import rule_files
from routeengine.dmn.export import Exported, export_dmn
from routeengine.dmn.inputs import Fact
from routeengine.dmn.model import Refusal
from routeengine.dmn.reading import read_model
from routeengine.dmn.rules import Answer, Reading
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

__all__ = ["Exported", "Imported", "Refusal", "export_dmn", "import_model"]


@dataclass(frozen=True, slots=True)
class Imported:
    """A decision model as rules.

    `files` are the texts of rule files by name, none where no decision could be read. `facts` says
    for each input which fact it became, `answers` for each decision which decisions, and `scores`
    for each that adds up the id of its score. `refusals` says what could not be read, in the order
    of the file.
    """

    files: Mapping[str, str]
    refusals: tuple[Refusal, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    scores: Mapping[str, str] = field(default_factory=dict)

    def ruleset(self) -> RuleSet:
        """Return the rules that the files hold."""
        return load_ruleset(dict(self.files))


def import_model(
    data: bytes,
    file: str,
    *,
    language: str = "en",
    places: int = 2,
    places_of: Mapping[str, int] = MappingProxyType({}),
    as_facts: bool = False,
) -> Imported:
    """Return the rules that the tables of a decision model are.

    `data` are the bytes of the file that `file` names. Numbers have so many `places`, and single
    inputs those of `places_of`. With `as_facts` what a refused decision would give becomes a fact,
    and the decisions that read it are kept.

    Raises RuleSetError for what is no decision model.
    """
    reading = Reading(read_model(data, file), places, places_of, as_facts)
    reading.read()
    files = rule_files(reading, language) if reading.drawn else {}
    answers = {name: drawn.answers for name, drawn in reading.drawn.items()}
    scores = {name: one.id for name, one in reading.scores.items()}
    return Imported(files, tuple(reading.refusals), dict(reading.facts), answers, scores)
