"""What a check reports: findings with a severity and a witness, and the sizes of proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from routeengine.notebook_table import table
from routeengine.ruleset.domains import Value
from routeengine.ruleset.expectations import Acceptable
from routeengine.ruleset.words import Place, Text
from routeengine.verification.points import Points
from routeengine.verification.regions import Region, Regions
from routeengine.verification.space import NOTHING, Amount

Severity: TypeAlias = Literal["error", "warning", "note"]

ErrorKind: TypeAlias = Literal[
    "gap",
    "overlap",
    "not_unique",
    "nothing_possible",
    "broken_expectation",
    "unexplained_proxy",
    "version_not_raised",
]
"""What is an error."""

NoteKind: TypeAlias = Literal[
    "only_proposed",
    "implied_outranks",
    "order_decides",
    "sensitivity_tied",
    "gap_follows",
    "redundant_rule",
    "equivalent_operands",
    "proxy_to_explain",
    "not_grounded",
    "unchecked_citations",
    "unused_parameter",
    "texts_not_raised",
]
"""What is no more than a note."""

Kind: TypeAlias = Acceptable | ErrorKind | NoteKind | Literal["undetermined", "stale_acceptance"]
"""What is no error and no note is a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the rules that their author should look at.

    `about` names what it is about, as an acceptance does. `witness` is a full profile on which
    it shows, `changed` a second one where it takes two, and `enough` the facts of the
    witness that alone lead there. `covers` says how many combinations of cells it is so on, of all
    that the constraints leave, and how many full profiles.
    All are empty for what never is. `accepted` holds the author's reason, and `hint` what would
    mend it, where that can be said. `look` finds the regions.
    """

    kind: Kind
    decision: str
    message: str
    about: tuple[str, ...]
    place: Place
    rules: tuple[str, ...] = ()
    witness: Mapping[str, Value] = field(default_factory=dict)
    changed: Mapping[str, Value] = field(default_factory=dict)
    enough: tuple[str, ...] = ()
    covers: Amount = NOTHING
    accepted: Text | None = None
    hint: str = ""
    look: Callable[[], Regions] = field(default=Regions, repr=False, compare=False)

    def _repr_html_(self) -> str:
        return table("A finding", HEADS, [_row(self)])

    @property
    def regions(self) -> tuple[Region, ...]:
        """Where it is so, of a gap, an overlap or a broken expectation; found when first asked.

        As few and as wide as can be: none can be left out, and no fact of one may be otherwise.
        Of a change that is not expected it is where that change starts. If there are too many
        to be told, `left_over` says how much more there is.
        """
        return self.look().some

    @property
    def left_over(self) -> Amount:
        """How much of what has regions lies in none of them."""
        return self.look().left_over

    @property
    def points(self) -> Points:
        """Which totals the scores that the decision reads have there, if that fits."""
        return self.look().points

    @property
    def severity(self) -> Severity:
        """How grave it is: an error is wrong, a warning never bites, a note is to be known."""
        if self.kind in get_args(ErrorKind):
            return "error"
        return "note" if self.kind in get_args(NoteKind) else "warning"


Findings: TypeAlias = Iterator[Finding]

HEADS = "place", "severity", "kind", "decision", "what"


def _row(one: Finding) -> tuple[str, ...]:
    """Return what a notebook shows of a finding, under these heads."""
    return str(one.place), one.severity, one.kind, one.decision, one.message


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked through for one decision: combinations of cells, in all and per answer.

    `profiles` counts the same in full profiles, value by value. `overlap` is all that is under
    review because rules overlap: findings of overlaps have profiles in common.
    """

    decision: str
    combinations: int
    answers: Mapping[str, int]
    profiles: Mapping[str, int]
    overlap: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Kept:
    """An expectation that holds, and on how much: profiles, or changes, that it speaks of."""

    expectation: str
    covers: Amount


@dataclass(frozen=True, slots=True)
class Verification:
    """The findings, those the author accepts apart; the sizes of the proofs; what is kept."""

    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    kept: tuple[Kept, ...]

    def _repr_html_(self) -> str:
        rows = [_row(one) for one in self.findings]
        rows += [(*_row(one)[:-1], f"accepted: {one.message}") for one in self.accepted]
        many = ", ".join(f"{one.combinations:,} for {one.decision}" for one in self.proofs)
        caption = f"{len(self.findings)} findings; combinations that were looked through: {many}"
        return table(caption, HEADS, rows)

    @property
    def clean(self) -> bool:
        """Whether nothing was found but notes."""
        return all(finding.severity == "note" for finding in self.findings)
