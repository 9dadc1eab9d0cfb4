"""Which words a language has for what a client reads: the page of advice, and the interview."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.i18n.section import Section


class ClientWording(Section):
    """What the page of a client says; what is in braces is filled in, and named after what it is.

    Sections by kind have a key for each kind of answer: see `page.client`.
    """

    # numbers in words, from none on
    counts: tuple[str, ...]
    # the head: names of its lines, and what may still be lacking
    head: Mapping[str, str]
    lacking: Mapping[str, str]
    draft_lacks: str
    reference: str
    # by kind of answer: the title, what stands above the answer, and above the reasons
    title: Mapping[str, str]
    over: Mapping[str, str]
    heading_why: Mapping[str, str]
    # the panel
    who_decides: str
    may_depart: str
    contradictions_one: str
    contradictions: str
    no_guess: str
    which_is_right: str
    missing_one: str
    missing_some: str
    missing_many: str
    declined_all: str
    with_this: str
    one_answer_helps: str
    may_decline: str
    choose: str
    choose_look: str
    advice_was: str
    advice_was_open: str
    departed: str
    departed_open: str
    reason: str
    earlier: str
    # what an answer is called
    answer: Mapping[str, str]
    instead: Mapping[str, str]
    # where a client is among the outcomes
    tag: Mapping[str, str]
    map_label: str
    map_note: str
    map_note_maybe: str
    # what is still to be known
    heading_asks: Mapping[str, str]
    unknown: str
    unknown_in_part: str
    if_answer: str
    more_questions: str
    more_questions_one: str
    differs: str
    differs_values: str
    clash: str
    # what happens now
    heading_next: str
    contact: str
    contact_before: str
    next: Mapping[str, tuple[str, ...]]
    look_between: str
    look_from: str
    look_before: str
    look_later: str
    today: str
    look: str
    months_one: str
    months_some: str
    timeline: str
    expect: str
    then_decided: str
    then_review: str
    then_missing: str
    then_departed: str
    # why
    open_claim: str
    from_step_says: str
    could_be: str
    never_no: str
    not_both: str
    it_matters: str
    no_fault: str
    weigh_the_same: str
    no_choice: str
    several_rules: str
    one_of_these: str
    masked_why: str
    # is something wrong, does somebody disagree
    heading_rights: str
    made_by: str
    see_account: str
    # the account: how the answer came about
    heading_account: str
    strip_label: str
    from_step: str
    points_have: str
    points_need: str
    points_go_with: str
    points_counted: str
    went_with: str
    matrix_note: str
    about: str
    yours: str
    asks_yes: str
    asks_no: str
    asks_not: str
    asked_not: Mapping[str, str]
    end: Mapping[str, str]
    fits: str
    no_look: str
    look_fails: str
    look_fails_with: str
    heading_facts: str
    special: str
    not_recorded: str
    fact: str
    known: str
    source: str
    who: str
    old: str
    superseded: str
    proxy: str
    otherwise: str
    otherwise_open: str
    otherwise_same: str
    otherwise_choice: str
    otherwise_look: str
    heading_changes: str
    changes_note: str
    outcome: str
    change: str
    who_knows: str
    verify: Mapping[str, str]
    change_step: str
    change_candidate: str
    change_unknown: str
    change_fixed: str
    change_far: str
    change_far_open: str
    one_of_ways: str
    changes_unclear: str
    heading_readings: str
    readings_note: str
    reading: str
    alternative: str
    place: str
    no_place: str
    masked_note: str
    heading_versions: str


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
