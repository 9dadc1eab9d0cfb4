"""What pages about rules say, the rule book and the page of a change: a class per section."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.i18n.section import Section


class RulebookWording(Section):
    """What the rule book says; `sections` in the order in which they stand."""

    title: str
    band: str
    intro: str
    contents: str
    address_of: str
    nothing: str
    no_source: str
    no_citations: str
    no_refused: str
    no_criteria: str
    no_readings: str
    no_cases: str
    no_expectations: str
    advises: str
    learns_nothing: str
    picture_title: str
    picture_note: str
    picture_resolves: str
    facts_count: str
    facts_one: str
    criteria_count: str
    criteria_one: str
    scores_count: str
    scores_one: str
    rules_count: str
    rules_review: str
    reads_count: str
    applies_to_all: str
    applies_when: str
    or_else: str
    leads_to: str
    leads_to_review: str
    leads_to_review_one: str
    leads_to_review_none: str
    otherwise: str
    outranks: str
    outranked_by: str
    ranked_rules: str
    ranked_answers: str
    says_source: str
    is_reading: str
    places: str
    reach: str
    reach_counts: str
    in_cases: str
    forbids: str
    forbids_one: str
    raised_when: str
    raised_by_dossier: str
    reads_own: str
    reads_via: str
    reads_not: str
    special: str
    proxy: str
    proxy_unsaid: str
    sensitivity: str
    topic: str
    facts_note: str
    weighing: str
    weighing_note: str
    sets: str
    stale_after: str
    readings_count: str
    citations_note: str
    proof_of_all: str
    not_people: str
    proof_clean: str
    proof_findings: str
    proof_notes: str
    proof_missing: str
    proof_looked: str
    proof_kept: str
    proof_broken: str
    proof_undetermined: str
    proof_idle: str
    expectations_count: str
    accepted_count: str
    covers: str
    share: str
    share_least: str
    cases_count: str
    case_passes: str
    case_fails: str
    not_reached: str
    reached: str
    reached_rules: str
    reached_outcomes: str
    reached_flags: str
    valid: str
    valid_from: str
    valid_until: str
    valid_on: str
    valid_always: str
    whole_digest: str
    meaning_digest: str
    engine: str
    change_note: str
    sections: Mapping[str, str]
    about: Mapping[str, str]
    oversight: Mapping[str, str]
    columns: Mapping[str, str]
    tables: Mapping[str, str]


class ChangeWording(Section):
    """What the page of a change says; `sections` in the order in which they stand."""

    title: str
    band: str
    same: str
    differs: str
    lost: str
    lost_one: str
    lost_none_here: str
    lost_possible: str
    lost_nobody: str
    lost_nobody_proved: str
    lost_unproved: str
    lost_meaning: str
    lost_ask: str
    lost_way: str
    lost_decision: str
    lost_flag: str
    signals_lost: str
    lost_reading: str
    lost_possible_now: str
    lost_signal: str
    asked_no_more: str
    asked_no_more_one: str
    gained: str
    gained_one: str
    gained_nobody: str
    moves_clients: str
    moves_combinations: str
    moves_note: str
    moves_table: str
    moves_all_clients: str
    moves_title: str
    moves_nobody: str
    moves_candidates: str
    not_people: str
    no_caseload: str
    no_moves: str
    moved: str
    faults: str
    rules_none: str
    absent: str
    gone: str
    called: str
    combinations: str
    proved: str
    same_words: str
    for_whom_note: str
    from_to: str
    for_everybody: str
    for_all: str
    for_one_of: str
    for_one_of_alone: str
    instance: str
    for_more: str
    for_many: str
    promise_new: str
    promise: Mapping[str, str]
    promise_gone: Mapping[str, str]
    promises_none: str
    promises_kept: str
    clients_count: str
    clients_note: str
    clients_nobody: str
    loses_look: str
    signals: str
    no_signals: str
    no_moves_of_facts: str
    lost_some: str
    moves_some: str
    way: str
    groups_note: str
    groups_order: str
    groups_refused: str
    groups_no_order: str
    groups_meaning: str
    groups_names: str
    groups_all: str
    groups_effects: str
    groups_moves: str
    groups_rest: str
    groups_unknown: str
    effects: Mapping[str, str]
    changes: Mapping[str, str]
    sections: Mapping[str, str]
    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    fields: Mapping[str, str]


class HangingWording(Section):
    """What is said of a decision that hangs on one fact, or does not; `how` a rule does."""

    asked: str
    people: str
    none: str
    fact: str
    proxy: str
    says: str
    says_nothing: str
    yes: str
    less: str
    no: str
    unread: str
    open: str
    pair: str
    seen: str
    seen_by_none: str
    beside: str
    through: str
    for_whom: str
    clients: str
    how: Mapping[str, str]
