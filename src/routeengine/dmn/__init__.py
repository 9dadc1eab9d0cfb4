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

    Attributes:
        files: The texts of rule files by their names; none if no decision could be read.
        refusals: What could not be read, in the order of the file.
        facts: For each input, by name, the fact that it became.
        answers: For each decision, by name, the decisions of the rule set that it became.
        scores: For each decision that adds up, by name, the id of the score that it became.
    """

    files: Mapping[str, str]
    refusals: tuple[Refusal, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    scores: Mapping[str, str] = field(default_factory=dict)

    def ruleset(self) -> RuleSet:
        """Return the rule set that the files hold.

        Raises UsageError if there are no files.
        """
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
    """Return the decision tables of a decision model (DMN) as rule files.

    `data` are the bytes of the file, and `file` its name for messages. `language` is the language
    of the texts in it. Numbers have so many decimal `places`, and those of single inputs may be
    given by name in `places_of`. What cannot be read is refused and told. With `as_facts` the
    answer of a refused decision becomes a fact, so that the decisions that read it are kept.

    Raises RuleSetError for what is no decision model.
    """
    reading = Reading(read_model(data, file), places, places_of, as_facts)
    reading.read()
    files = rule_files(reading, language) if reading.drawn else {}
    answers = {name: drawn.answers for name, drawn in reading.drawn.items()}
    scores = {name: one.id for name, one in reading.scores.items()}
    return Imported(files, tuple(reading.refusals), dict(reading.facts), answers, scores)
