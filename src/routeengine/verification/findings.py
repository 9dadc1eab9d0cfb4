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

    What is about a part that is never used has no witness, and covers nothing.

    Attributes:
        kind: What kind of finding it is, such as "gap", "overlap" or "redundant_rule";
            `docs/verification.md` lists them.
        decision: The id of the decision, or "" if it is about none.
        message: What is wrong, in a sentence.
        about: The ids of what it is about, as an acceptance names them.
        place: Where that stands: file, line and column.
        rules: The ids of the rules that are involved.
        witness: A full profile on which it shows.
        changed: A second full profile, where it takes two to show it.
        enough: The facts of the witness that alone lead there.
        covers: On how many `combinations` of cells and full `profiles` it is so.
        accepted: The author's reason for accepting it, by language; None if it is not accepted.
        hint: What would mend it; empty if that cannot be said.
        look: Finds the regions, for `regions`, `left_over` and `points`.
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

        They are as few and as wide as can be: none can be left out, and none can be made wider. Of
        a change that is not expected it is where that change starts. If there are too many,
        `left_over` says how much the others cover.
        """
        return self.look().some

    @property
    def left_over(self) -> Amount:
        """How much of what the finding covers lies in none of its regions."""
        return self.look().left_over

    @property
    def points(self) -> Points:
        """The totals there of the scores that the decision reads; empty where it is too large."""
        return self.look().points

    @property
    def severity(self) -> Severity:
        """How grave it is: "error", "warning" or "note".

        An error or a warning makes `routeengine check` fail; a note asks for nothing.
        `docs/verification.md` has the severity of each kind.
        """
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

    Attributes:
        decision: The id of the decision.
        combinations: The number of combinations of cells that the constraints leave.
        answers: How many of these lead to each outcome, to "review" and to "not_applicable".
        profiles: The same in full profiles.
        overlap: All that is under review because rules overlap. Findings of overlaps may have
            profiles in common, so that they add up to more.
    """

    decision: str
    combinations: int
    answers: Mapping[str, int]
    profiles: Mapping[str, int]
    overlap: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Kept:
    """An expectation that holds, and on how much: profiles, or changes, that it speaks of.

    `expectation` is its id, and `covers` how much it speaks of.
    """

    expectation: str
    covers: Amount


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of one rule set found and proved.

    Attributes:
        findings: What was found, in the order of the files.
        accepted: What was found and the author accepts.
        proofs: What was looked through, for each decision.
        kept: The expectations that hold.
    """

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
        """Whether nothing was found but notes; what the author accepts does not count."""
        return all(finding.severity == "note" for finding in self.findings)
