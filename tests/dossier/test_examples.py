"""The sentences of the policy on evidence, one by one, and what they leave to be decided."""

from __future__ import annotations

from datetime import date

import pytest

from dossier.observed import SMALL
from routeengine.dossier import Dossier, FactEvidence, Observation
from routeengine.profile import DECLINED, Between, Conflicting, Knowledge, OneOf

TODAY = date(2024, 6, 30)
Row = tuple[str, Knowledge, str]


def seen(source: str, value: Knowledge, day: str, assessor: str = "consultant 1") -> Observation:
    """Make an observation of debts."""
    return Observation("debts", value, source, date.fromisoformat(day), assessor)


def weigh(*observations: Observation) -> FactEvidence:
    """Weigh observations of debts, as of today."""
    return Dossier(SMALL, observations, as_of=TODAY).evidence("debts")


def test_a_conversation_comes_before_a_form_and_a_form_before_the_file() -> None:
    """Rank beats recency within a year, and what loses is kept."""
    talk = seen("conversation", "mild", "2024-01-10")
    form = seen("form", "serious", "2024-02-10")
    file = seen("file", "none", "2024-03-10")
    evidence = weigh(file, form, talk)
    assert (evidence.knowledge, evidence.chosen) == ("mild", talk)
    assert evidence.superseded == (form, file)
    assert weigh(file, form).knowledge == "serious"


def test_within_a_rank_the_newest_wins() -> None:
    """Of two forms the later one counts, however much later it is."""
    old, new = seen("form", "serious", "2020-01-10"), seen("form", "none", "2024-03-10")
    evidence = weigh(old, new)
    assert (evidence.knowledge, evidence.superseded) == ("none", (old,))


def test_equal_rank_and_date_that_differ_are_a_conflict() -> None:
    """Nobody can say which of the two is right, so the fact is unknown, within these values."""
    one = seen("form", "serious", "2024-03-10")
    other = seen("form", "none", "2024-03-10", "consultant 2")
    evidence = weigh(one, other)
    assert evidence.knowledge == Conflicting(["none", "serious"])
    assert set(evidence.conflicting) == {one, other}
    assert evidence.chosen is None


@pytest.mark.parametrize(
    ("before", "after", "conflict"),
    [
        ("2022-03-15", "2023-03-15", False),  # exactly twelve months: not more than twelve
        ("2022-03-15", "2023-03-16", True),
        ("2022-03-31", "2023-03-31", False),
        ("2023-02-28", "2024-02-28", False),
        ("2023-02-28", "2024-02-29", True),
        ("2020-02-29", "2021-02-28", False),  # a year after 29 February ends on the 28th
        ("2020-02-29", "2021-03-01", True),
        ("2024-03-10", "2023-03-10", False),  # older
    ],
)
def test_a_lower_ranked_one_conflicts_where_it_is_over_a_year_newer(
    before: str, after: str, conflict: bool
) -> None:
    """More than twelve calendar months, to the day; until then it is superseded."""
    talk, file = seen("conversation", "mild", before), seen("file", "serious", after)
    evidence = weigh(talk, file)
    assert bool(evidence.conflicting) is conflict
    assert evidence.superseded == (() if conflict else (file,))


def test_equal_values_never_conflict() -> None:
    """Two that say the same on one day agree, and so does a much newer one of lower rank."""
    evidence = weigh(
        seen("form", "mild", "2022-01-10"),
        seen("form", "mild", "2022-01-10", "consultant 2"),
        seen("file", "mild", "2024-01-10"),
    )
    assert evidence.knowledge == "mild"
    assert len(evidence.agreeing) == 2
    assert not evidence.conflicting
    assert not evidence.superseded


@pytest.mark.parametrize(
    "stronger",
    [seen("conversation", "none", "2024-03-01"), seen("form", "none", "2024-03-11")],
    ids=["higher rank", "newer"],
)
def test_a_tie_is_no_conflict_where_something_weighs_more(stronger: Observation) -> None:
    """Two that differ are both superseded by a higher-ranked one, or a newer one."""
    one = seen("form", "serious", "2024-03-10")
    other = seen("form", "mild", "2024-03-10", "consultant 2")
    evidence = weigh(one, other, stronger)
    assert evidence.knowledge == "none"
    assert set(evidence.superseded) == {one, other}


def test_three_ways_a_conflict_leaves_out_what_is_superseded() -> None:
    """An old file beside two conversations that differ is no third possibility."""
    evidence = weigh(
        seen("conversation", "mild", "2024-03-10"),
        seen("conversation", "serious", "2024-03-10", "consultant 2"),
        old := seen("file", "none", "2023-12-10"),
    )
    assert evidence.knowledge == Conflicting(["mild", "serious"])
    assert evidence.superseded == (old,)


def test_three_ways_all_can_stand_against_each_other() -> None:
    """A form over a year after the conversation, and a file over a year after the form."""
    evidence = weigh(
        seen("conversation", "none", "2020-01-10"),
        seen("form", "mild", "2021-02-10"),
        seen("file", "serious", "2022-03-10"),
    )
    assert evidence.knowledge == Conflicting(["none", "mild", "serious"])
    assert [one.source for one in evidence.conflicting] == ["conversation", "form", "file"]


def test_what_stands_against_the_winner_can_itself_be_superseded() -> None:
    """The form contradicts the conversation of long ago; the file loses from the form."""
    evidence = weigh(
        seen("conversation", "none", "2020-01-10"),
        seen("form", "mild", "2021-02-10"),
        file := seen("file", "serious", "2021-10-10"),
    )
    assert evidence.knowledge == Conflicting(["none", "mild"])
    assert evidence.superseded == (file,)


def test_a_newer_form_that_agrees_upholds_the_conversation() -> None:
    """The file is over a year newer than the conversation, but not than what confirmed it."""
    talk, form = seen("conversation", "none", "2021-01-10"), seen("form", "none", "2022-01-10")
    file = seen("file", "serious", "2022-06-10")
    assert weigh(talk, file).conflicting == (talk, file)
    evidence = weigh(talk, form, file)
    assert (evidence.knowledge, evidence.superseded) == ("none", (file,))


def test_an_older_form_that_agrees_takes_nothing_away() -> None:
    """What upholds the winner never makes it older than it is."""
    talk, form = seen("conversation", "none", "2022-01-10"), seen("form", "none", "2020-01-10")
    evidence = weigh(talk, form, file := seen("file", "serious", "2022-06-10"))
    assert (evidence.knowledge, evidence.superseded) == ("none", (file,))


def test_a_superseded_form_upholds_nothing() -> None:
    """A form that lost from the conversation does not keep a much newer file out."""
    talk, form = seen("conversation", "none", "2022-01-10"), seen("form", "mild", "2022-06-10")
    evidence = weigh(talk, form, file := seen("file", "serious", "2023-02-10"))
    assert evidence.conflicting == (talk, file)
    assert evidence.superseded == (form,)


def test_of_a_lower_rank_only_the_newest_speaks() -> None:
    """A file that contradicted the conversation, and was put right later, is no conflict."""
    talk = seen("conversation", "none", "2021-01-10")
    wrong, right = seen("file", "serious", "2022-06-10"), seen("file", "none", "2022-07-10")
    evidence = weigh(talk, wrong, right)
    assert (evidence.knowledge, evidence.superseded) == ("none", (wrong,))
    assert evidence.agreeing == (right,)


def test_part_of_the_values_differs_where_both_cannot_be_true() -> None:
    """Mild or serious on a form is no other value than serious from a conversation."""
    talk = seen("conversation", "serious", "2021-01-10")
    form = seen("form", OneOf(["mild", "serious"]), "2024-01-10")
    evidence = weigh(talk, form)
    assert (evidence.knowledge, evidence.agreeing) == ("serious", (form,))
    evidence = weigh(talk, against := seen("form", OneOf(["none", "mild"]), "2024-01-10"))
    assert evidence.knowledge == Conflicting(["none", "mild", "serious"])
    assert evidence.conflicting == (talk, against)


def test_of_equal_weight_the_most_precise_counts_where_the_others_allow_it() -> None:
    """Mild agrees with none-or-mild of that day; none-or-mild differs from mild-or-serious."""
    part = seen("form", OneOf(["none", "mild"]), "2024-01-10")
    evidence = weigh(part, exact := seen("form", "mild", "2024-01-10"))
    assert (evidence.knowledge, evidence.agreeing) == (exact.value, (part,))
    evidence = weigh(part, seen("form", OneOf(["mild", "serious"]), "2024-01-10"))
    assert evidence.knowledge == Conflicting(["none", "mild", "serious"])


def test_the_same_range_written_otherwise_is_the_same() -> None:
    """Between 0 and 2, and at most 2, are equal where nothing lies below 0."""
    written = [
        Observation("months", value, "form", date(2024, 1, 10), "consultant 1")
        for value in (Between(0, 2), Between(None, 2), OneOf([2, 1, 0]))
    ]
    evidence = Dossier(SMALL, written, as_of=TODAY).evidence("months")
    assert not evidence.conflicting
    assert len(evidence.agreeing) == 2


def test_a_later_refusal_to_answer_leaves_what_was_observed() -> None:
    """The file says something; that the client did not want to answer is kept beside it."""
    file, refusal = seen("file", "mild", "2024-01-10"), seen("conversation", DECLINED, "2024-02-10")
    evidence = weigh(file, refusal)
    assert (evidence.knowledge, evidence.declined) == ("mild", (refusal,))
    assert weigh(refusal).knowledge is DECLINED
    assert weigh(refusal).basis == (refusal,)


def talk_about(value: Knowledge, source: str, day: date) -> Observation:
    """Make an observation of whether there was a conversation."""
    return Observation("spoken", value, source, day, "consultant 1")


def test_a_conversation_settles_that_it_was_held() -> None:
    """A file that denies it is superseded: also a newer one, and a form of the same day."""
    denials = [
        talk_about(False, "file", date(2024, 5, 1)),
        talk_about(False, "conversation", date(2022, 1, 10)),
        talk_about(False, "form", date(2020, 1, 10)),
    ]
    made = Dossier(SMALL, [seen("conversation", "mild", "2022-01-10"), *denials], as_of=TODAY)
    evidence = made.evidence("spoken")
    assert evidence.knowledge is True
    assert set(evidence.superseded) == set(denials)
    assert evidence.chosen == talk_about(True, "conversation", date(2022, 1, 10))
    assert made.flags == ("stale_evidence", "superseded_evidence")


def test_a_refusal_in_a_conversation_shows_that_there_was_one() -> None:
    """Who declines to answer has been spoken to."""
    made = Dossier(SMALL, [seen("conversation", DECLINED, "2024-01-10")], as_of=TODAY)
    assert made.profile()["spoken"] is True


def test_without_a_conversation_it_is_a_fact_like_others() -> None:
    """A form may say that there was a conversation, and a newer form that there was none."""
    observations = [
        talk_about(True, "form", date(2024, 1, 10)),
        talk_about(False, "form", date(2024, 2, 10)),
    ]
    evidence = Dossier(SMALL, observations, as_of=TODAY).evidence("spoken")
    assert evidence.knowledge is False
    assert evidence.superseded == (observations[0],)


@pytest.mark.parametrize(("today", "stale"), [("2024-07-10", False), ("2024-07-11", True)])
def test_evidence_past_its_age_is_flagged_and_used(today: str, stale: bool) -> None:
    """A file of 10 January is good for six months: up to 10 July, and stale the day after."""
    file = seen("file", "mild", "2024-01-10")
    made = Dossier(SMALL, [file], as_of=date.fromisoformat(today))
    evidence = made.evidence("debts")
    assert evidence.stale == ((file,) if stale else ())
    assert evidence.knowledge == "mild"
    assert made.flags == (("stale_evidence",) if stale else ())


def test_what_was_confirmed_lately_is_not_stale() -> None:
    """An old conversation stands, for a fresh file says the same."""
    old, fresh = seen("conversation", "mild", "2020-01-10"), seen("file", "mild", "2024-06-01")
    assert weigh(old).stale == (old,)
    assert weigh(old, fresh).stale == ()
    assert weigh(old, fresh).chosen == old
    assert weigh(old, seen("file", "none", "2024-06-01")).stale == (old,)


def test_a_source_without_an_age_is_never_stale() -> None:
    """Forms have no maximum age here."""
    assert weigh(seen("form", "mild", "1990-01-10")).stale == ()


def test_superseded_evidence_is_never_stale() -> None:
    """Only what counts can be too old to count."""
    evidence = weigh(seen("form", "mild", "2024-01-10"), seen("file", "none", "2020-01-10"))
    assert evidence.superseded
    assert not evidence.stale
