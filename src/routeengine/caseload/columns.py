"""Which fact each column speaks of, and which columns are refused.

INVARIANT: a heading stands in a message only if it looks like a name and the
rest of the header does too: a file without a header has clients' data there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from routeengine.caseload.values import value_words
from routeengine.errors import CaseloadError
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.model import Fact, Refusal, RuleSet
from routeengine.ruleset.naming import BOOLEAN_TEXTS, fold, fold_name

MAX_NAME = 60
"""Characters of a column name that is shown in a message; what is longer is no name."""

MAX_COLUMNS = 4_096
"""Columns of a file; a caseload has no more."""

HEADINGS_CACHE_SIZE = 10_000
"""Headings whose meaning is remembered; in JSON every record has its own keys."""

MAX_HINTS = 100
"""Headings for which something alike is looked for; that is slow."""


_PLACE = re.compile(r"#[1-9][0-9]{0,3}")
_NAME = re.compile(r"[^\W\d_][\w ./()&-]*")


class Skip(Enum):
    """A column that no fact is read from: it was dropped, or it has no name."""

    DROPPED = 0
    UNNAMED = 1


@dataclass(frozen=True, slots=True)
class NoFact:
    """A column that is read, and holds something other than a fact, such as the client id."""

    id: str


CLIENT: Final = NoFact(CLIENT_ID)

BESIDE: Final = NoFact("(beside)")
"""A column that is no fact, and by which clients are only put together in groups."""

Target: TypeAlias = Fact | NoFact | Skip
"""What a column is for."""

_Meaning: TypeAlias = Fact | NoFact | Refusal


class Headings(Protocol):
    """What the columns, or the keys of records, of a kind of file are for."""

    def known(self, header: Sequence[str], /) -> int:
        """Count the headings that mean something here."""
        ...

    def resolve(self, path: str, header: Sequence[str], /) -> tuple[Target, ...]:
        """Return what every column is for; raises CaseloadError if it cannot be."""
        ...

    def find_header(
        self, first: Sequence[str], more: Iterable[tuple[int, Sequence[str]]], /
    ) -> int | None:
        """Return the number of a line after the first that has the column names."""
        ...

    def target(self, heading: str, /) -> Target | None:
        """Return what one column is for, or None if it is not to be read."""
        ...

    def complaint(self, key: str, position: int, /) -> tuple[str, str]:
        """Return the field, and what is wrong, for a name that `target` gives None for."""
        ...


class Columns:
    """Matches headings against the names that a rule set knows.

    A heading matches a fact by its id, a label in any language or an alias; case,
    accents, spaces, dashes and underscores make no difference. `drop` names the
    columns to leave out, or has their place, as `#1`; `option` is what says so, for a message.
    `beside` is a column that is read although it is no fact, or is refused as one.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        drop: Iterable[str] = (),
        option: str = "--drop-columns",
        beside: str | None = None,
    ) -> None:
        drop = tuple(drop)
        self._ruleset = ruleset
        self._option = option
        self._drop = {fold_name(name) for name in drop}
        self._beside = None if beside is None else fold_name(beside)
        self._dropped_places = {int(name[1:]) for name in drop if _PLACE.fullmatch(name)}
        # A heading that is a word for a value is data: the file has no header.
        words = {word for fact in ruleset.facts for word, _ in value_words(ruleset, fact)}
        self._words = words.union(*BOOLEAN_TEXTS.values())
        self._find = lru_cache(HEADINGS_CACHE_SIZE)(self._look_up)
        self._hints: dict[str, str] = {}
        self._refused = {refusal.id for refusal in ruleset.refusals}
        self._meanings: dict[str, dict[str, _Meaning]] = {}
        for name, meaning in _names(ruleset):
            self._meanings.setdefault(fold_name(name), {})[meaning.id] = meaning
        # An id is what it is, even if it is a label of something else.
        known: tuple[_Meaning, ...] = (CLIENT, *ruleset.facts)
        for meaning in known:
            self._meanings[fold_name(meaning.id)] = {meaning.id: meaning}

    def known(self, header: Sequence[str]) -> int:
        """Count the headings that mean something here."""
        return sum(self._find(heading) is not None for heading in header)

    def resolve(
        self, path: str, header: Sequence[str], *, needs_id: bool = True
    ) -> tuple[Target, ...]:
        """Return what every column is for.

        Raises CaseloadError that names every column that is no fact, is refused,
        or appears twice, and a client id that is needed and missing.
        """
        targets = [
            Skip.DROPPED if place in self._dropped_places else self.target(heading)
            for place, heading in enumerate(header, 1)
        ]
        strange = [place for place, target in enumerate(targets) if target is None]
        faults = [*self._complaints(header, strange), *_repeated(targets)]
        if strange:
            faults[-1] += f" (`{self._option}` leaves columns out)"
        if needs_id and CLIENT not in targets:
            faults.append(
                f"there is no column `{CLIENT_ID}`: does the first line name the columns?"
            )
        if faults:
            raise CaseloadError(path, "; ".join(faults))
        return tuple(target for target in targets if target is not None)

    def find_header(
        self, first: Sequence[str], more: Iterable[tuple[int, Sequence[str]]]
    ) -> int | None:
        """Return the number of the line, of some after the first, that has the column names.

        That is the one with the most names that are known, at least the half of its own.
        """
        best, found = self.known([cell for cell in first if cell.strip()]), None
        for number, cells in more:
            named = [cell for cell in cells if cell.strip()]
            known = self.known(named)
            if known > best and known * 2 >= len(named) and len(named) > 1:
                best, found = known, number
        return found

    def refusal(self, heading: str) -> Refusal | None:
        """Return what refuses a column, also where it is read beside the facts."""
        meanings = self._meanings.get(fold_name(heading), {}).values()
        return next((one for one in meanings if isinstance(one, Refusal)), None)

    def target(self, heading: str) -> Target | None:
        """Return what one column is for, or None if it is not to be read."""
        target = self._find(heading)
        return target if isinstance(target, Fact | NoFact | Skip) else None

    def complaint(self, key: str, position: int) -> tuple[str, str]:
        """Return the field, and what is wrong, for a name that `target` gives None for."""
        if self._is_name(key) or isinstance(self._find(key), Refusal | Mapping):
            return key.strip(), self._reason(key)
        return f"(name {position})", f"is no fact of the rule set `{self._ruleset.id}`"

    def _complaints(self, header: Sequence[str], strange: Sequence[int]) -> Iterable[str]:
        """Name the columns that are refused, by position if a heading may be data."""
        # Of a file without a header the first line is a client: `c1;2;ja;serious`. None of that is
        # a known name, so the columns are shown as 1, 2, 3 and 4, and the client is not. One wrong
        # name among known ones is shown: that helps whoever mistyped it.
        named = [heading for heading in header if heading.strip()]
        has_id = any(self._find(heading) == CLIENT for heading in named)
        is_header = has_id or self.known(named) * 2 >= len(named)
        reasons: dict[str, list[str]] = {}
        hidden = []
        for place in strange:
            heading = header[place].strip()
            known = self._find(heading) is not None
            if known or (is_header and self._is_name(heading)):
                reasons.setdefault(self._reason(heading), []).append(f"`{heading}`")
            else:
                hidden.append(str(place + 1))
        for reason, names in reasons.items():
            yield _listed(names, reason)
        if hidden:
            yield _listed(
                hidden,
                f"is no fact of the rule set `{self._ruleset.id}`, and may hold "
                "data where a name should stand",
            )

    def _is_name(self, heading: str) -> bool:
        return _looks_like_name(heading) and fold(heading) not in self._words

    def _look_up(self, heading: str) -> _Meaning | Skip | Mapping[str, _Meaning] | None:
        """Return what a heading means, by id if it is several things, None if nothing."""
        name = fold_name(heading)
        # Before all else: a column that is refused, or could mean two facts, can be left out too.
        if name in self._drop:
            return Skip.DROPPED
        if not heading.strip():
            return Skip.UNNAMED
        meanings = self._meanings.get(name, {})
        alone = next(iter(meanings.values())) if len(meanings) == 1 else None
        if name == self._beside and (isinstance(alone, Refusal) or not meanings):
            return BESIDE
        return alone or meanings or None

    def _reason(self, heading: str) -> str:
        meaning = self._find(heading)
        if isinstance(meaning, Refusal):
            words = meaning.reason[self._ruleset.authors_language]
            return f"is refused: {words.rstrip('.')}"
        if isinstance(meaning, Mapping):
            ids = ", ".join(f"`{name}`" for name in meaning)
            return f"can mean {ids}: use one of these as its name"
        return f"is no fact of the rule set `{self._ruleset.id}`{self._hint(heading)}"

    def _hint(self, heading: str) -> str:
        if heading not in self._hints and len(self._hints) < MAX_HINTS:
            near = get_close_matches(fold_name(heading), self._meanings, 1, 0.75)
            ids = [meaning.id for name in near for meaning in self._meanings[name].values()]
            use = [f"`{name}`" for name in ids if name not in self._refused]
            self._hints[heading] = f" (did you mean {use[0]}?)" if use else ""
        return self._hints.get(heading, "")


def _listed(columns: Sequence[str], what: str) -> str:
    """Return a sentence about one column or several."""
    if len(columns) == 1:
        return f"column {columns[0]} {what}"
    plural = f"are {what[3:]}" if what.startswith("is ") else what
    return f"columns {', '.join(columns[:-1])} and {columns[-1]} {plural}"


def _names(ruleset: RuleSet) -> Iterable[tuple[str, _Meaning]]:
    for alias in ruleset.client_id_aliases:
        yield alias, CLIENT
    for fact in ruleset.facts:
        for name in (*fact.label.values(), *fact.aliases):
            yield name, fact
    for refusal in ruleset.refusals:
        for name in (refusal.id, *refusal.aliases):
            yield name, refusal


def _repeated(targets: Sequence[Target | None]) -> Iterable[str]:
    places: dict[str, list[str]] = {}
    for position, target in enumerate(targets, 1):
        if target is not None and not isinstance(target, Skip):
            places.setdefault(target.id, []).append(str(position))
    for name, positions in places.items():
        if len(positions) > 1:
            yield _listed(positions, f"all mean `{name}`")


def _looks_like_name(text: str) -> bool:
    """Return whether a heading looks like a column's name rather than like somebody's data.

    Names have letters, hardly any digits, and are short.
    """
    digits = sum(c.isdigit() for c in text)
    short = len(text) <= MAX_NAME and len(text.split()) <= 6
    return short and digits <= 2 and _NAME.fullmatch(text) is not None
