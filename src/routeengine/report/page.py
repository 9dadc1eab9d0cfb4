"""A report as a page: every sentence, picture and table is made of what may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Any

from markupsafe import Markup

from routeengine.errors import UsageError, listed
from routeengine.events import Events
from routeengine.i18n import catalogue, count_in_words, date_in_words, language_for
from routeengine.i18n.report_words import ReportWording
from routeengine.own_words import words_of
from routeengine.pages.figure_tables import Row, Table
from routeengine.pages.pictures_bars import UNSEEN, Bar, Part, bars, squares
from routeengine.pages.render import first_up, render
from routeengine.progression.comparison import Classifier
from routeengine.report.drafts import Draft, Drawing, Names, Sentence
from routeengine.report.groups import Grid, Groups, Line
from routeengine.report.sections import Drafter
from routeengine.report.standing import Observer
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.words import Text
from routeengine.sidecar import Published, Sidecar
from routeengine.suppress import SMALL, Figure, Group

MAX_SQUARES = 400
"""People of whom each has a square of their own; of more a picture has bars."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with its caption, and what its colours mean."""

    caption: str
    note: str
    drawn: Markup
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it is shown."""

    id: str
    title: str
    sentences: tuple[str, ...]
    images: tuple[Image, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at the head of the report, and what is published beside it."""

    number: str
    name: str
    beside: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a caseload, as it is shown: the fields are its parts, in words, in order.

    Small counts are hidden already. `draft` is True if the rules do not say who publishes it.
    """

    language: str
    title: str
    running: str
    sender: str
    team: str
    made: str
    draft: bool
    band: str
    facts: tuple[str, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    how_title: str
    how: tuple[str, ...]

    def to_html(self) -> str:
        """Return the report as one HTML file: no script, and no request to anywhere."""
        model = {one.name: getattr(self, one.name) for one in fields(self)}
        more = {"body_class": "wide report", "made_mark": catalogue(self.language).report.made}
        return render("report.html", self.language, {**model, **more})


def report_on(
    engine: Classifier,
    rows: Iterable[Mapping[str, Any]],
    *,
    name: str,
    as_of: date,
    sidecar: Sidecar | None = None,
    events: Events | None = None,
    earlier: Mapping[str, tuple[Mapping[str, Any], date | None]] | None = None,
    lang: str | None = None,
) -> Report:
    """Return the report on the profiles of a caseload, each with its client id.

    - `rows` are the profiles.
    - `name` is what the caseload is called if its `sidecar` has no title.
    - `as_of` is the day of the facts.
    - `sidecar` is what a file beside the caseload says of it, such as a title and published
      figures.
    - `events` is what `read_events` returns: what happened to these clients.
    - `earlier` has, by client id, an earlier profile and its day, so that clients can be followed.
    - `lang` is the language, the first of the rule set if it is None.

    Raises LanguageError for a language that the rule set or this library does not speak, and
    UsageError for a published figure that no report counts.
    """
    ruleset = engine.ruleset
    language = language_for(ruleset.languages, lang)
    observer = Observer(engine, as_of, events, earlier)
    publication = ruleset.publication
    limit = publication.small_counts_below if publication else None
    groups = Groups.of_standings(tuple(observer.standings(rows)), SMALL if limit is None else limit)
    names = Names(
        ruleset, observer.roles, groups, words_of(ruleset.wording, language).report, language
    )
    drafter = Drafter(names, with_events=events is not None, with_earlier=earlier is not None)
    drafts = tuple(drafter.drafts())
    tiles = drafter.tiles()
    groups.show(*(group for _, group, _ in tiles))
    groups.settle()
    sidecar = sidecar or Sidecar()
    if sidecar.published is not None:
        _refuse_unknown(sidecar.published, drafter.figures)
    page = _Page(groups, names.words, language, sidecar.published)
    return Report(
        language=language,
        tiles=tuple(page.tile(*tile) for tile in tiles),
        sections=tuple(page.section(draft) for draft in drafts),
        **_frame(ruleset, sidecar, name, as_of, groups.limit, language),
    )


def _refuse_unknown(published: Published, known: Sequence[str]) -> None:
    for figure in published.figures:
        if figure not in known:
            message = "a published figure is none that the report counts: these are"
            raise UsageError(f"{message} {listed(known)}")


def _frame(
    ruleset: RuleSet, sidecar: Sidecar, name: str, as_of: date, limit: int, language: str
) -> dict[str, Any]:
    """Return what stands around the sections of a report."""
    words, publication = words_of(ruleset.wording, language).report, ruleset.publication
    title = sidecar.title.get(language) or words.of_file.format(name=name)
    day = date_in_words(as_of, language)
    made = ""
    if sidecar.made:
        made = words.made_meaning
        if sidecar.published is not None:
            source = _said(sidecar.published.source, language)
            made = words.made_published.format(source=source)
    facts = [words.day.format(day=day)]
    if period := sidecar.period.get(language):
        facts.append(f"{first_up(period)}.")
    facts.append(words.rules.format(name=ruleset.id, version=ruleset.version))
    return {
        "title": title,
        "running": f"{title}. {day}. {words.made if made else ''}".strip(),
        "sender": _said(publication.municipality if publication else None, language),
        "team": _said(publication.team if publication else None, language),
        "made": made,
        "draft": publication is None,
        "band": words.band,
        "facts": tuple(facts),
        "how_title": words.how_title,
        "how": (words.small.format(limit=limit), *words.how),
    }


def _said(text: Text | None, language: str) -> str:
    """Return a text in a language, or in the first that it is in."""
    return "" if text is None else text.get(language) or next(iter(text.values()), "")


def _by_colour(key: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each colour once, with all that has it."""
    for colour in dict.fromkeys(colour for colour, _ in key):
        yield colour, ", ".join(name for other, name in key if other == colour)


class _Page:
    """Makes of drafts what is shown."""

    def __init__(
        self, groups: Groups, words: ReportWording, language: str, published: Published | None
    ) -> None:
        self._groups = groups
        self._words = words
        self._published = published.figures if published else {}
        self._source = _said(published.source, language) if published else ""
        self._number = partial(count_in_words, language=language)

    def tile(self, name: str, group: Group, figure: str) -> Tile:
        """Return a number at the head of the report."""
        beside = ""
        if figure in self._published:
            beside = f"{self._number(self._published[figure])} {self._source}"
        return Tile(self._text(group), name, beside)

    def section(self, draft: Draft) -> Section:
        """Return a section as it is shown."""
        if not draft.counted:
            return Section(draft.id, draft.title, (draft.absent,), (), ())
        images = [self._image(drawing) for drawing in draft.drawings]
        return Section(
            draft.id,
            draft.title,
            tuple(self._sentences(draft.sentences)),
            tuple(image for image in images if image is not None),
            tuple(self._table(grid) for grid in draft.grids),
        )

    def _figure(self, figure: Figure) -> str:
        if figure.number is None:
            return self._words.hidden
        if figure.rounded:
            return self._words.about.format(number=self._number(figure.number))
        return self._number(figure.number) if figure.number else self._words.none

    def _text(self, group: Group) -> str:
        return self._figure(self._groups.figure(group))

    def _sentences(self, sentences: Sequence[Sentence]) -> Iterator[str]:
        for one in sentences:
            seen = all(self._groups.figure(group).number is not None for group in one.others)
            if seen and self._groups.figure(one.group).number:
                number = self._text(one.group)
                yield first_up(one.text.format(number=number, **one.words))

    def _table(self, grid: Grid) -> Table:
        first, *heads = grid.head
        width = len(grid.lines[0].groups)
        shown, words = heads[:width], heads[width:]
        beside = any(line.figure in self._published for line in grid.lines)
        rows = tuple(self._row(line, beside=beside) for line in grid.lines)
        if beside:
            shown.append(first_up(self._source))
        return Table(grid.caption, grid.note, first, tuple(shown), tuple(words), rows)

    def _row(self, line: Line, *, beside: bool) -> Row:
        figures = [self._text(group) for group in line.groups]
        if beside:
            number = self._published.get(line.figure)
            figures.append("" if number is None else self._number(number))
        return Row(line.name, tuple(figures), line.words, line.is_total)

    def _image(self, drawing: Drawing) -> Image | None:
        """Return a picture, or None where nothing of it may be shown."""
        rows = [self._bar(*row) for row in drawing.rows]
        number = sum(part.number for row in rows for part in row.parts if part.colour != UNSEEN)
        if not number:
            return None
        figures = [self._groups.figure(g) for *_, g in drawing.rows]
        exact = not any(figure.rounded for figure in figures)
        each = drawing.squares and exact and number <= MAX_SQUARES
        told = "; ".join(f"{row.name}: {row.end}" for row in rows)
        notes = [
            drawing.note if each else "",
            self._words.not_in_picture if any(figure.number is None for figure in figures) else "",
        ]
        drawn = {part.colour for row in rows for part in row.parts}
        key = [one for one in drawing.key if one[0] in drawn]
        if UNSEEN in drawn:
            key.append((UNSEEN, self._words.hidden))
        return Image(
            drawing.caption,
            " ".join(filter(None, notes)),
            (squares if each else bars)(drawing.name, f"{drawing.caption}. {told}", rows),
            tuple(_by_colour(key)),
        )

    def _bar(self, name: str, parts: Iterable[tuple[str, Group]], whole: Group) -> Bar:
        """Return a bar of what may be shown; what is hidden of a whole that is seen is one part."""
        there = [(colour, self._groups.figure(group)) for colour, group in parts]
        drawn = [Part(f.number, self._figure(f), colour) for colour, f in there if f.number]
        all_ = self._groups.figure(whole)
        left = (all_.number or 0) - sum(part.number for part in drawn)
        if left > 0 and not all_.rounded:
            drawn.append(Part(left, "", UNSEEN))
        return Bar(name, tuple(drawn), self._figure(all_))
