"""A section of a report, before it is known what of each figure may be shown.

What sections count is settled for all of them together; then sentences and pictures are made of
what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routeengine.i18n.report_words import ReportWording
from routeengine.pages.pictures_bars import colour_of
from routeengine.pages.render import first_up
from routeengine.report.groups import Grid, Groups
from routeengine.report.standing import KEYS, NOT_APPLICABLE, REVIEW, Roles
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.wording import DecisionWording
from routeengine.suppress import Group

NO_WORDING = DecisionWording(id="")
"""The wording of a decision of which nothing is said."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, with the group whose number it tells, and words besides.

    It stands only if that number may be shown, as that of the `others`, and is not nobody.
    """

    text: str
    group: Group
    words: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be drawn: of bars or of squares, each with its parts by colour."""

    name: str
    caption: str
    rows: tuple[tuple[str, tuple[tuple[str, Group], ...], Group], ...]
    key: tuple[tuple[str, str], ...] = ()
    squares: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One section: what it is about, its sentences, pictures and tables.

    Where nobody is counted, only `absent` stands there.
    """

    id: str
    title: str
    sentences: tuple[Sentence, ...]
    drawings: tuple[Drawing, ...]
    grids: tuple[Grid, ...]
    counted: Group
    absent: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A group of clients: the key of a verdict, what it is called, and who they are."""

    key: str
    name: str
    group: Group


class Names:
    """What outcomes and groups of clients are called, and their colours."""

    def __init__(
        self, ruleset: RuleSet, roles: Roles, groups: Groups, words: ReportWording, language: str
    ) -> None:
        self.ruleset = ruleset
        self.roles = roles
        self.groups = groups
        self.words = words
        self.lang = language
        wording = () if ruleset.wording is None else ruleset.wording.decisions
        self._wording = {one.id: one for one in wording}
        self._routes_by_key = groups.by(lambda one: one.route)
        self._streams_by_key = groups.by(lambda one: one.stream)
        self._routed = groups.of(lambda one: one.group[0] == "route")

    def route(self, key: str) -> Group:
        """Return the clients with an outcome of the decision that is followed."""
        return self._routes_by_key[key]

    def label(self, decision: Decision, key: str) -> str:
        """Return what an outcome, or what a verdict is instead, is called."""
        words = self.name(decision, key)
        # `A` and `1` are what people call a route; `no_benefit` is what a program calls it.
        is_said = any(one.id == key for one in decision.outcomes) and not key.islower()
        return self.words.named.format(id=key, label=words) if is_said else words

    def name(self, decision: Decision, key: str) -> str:
        """Return the same without the id of the outcome."""
        for outcome in decision.outcomes:
            if outcome.id == key:
                return first_up(outcome.label[self.lang])
        none = self._wording.get(decision.id, NO_WORDING).none
        if key == NOT_APPLICABLE and none is not None:
            return first_up(none[self.lang])
        return first_up(self.words.keys[key.removeprefix(":")])

    def head(self, decision: Decision) -> str:
        """Return what a decision is called, at the head of something."""
        return first_up(decision.label[self.lang])

    def question(self, decision: Decision) -> str:
        """Return what a decision answers, or what it is called."""
        question = self._wording.get(decision.id, NO_WORDING).question
        return self.head(decision) if question is None else question[self.lang]

    def colour(self, decision: Decision, key: str) -> str:
        """Return the colour of an outcome."""
        outcomes = [one.id for one in decision.outcomes]
        if key in outcomes:
            return colour_of(outcomes.index(key))
        return "r" if key == REVIEW else "n"

    def keyed(self, decision: Decision, by_key: Mapping[str, Group], within: Group) -> list[Keyed]:
        """Return all outcomes, and what else a verdict is of some, with their clients."""
        keys = [one.id for one in decision.outcomes]
        keys += [key for key in KEYS if by_key[key] & within]
        return [Keyed(key, self.label(decision, key), by_key[key]) for key in keys]

    def routes(self, within: Group) -> list[Keyed]:
        """Return the outcomes of the decision that is followed."""
        return self.keyed(self.roles.followed, self._routes_by_key, within)

    def streams(self, within: Group) -> list[Keyed]:
        """Return the streams that some of these clients are in."""
        decision, by_key = self.roles.stream, self._streams_by_key
        if decision is None:
            return []
        keys = [key for key in (*(o.id for o in decision.outcomes), *KEYS) if by_key[key] & within]
        return [Keyed(key, self.name(decision, key), by_key[key]) for key in keys]

    def all_groups(self, within: Group) -> list[Keyed]:
        """Return all routes, and the streams that have none, as groups that share nobody."""
        there = within & self._routed
        routes = [one for one in self.routes(there) if one.group & there]
        streams = [
            Keyed(one.key, one.name, one.group & ~self._routed)
            for one in self.streams(within & ~self._routed)
        ]
        return [*routes, *streams]
