"""Which words a language has for the page that holds an interview."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.i18n.section import Section


class InterviewPageWording(Section):
    """What the page of an interview says; what is in braces is filled in, and named after it.

    Of `settled` the first is for none, then for one and for several; `end` and `end_text` have a
    key for each way in which an interview ends.
    """

    band: str
    draft_meaning: str
    private: str
    noscript: str
    # asking
    question: str
    settled: tuple[str, str, str]
    special: str
    choose_first: str
    next: str
    unknown: str
    declined: str
    keep: str
    back: str
    # the advice so far
    heading_advice: str
    heading_final: str
    because: str
    hangs_on: str
    more: tuple[str, str]
    fact_and_value: str
    clash: str
    clash_help: str
    check: str
    check_confirmed: str
    check_refused: str
    check_large: str
    heading_flags: str
    flags_note: str
    # what was answered
    heading_given: str
    fact: str
    answer: str
    act: str
    change: str
    change_of: str
    # the end
    end: Mapping[str, str]
    end_text: Mapping[str, str]
    print: str
    again: str
    again_sure: str
    again_yes: str
    # what it rests on
    version_artefact: str
