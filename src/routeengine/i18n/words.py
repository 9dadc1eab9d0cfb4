"""Which words a language has: a class per section of its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routeengine.i18n.client_words import ClientWording, InterviewPageWording
from routeengine.i18n.report_words import ReportWording
from routeengine.i18n.rulebook_words import ChangeWording, HangingWording, RulebookWording
from routeengine.i18n.section import Section
from routeengine.i18n.staff_words import StaffWording


def signed(number: int) -> str:
    """Return a number as people write it: with a minus sign and no hyphen."""
    return str(number).replace("-", "−")


def with_sign(number: int) -> str:
    """Return what is added or taken away: `+45`."""
    return f"{'+' * (number > 0)}{signed(number)}"


class InterviewWording(Section):
    """What an interview says of itself: how many facts it asked for."""

    asked: str


class ExplanationWording(Section):
    """What explanations say. What is in braces is filled in, and named after what that is."""

    # values
    yes: str
    no: str
    or_: str
    and_: str
    labelled: str
    quoted: str
    at_least: str
    at_most: str
    between: str
    days_between: str
    from_day: str
    until_day: str
    other_than: str
    points: tuple[str, str]
    worth_of: str
    score: Mapping[str, str]
    any_value: str
    no_value: str
    # conditions: in a sentence, and above a list of their parts; by what is combined
    inline: Mapping[str, str]
    head: Mapping[str, str]
    always: str
    otherwise: str
    decision_rule: str
    decision_not: str
    status: Mapping[str, str]
    # truth, as a word beside its mark
    met: str
    not_met: str
    truth_item: str
    # what is known of a fact
    unknown: str
    declined: str
    known: Mapping[str, str]
    # evidence: who recorded a fact, where and when
    observation: str
    # verdicts
    outcome: str
    review_name: str
    not_applicable_name: str
    short: Mapping[str, str]
    decided: str
    found: str
    review: str
    review_rule_several: str
    review_candidates: str
    review_candidate: str
    review_gap: str
    review_overlap: str
    review_contradiction: str
    review_conflicting: str
    review_several: str
    insufficient: str
    insufficient_possible: str
    not_applicable: str
    inexact: str
    # advice: that it is, and that a person decides
    advice: tuple[str, ...]
    # what is missing
    missing_declined: str
    # what a reader may not see
    masked: str
    masked_verdict: str
    masked_missing: str
    # readings and places
    place: str
    place_in: str
    place_in_several: str
    place_at_start: str
    place_at_start_several: str
    # flags, facts, versions
    version_ruleset: str
    version_numbers: str
    version_digest: str
    version_meaning: str
    version_engine: str
    version_form: str
    version_input: str
    version_at: str

    def either(self, items: Sequence[str]) -> str:
        """Join words as alternatives: `a, b or c`."""
        return self._join(items, self.or_)

    def both(self, items: Sequence[str]) -> str:
        """Join words as a sum: `a, b and c`."""
        return self._join(items, self.and_)

    def points_between(self, low: int | None, high: int | None) -> str:
        """Return bounds on points in words, both included; one of the two is there at least."""
        last = (low or 0) if high is None else high
        return f"{self.numbers_between(low, high)} {self.points[abs(last) != 1]}"

    def numbers_between(self, low: int | None, high: int | None) -> str:
        """Return the same without what it is that they count."""
        if high is None:
            return self.at_least.format(low=signed(low or 0))
        if low is None:
            return self.at_most.format(high=signed(high))
        if low == high:
            return signed(low)
        return self.between.format(low=signed(low), high=signed(high))

    def some_points(self, number: int) -> str:
        """Return so many points: `1 point`, `120 points`."""
        return f"{signed(number)} {self.points[abs(number) != 1]}"

    def worth(self, text: str, points: int) -> str:
        """Return a part of a score with what it is worth: `debts: large (+45)`."""
        return self.worth_of.format(text=text, points=with_sign(points))

    def labelled_as(self, label: str, words: str) -> str:
        """Return a name with what is said of it: `finances: serious`."""
        return self.labelled.format(label=label, words=words)

    def candidates_of(self, names: Sequence[str]) -> Iterator[str]:
        """Yield the sentence that names what a person chooses from, if there is anything."""
        if len(names) == 1:
            yield self.review_candidate.format(candidates=names[0])
        elif names:
            yield self.review_candidates.format(candidates=self.both(names))

    def passage(self, section: str, paragraph: int, sentences: Sequence[int]) -> str:
        """Return where in a document these sentences of one paragraph stand."""
        several = len(sentences) > 1
        if section:
            template = self.place_in_several if several else self.place_in
        else:
            template = self.place_at_start_several if several else self.place_at_start
        numbers = self.both([str(number) for number in sentences])
        return template.format(section=section, paragraph=paragraph, sentence=numbers)

    @staticmethod
    def _join(items: Sequence[str], word: str) -> str:
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {word} {items[-1]}"


class DepartureWording(Section):
    """What is said around advice and what a person decided instead."""

    advice: str
    decision: str
    later: str
    because: str
    outcome: str
    choose: str
    consider: str
    review: str
    insufficient: str
    not_applicable: str
    or_: str


class DifferenceWording(Section):
    """What is said of two versions of a rule set, and of regions of profiles."""

    same: str
    differs: str
    unraised: str
    unraised_texts: str
    compared: str
    every_day: str
    numbers: str
    facts: str
    new: str
    gone: str
    renamed: str
    retyped: str
    values_lost: str
    values_gained: str
    decision: str
    flag: str
    now_possible: str
    no_longer: str
    raised: str
    not_raised: str
    gap: str
    overlap: str
    none: str
    various: str
    combinations_one: str
    combinations_some: str
    profiles_one: str
    profiles_some: str
    size: str
    always: str
    one_of: str
    one_of_alone: str
    everyone: str
    instance: str
    left_over: str
    more: str
    points_exact: str
    points_where: str
    points_only: str
    score_old: str
    score_new: str
    reading: str
    reads_too: str
    reads_no_more: str
    evidence: str
    undetermined: str
    clients: str
    moved: str
    unseen: str
    movers: str
    nobody: str
    unusable: str
    was_now: str


class SummaryWording(Section):
    """What is said of a classified caseload; of `faulty` and `clients` the first is for one."""

    review: str
    insufficient: str
    not_applicable: str
    missing: str
    nobody: str
    faulty: tuple[str, str]
    clients: tuple[str, str]
    advice: str


class ClientIdWording(Section):
    """What the schema of a profile says of the client's id."""

    title: str
    description: str


class PageWording(Section):
    """What stands on every page, whatever it is about; `marks` names the signs of a table."""

    skip: str
    draft: str
    draft_meaning: str
    made: str
    not_recorded: str
    sheet: str
    of_sheets: str
    marks: Mapping[str, str]


class StudioWording(Section):
    """What the page to change rules on says; from `starting` to `explaining` while it works."""

    title: str
    band: str
    private: str
    noscript: str
    starting: str
    ready: str
    failed: str
    opening: str
    checking: str
    comparing: str
    explaining: str
    rules: str
    file: str
    text: str
    check: str
    diff: str
    save: str
    open: str
    checked: str
    differs: str
    profile: str
    profile_note: str
    explain: str
    explained: str
    unknown: str
    yes: str
    no: str


class RegisterWording(Section):
    """What an entry for the algorithm register says of rules whose owner does not say it."""

    data: str
    special: str
    no_special: str
    proxies: str
    no_proxies: str
    sources: str
    methods: str
    points: str


class Catalogue(Section):
    """All words of one language; `months` from January on, and the signs in numbers."""

    months: tuple[str, ...]
    thousands: str
    decimal_sign: str
    euro: str
    interview: InterviewWording
    explanation: ExplanationWording
    departure: DepartureWording
    difference: DifferenceWording
    summary: SummaryWording
    client_id: ClientIdWording
    page: PageWording
    studio: StudioWording
    rulebook: RulebookWording
    change: ChangeWording
    hanging: HangingWording
    client: ClientWording
    staff: StaffWording
    register: RegisterWording
    report: ReportWording
    interview_page: InterviewPageWording
