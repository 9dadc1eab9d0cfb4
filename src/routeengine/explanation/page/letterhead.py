"""Who sends a page, when, about whom: and what of it nobody has laid down yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routeengine.errors import UsageError
from routeengine.explanation.page.voice import Voice
from routeengine.pages.render import day_in_words


@dataclass(frozen=True, slots=True)
class Line:
    """A name with what belongs to it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a page; `running` stands on every printed sheet.

    `lacking` names what has to be laid down before the page may go out.
    """

    sender: str | None
    team: str | None
    lines: tuple[Line, ...]
    running: str
    lacking: tuple[str, ...]

    @property
    def draft(self) -> bool:
        """Whether the page may not go out yet."""
        return bool(self.lacking)


def local(voice: Voice) -> datetime | None:
    """Return when the answer was made, by the clock of the sender."""
    at, zone = voice.explanation.versions.at, voice.publication.time_zone
    return at.astimezone(ZoneInfo(zone)) if at is not None and zone is not None else at


def day_of(voice: Voice) -> date | None:
    """Return the day on which the answer was made, where the sender is."""
    at = local(voice)
    return None if at is None else at.date()


def reply_before(voice: Voice) -> date | None:
    """Return the day before which a client hears from the sender, if that is laid down."""
    day, within = day_of(voice), voice.publication.reply_within_days
    return None if day is None or within is None else day + timedelta(days=within)


def letterhead(voice: Voice, subject: str) -> Letterhead:
    """Return the head of a page on a subject."""
    sent, said, none = voice.publication, voice.client, voice.page.not_recorded
    contact, day = sent.contact, day_of(voice)
    sender, reference = voice.say(sent.municipality), voice.explanation.client_id
    phone, email = (contact.phone, contact.email) if contact else (None, None)
    have = {
        "sender": sender,
        "date": day,
        "reference": reference,
        "contact": phone or email,
        "rights": sent.rights,
    }
    shown = {
        "date": day_in_words(day, voice.language),
        "reference": reference or none,
        "phone": phone or none,
        "email": email or none,
    }
    running = ", ".join(
        (
            sender or none,
            said.reference.format(reference=reference or none),
            f"{day_in_words(day, voice.language)}: {subject}",
        )
    )
    return Letterhead(
        sender,
        voice.say(sent.team),
        tuple(Line(said.head[name], text) for name, text in shown.items()),
        running,
        tuple(said.lacking[name] for name, one in have.items() if not one),
    )


def refuse_draft(voice: Voice) -> None:
    """Raise UsageError where something has to be laid down before a client's page goes out."""
    if lacking := letterhead(voice, "").lacking:
        names = ", ".join(lacking)
        raise UsageError(
            f"--final: {voice.page.draft}. {voice.client.draft_lacks.format(names=names)}"
        )
