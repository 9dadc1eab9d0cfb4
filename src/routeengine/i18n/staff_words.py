"""Which words a language has for the pages of consultants and auditors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routeengine.i18n.section import Section


class StaffWording(Section):
    """What the pages for staff say; what is in braces is filled in, and named after what it is.

    `of_client` takes the place of what the client's page says of the same things: there "you" is
    the client, and here the reader.
    """

    of_client: Mapping[str, Any]
    # the signs of a table
    key: str
    # the head: by reader whom the page is for, and what stands on every sheet
    meant_for: Mapping[str, str]
    subject: Mapping[str, str]
    title: str
    nobody: str
    # what persons decided, and what does not go together
    heading_decided: str
    heading_clashes: str
    clash: str
    # flags: one or some, what raised them, and how the policy was read
    flags_one: str
    flags_some: str
    flag_cause: str
    flag_effect: str
    heading_flags_possible: str
    flag_open: str
    reading: str
    because: str
    alternative: str
    place: str
    # questions, and where each answer leads
    heading_questions: str
    questions_none: str
    questions_one: str
    questions_some: str
    question: str
    answer: str
    then: str
    settles: str
    looks: str
    too_many_answers: str
    all_open: str
    client_reads: str
    known_in_part: str
    more_questions_one: str
    more_questions: str
    # evidence: in time, and as a table
    heading_sources: str
    timeline: str
    timeline_title: str
    facts_one: str
    facts_some: str
    fact: str
    observed: str
    source: str
    counts: str
    standing: Mapping[str, str]
    observations: str
    # outcomes and rules
    heading_rules: str
    looks_caption: str
    looks_note: str
    look_open: str
    asks: str
    rule: str
    choice: str
    here: str
    look: Mapping[str, str]
    no_candidates: str
    # deciding otherwise
    heading_otherwise: str
    otherwise: tuple[str, ...]
    # the page of auditors: what the client reads, rules to the bottom, and what they stand on
    heading_client: str
    heading_trees: str
    heading_criteria: str
    heading_scores: str
    score_part: str
    score_worth: str
    heading_flags: str
    trees_note: str
    applies_when: str
    leads_to: str
    leads_to_look: str
    outranked_by: str
    maybe_outranked_by: str
    state: Mapping[str, str]
    enough: str
    basis: Mapping[str, str]
    heading_citations: str
    citations_note: str
    section: str
    sentence: str
    digest: str
    cited_at: str
    heading_facts: str
    identifier: str
    known: str
    read_by: str
    none: str
