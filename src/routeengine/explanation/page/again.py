"""When the client and a person look again, in a sentence and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from routeengine.explanation import model
from routeengine.explanation.page.letterhead import day_of
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import catalogue
from routeengine.pages import pictures_time
from routeengine.ruleset.model import Progression


@dataclass(frozen=True, slots=True)
class Again:
    """The sentences, and the picture; nothing of either where nothing is laid down."""

    text: str = ""
    picture: Markup | None = None


def again(voice: Voice, verdict: model.VerdictNode, outcome: str) -> Again:
    """Return when people look again after an outcome, and what is expected by then."""
    said, declared = voice.client, voice.declared(verdict.decision, outcome)
    progression = declared.progression if declared else None
    expected = voice.say(voice.outcome(verdict.decision, outcome).expect)
    if expected is None:
        expected = voice.say(progression.label) if progression else verdict.progression
    told = f" {said.expect.format(expect=expected)}" if expected else ""
    day = day_of(voice)
    if progression is None or day is None:
        return Again(said.look_later + told if told else "")
    look = _look(voice, progression, day)
    return Again(look + told, _picture(voice, progression, day, look))


def _look(voice: Voice, progression: Progression, day: date) -> str:
    """Return between which months people look again."""
    said = voice.client
    first, last = (
        None if months is None else _month(day, months, voice.language)
        for months in (progression.due_from, progression.overdue_after)
    )
    if not (first or last):
        return said.look_later
    template = (
        said.look_between if first and last else said.look_from if first else said.look_before
    )
    return template.format(first=first, last=last)


def _picture(voice: Voice, progression: Progression, day: date, look: str) -> Markup | None:
    """Return the months from today on, with those in which people look again."""
    said, due, overdue = voice.client, progression.due_from, progression.overdue_after
    ahead = sorted({months for months in (due, overdue) if months})
    if not ahead:
        return None

    def mark(months: int) -> pictures_time.Mark:
        words = said.months_one if months == 1 else said.months_some.format(count=months)
        return pictures_time.Mark(months, (words, _month(day, months, voice.language)))

    today = pictures_time.Mark(0, (_month(day, 0, voice.language),))
    window = pictures_time.Window(due or 0, overdue, said.look)
    title = said.timeline.format(month=_month(day, 0, voice.language), look=look)
    return pictures_time.months_ahead(title, said.today, [today, *map(mark, ahead)], window)


def _month(day: date, months: int, language: str) -> str:
    """Return the month that is so many months after a day: `May 2024`."""
    years, month = divmod(day.month - 1 + months, 12)
    return f"{catalogue(language).months[month]} {day.year + years}"
