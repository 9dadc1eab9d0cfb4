"""How pages speak to staff: of the client, in the labels of the rule set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.explanation import model, parts
from routeengine.explanation.page.account import places
from routeengine.explanation.page.voice import Voice, deciding
from routeengine.i18n import date_in_words
from routeengine.pages.render import first_up
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.wording import DecisionWording, FactWording, Wording

Standing: TypeAlias = Literal[
    "counts", "agreeing", "superseded", "conflicting", "declined", "stale"
]
"""How an observation counts; `stale` counts too, and is old."""


class StaffVoice(Voice):
    """What is said of one explanation to those who work with it.

    The sentences of a rule set speak to the client, so facts and criteria go by their labels here.
    """

    def __init__(self, explanation: model.ExplanationData, ruleset: RuleSet | None = None) -> None:
        super().__init__(explanation, ruleset)
        self.staff = self.catalogue.staff
        self.client = self.client.replaced(**self.staff.of_client)
        self._wording = Wording(
            facts=tuple(
                FactWording(one.id, verify=one.verify, proxy_effect=one.proxy_effect)
                for one in self._wording.facts
            ),
            decisions=tuple(
                DecisionWording(one.id, kind=one.kind, quiet=one.quiet, none=one.none)
                for one in self._wording.decisions
            ),
        )

    def proxy_effect(self, fact: str) -> str | None:
        """Return what a client reads of what a stand-in for origin does: "you" is another there."""
        effect = super().proxy_effect(fact)
        return None if effect is None else self.staff.client_reads.format(text=effect)


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation: of which fact, what it says, where from, and how it counts."""

    id: str
    fact: str
    words: str
    source: str
    standing: Standing
    node: parts.ObservationNode


def observations(voice: StaffVoice) -> list[Observed]:
    """Return all that a dossier holds, fact by fact."""
    return [
        Observed(
            id=node.fact,
            fact=voice.label(node.fact, node.label),
            words=one.words,
            source=f"{one.source_label}, {date_in_words(one.date, voice.language)}, {one.assessor}",
            standing="stale" if standing == "counts" and one.stale else standing,
            node=one,
        )
        for node in voice.explanation.facts.values()
        if node.evidence is not None
        for standing, some in _by_standing(node.evidence)
        for one in some
    ]


def _by_standing(
    held: parts.EvidenceNode,
) -> tuple[tuple[Standing, tuple[parts.ObservationNode, ...]], ...]:
    return (
        ("conflicting" if held.conflict else "counts", held.basis),
        ("agreeing", held.agreeing),
        ("superseded", held.superseded),
        ("declined", tuple(one for one in held.declined if one not in held.basis)),
    )


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A signal: what raised it, or may still raise it, and how the policy was read.

    The texts are whole sentences, and empty where there is nothing to say.
    """

    id: str
    label: str
    cause: str
    grounds: tuple[str, ...]


def flag_rows(voice: StaffVoice) -> tuple[tuple[FlagRow, ...], tuple[FlagRow, ...]]:
    """Return the signals that are there, and those that may still come."""
    explanation = voice.explanation
    said = voice.staff
    return (
        tuple(_flag(voice, one, said.flag_cause, _causes(voice, one)) for one in explanation.flags),
        tuple(
            _flag(voice, one, said.flag_open, _open(voice, one))
            for one in explanation.flags_possible
        ),
    )


def _flag(voice: StaffVoice, flag: model.FlagNode, template: str, causes: list[str]) -> FlagRow:
    cause = "; ".join(one.rstrip(".") for one in dict.fromkeys(causes))
    return FlagRow(
        id=flag.flag,
        label=first_up(flag.label),
        cause=f"{template.format(cause=cause)}." if cause else "",
        grounds=tuple(grounds_in_words(voice, flag.grounds)),
    )


def _open(voice: StaffVoice, flag: model.FlagNode) -> list[str]:
    """Name what a signal that may still come depends on."""
    return [] if flag.when is None else [voice.leaf(one)[0] for one in deciding(flag.when)]


def _causes(voice: StaffVoice, flag: model.FlagNode) -> list[str]:
    if flag.when is not None:
        return [voice.sentence(one) for one in deciding(flag.when)]
    said = voice.ruleset.evidence if voice.ruleset else None
    standings: tuple[Standing, ...] = ("superseded", "conflicting", "stale")
    if said is not None:
        flags = (said.superseded_flag, said.conflict_flag, said.stale_flag)
        standings = tuple(
            one for one, name in zip(standings, flags, strict=True) if name == flag.flag
        )
    return [
        f"{voice.words.labelled_as(one.fact, one.words)} ({one.source})"
        for one in observations(voice)
        if one.standing in standings
    ]


def grounds_in_words(voice: StaffVoice, grounds: parts.GroundsNode) -> list[str]:
    """Return how the policy was read, what was not chosen, and where it speaks of it."""
    said, reading = voice.staff, grounds.reading
    found = (
        []
        if reading is None
        else [
            said.reading.format(reading=reading.choice),
            said.because.format(because=reading.because),
            said.alternative.format(alternative=reading.alternative),
        ]
    )
    where = "; ".join(places(voice, grounds))
    return [*found, said.place.format(place=where)] if where else found
