"""What an imported rule set says by itself, in the languages of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "purpose": "Imported from the decision model {file}; to be reviewed before use.",
        "owner": "Nobody yet: say who answers for these rules.",
        "kind": "decision model",
        "status": "Imported as it was; nobody has held it against its grounds.",
        "question": "{name}?",
        "why": "The decision model asks it.",
        "other": "(other)",
        "row": "row {number}",
        "applies": "Row {number} of the table “{table}” applies.",
        "default": "otherwise",
        "none_applies": "No row of the table “{table}” applies.",
        "choice": "As the table says: “{table}”, row {number}.",
        "choice_table": "As the table says: “{table}”.",
        "choice_default": "As the table says: “{table}”, the default.",
        "choice_values": "As the model says: what “{name}” can be.",
        "because": "It was imported; the table cites no sentence.",
        "alternative": "None is recorded.",
        "counts": "a row of “{table}” applies",
        "cannot": "“{name}” is no value that the model allows",
    },
    "nl": {
        "purpose": "Overgenomen uit het beslismodel {file}; na te kijken voor gebruik.",
        "owner": "Nog niemand: zeg wie voor deze regels instaat.",
        "kind": "beslismodel",
        "status": "Overgenomen zoals het was; nog niemand heeft het met de gronden vergeleken.",
        "question": "{name}?",
        "why": "Het beslismodel vraagt ernaar.",
        "other": "(anders)",
        "row": "rij {number}",
        "applies": "Rij {number} van de tabel “{table}” is van toepassing.",
        "default": "anders",
        "none_applies": "Geen rij van de tabel “{table}” is van toepassing.",
        "choice": "Zoals de tabel zegt: “{table}”, rij {number}.",
        "choice_table": "Zoals de tabel zegt: “{table}”.",
        "choice_default": "Zoals de tabel zegt: “{table}”, de standaardwaarde.",
        "choice_values": "Zoals het model zegt: wat “{name}” kan zijn.",
        "because": "Het is overgenomen; de tabel haalt geen zin aan.",
        "alternative": "Er is geen andere lezing vastgelegd.",
        "counts": "een rij van “{table}” is van toepassing",
        "cannot": "“{name}” heeft geen waarde die het model toelaat",
    },
}
"""Templates by language."""


class Speaker:
    """Says things in one language, as a text of a rule set."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, key: str, **parts: object) -> dict[str, str]:
        """Return a sentence as a rule file has it: the words by language."""
        return {self.language: self.words(key, **parts)}

    def words(self, key: str, **parts: object) -> str:
        """Return a sentence."""
        return WORDS[self.language][key].format(**parts)

    def text(self, words: str) -> dict[str, str]:
        """Return words of the model as a text of a rule set."""
        return {self.language: words}
