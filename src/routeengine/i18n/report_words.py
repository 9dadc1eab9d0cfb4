"""The words of a report on a caseload; what is in braces is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.i18n.section import Section


class ReportWording(Section):
    """What a report says.

    `keys` name what a verdict can be instead of an outcome, `how` says how it is counted, and
    `progress` how clients stand over time where the rule set has no words for that.
    """

    band: str
    of_file: str
    made: str
    made_meaning: str
    made_published: str
    day: str
    rules: str
    small: str
    nobody: str
    nobody_here: str
    no_events: str
    hidden: str
    about: str
    none: str
    total: str
    people: str
    named: str
    part_of: str
    or_: str
    not_in_picture: str
    square: str
    striped: str
    group: str
    screened_title: str
    screened: str
    largest: str
    screened_caption: str
    screened_alone: str
    spoken_title: str
    spoken: str
    spoken_caption: str
    steps_caption: str
    step: str
    step_screened: str
    step_spoken: str
    step_active: str
    forms_title: str
    forms: str
    forms_caption: str
    form: str
    later: str
    later_caption: str
    reviews_title: str
    reviews: str
    contradicted: str
    reviews_caption: str
    reason: str
    choice: str
    missing_title: str
    missing: str
    enough: str
    enough_of: str
    missing_caption: str
    missing_note: str
    fact: str
    missing_at: str
    enough_at: str
    anything: str
    key_enough: str
    key_more: str
    course_title: str
    course: str
    progressed: str
    course_caption: str
    moves_caption: str
    standing_caption: str
    standing: str
    meaning: str
    then: str
    now: str
    departures_title: str
    decided: str
    departed: str
    departures_caption: str
    departures_note: str
    advice: str
    taken: str
    otherwise: str
    how_title: str
    how: tuple[str, ...]
    keys: Mapping[str, str]
    progress: Mapping[str, str]
