"""What is known of a client, as a table: only what counted, each with where it comes from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from routeengine.explanation import model, parts
from routeengine.explanation.page.otherwise import otherwise
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import date_in_words
from routeengine.pages.render import first_up

_ORDER = ("contradicted", "conflicting", "known", "implied", "partial", "declined", "unknown")


@dataclass(frozen=True, slots=True)
class FactRow:
    """Facts of which the same is known, from the same source, day and person.

    `facts` are their ids. `source` and `who` are empty where nothing was recorded.
    """

    names: str
    words: str
    source: str
    who: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsTable:
    """The facts that counted; `recorded` says whether anything says where they come from.

    `special` says that some are of a special category. `notes` are whole sentences: on answers
    that count for less, and on what a fact can say of origin.
    """

    rows: tuple[FactRow, ...]
    recorded: bool
    special: bool
    notes: tuple[str, ...]


def counted(explanation: model.ExplanationData) -> dict[str, model.FactNode]:
    """Return the facts that counted: those that an answered decision reads.

    Of a decision that does not apply only those count by which it does not. If none applies, what
    decided the findings is all that counts.
    """
    named: set[str] = set()
    applies = {name for name, one in explanation.verdicts.items() if one.status != "not_applicable"}
    for name, why in explanation.why.items():
        if name not in applies:
            named |= set(why.because)
    return {
        name: node
        for name, node in explanation.facts.items()
        if name in named or not applies.isdisjoint(node.read_by)
    }


def facts_table(voice: Voice, only: Collection[str] | None = None) -> FactsTable:
    """Return the table of the facts that counted; of `only` these if that is said."""
    nodes = [
        node for name, node in counted(voice.explanation).items() if only is None or name in only
    ]
    groups: dict[tuple[int, str, tuple[object, ...]], list[model.FactNode]] = {}
    for node in nodes:
        basis = node.evidence.basis if node.evidence else ()
        seen = tuple((one.source_label, one.date, one.assessor, one.words) for one in basis)
        groups.setdefault((_rank(node), node.words, seen), []).append(node)
    order = sorted(groups, key=lambda one: one[0])
    rows = tuple(_row(voice, groups[one]) for one in order)
    return FactsTable(
        rows,
        recorded=any(node.evidence is not None for node in nodes),
        special=any(node.special_category for node in nodes),
        notes=tuple(_notes(voice, nodes)),
    )


def _rank(node: model.FactNode) -> int:
    return _ORDER.index(node.status) if node.status in _ORDER else len(_ORDER)


def _row(voice: Voice, nodes: list[model.FactNode]) -> FactRow:
    first = nodes[0]
    basis = first.evidence.basis if first.evidence else ()
    conflict = first.evidence is not None and first.evidence.conflict
    said = voice.words.known.get(first.status)
    return FactRow(
        names=", ".join(voice.label(node.fact, node.label) for node in nodes),
        words=f"{first.words} ({said})" if said else first.words,
        source="; ".join(dict.fromkeys(_source(voice, one, conflict=conflict) for one in basis)),
        who=", ".join(dict.fromkeys(one.assessor for one in basis)),
        facts=tuple(node.fact for node in nodes),
    )


def _source(voice: Voice, one: parts.ObservationNode, *, conflict: bool) -> str:
    words = voice.words.quoted.format(text=one.words)
    text = f"{one.source_label}, {date_in_words(one.date, voice.language)}"
    old = f" ({voice.client.old})" if one.stale else ""
    return f"{text}: {words}{old}" if conflict else f"{text}{old}"


def _notes(voice: Voice, nodes: list[model.FactNode]) -> list[str]:
    said = voice.client
    older = [
        f"{voice.label(node.fact, node.label)} {voice.words.quoted.format(text=one.words)} "
        f"({_source(voice, one, conflict=False)})"
        for node in nodes
        if node.evidence is not None
        for one in node.evidence.superseded
    ]
    notes = [said.superseded.format(observations="; ".join(older))] if older else []
    for node in nodes:
        if node.possible_proxy:
            effect = voice.proxy_effect(node.fact) or said.proxy
            told = " ".join([effect, *otherwise(voice, node)])
            notes.append(voice.words.labelled_as(first_up(node.label), told))
    return notes
