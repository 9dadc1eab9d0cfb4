"""Sentences for pages, and who publishes them: read, checked, and no part of what rules mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading.small import SMALL, faults_of, small
from routeengine.loading import load_ruleset
from routeengine.loading.wording import PublicationEntry
from routeengine.own_words import words_of
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.wording import Contact, OutcomeWording, Publication, Right, Wording
from routeengine.ruleset.wording_checks import STANDINGS, check_wording, is_time_zone, texts

WORDS = """\
words:
  facts:
    willing:
      claim: {nl: U wilt, en: You are willing}
      no: {nl: U wilt niet, en: You are not willing}
      about: {nl: of u wilt, en: whether you are willing}
      verify: client
    debt:
      values: {none: {nl: U heeft geen schuld, en: You have no debt}}
  criteria:
    adult:
      met: {nl: U bent volwassen, en: You are an adult}
      not_met: {nl: U bent niet volwassen, en: You are no adult}
  constraints:
    young_without_debt:
      client: {nl: Dat past niet bij elkaar., en: These do not go together.}
  decisions:
    card:
      kind: finding
      quiet: A
      question: {nl: "Welke pas?", en: "Which card?"}
      none: {nl: Geen pas, en: No card}
      outcomes:
        A:
          statement: {nl: U krijgt A., en: You get A.}
          explain: {nl: Dat is zo., en: That is so.}
          who: {nl: Voor wie wil, en: For who is willing}
          expect: {nl: elk jaar, en: every year}
          next: [{nl: Wij bellen u., en: We call you.}]
  progress:
    due:
      label: {nl: nu, en: now}
      meaning: {nl: Het is tijd., en: It is time.}
"""
PUBLICATION = """\
publication:
  municipality: {nl: Gemeente, en: Municipality}
  contact: {phone: 0, email: a@b.example, desk: {nl: hier, en: here}}
  reply_within_days: 5
  rights:
    wrong:
      title: {nl: Klopt een gegeven niet?, en: Is a fact wrong?}
      text: {nl: Bel ons., en: Call us.}
  time_zone: Europe/Amsterdam
  not_words: {nl: [moet, moet niet], en: [must]}
  in_use_since: 2024-01-01
  in_use_until: 2024-01-01
  rulebook: pages/rulebook.html
"""


def with_words(*changes: tuple[str, str]) -> dict[str, str | bytes]:
    """Give the small rule set with words and a publication, changed."""
    text = WORDS + PUBLICATION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {"small.yaml": SMALL, "words.yaml": text}


def spoken(*changes: tuple[str, str]) -> RuleSet:
    """Build it."""
    return load_ruleset(with_words(*changes))


def test_what_is_written_is_read() -> None:
    """Each part says what stands in the file, under the id of what it is about."""
    ruleset = spoken()
    assert ruleset.wording is not None
    willing, debt = ruleset.wording.facts
    assert (willing.id, willing.claim, willing.verify) == (
        "willing",
        {"nl": "U wilt", "en": "You are willing"},
        "client",
    )
    assert willing.denial == {"nl": "U wilt niet", "en": "You are not willing"}
    assert debt.values["none"]["en"] == "You have no debt"
    (card,) = ruleset.wording.decisions
    assert (card.kind, card.quiet, card.outcomes[0].next[0]["nl"]) == (
        "finding",
        "A",
        "Wij bellen u.",
    )
    publication = ruleset.publication
    assert publication is not None
    assert publication.contact == Contact("0", "a@b.example", {"nl": "hier", "en": "here"})
    assert publication.not_words == {"nl": ("moet", "moet niet"), "en": ("must",)}
    assert publication.in_use_since == date(2024, 1, 1)


def test_a_question_mark_is_text_wherever_it_stands() -> None:
    """Within braces and without quotes, where other readers of YAML stumble on it."""
    publication = spoken().publication
    assert publication is not None
    (right,) = publication.rights
    assert isinstance(right, Right)
    assert right.title["nl"] == "Klopt een gegeven niet?"


def test_nothing_is_needed() -> None:
    """Empty sections load, and so does a rule set without them."""
    nothing = {"small.yaml": SMALL, "words.yaml": "words: {}\npublication: {}\n"}
    ruleset = load_ruleset(nothing)
    assert (ruleset.wording, ruleset.publication) == (Wording(), Publication())
    assert (small().wording, small().publication) == (None, None)


def test_either_section_can_stand_alone() -> None:
    """Words without a publication refuse no words, and a decision need not fold anything away."""
    words = WORDS.replace("      quiet: A\n", "").replace("nl: U wilt,", "nl: U moet,")
    assert faults_of({"small.yaml": SMALL, "words.yaml": words}) == ()
    assert faults_of({"small.yaml": SMALL, "publication.yaml": PUBLICATION}) == ()


def test_every_field_of_a_publication_can_be_written() -> None:
    """The loader knows each, by its own name."""
    assert set(PublicationEntry.keys) == set(Publication.__dataclass_fields__)


WRONG = {
    "a fact that is not there": (
        ("    willing:\n", "    wiling:\n"),
        "words.yaml:3:5: `wiling` is no fact (did you mean `willing`?)",
    ),
    "a claim of what is not true or false": (
        (
            "values: {none: {nl: U heeft geen schuld, en: You have no debt}}",
            "claim: {nl: a, en: b}",
        ),
        (
            "words.yaml:9:7: `claim` is for what is true or false, and `debt` is a category "
            "(say it under `values`)"
        ),
    ),
    "a denial without a claim": (
        ("      claim: {nl: U wilt, en: You are willing}\n", ""),
        "words.yaml:4:7: `no` stands without `claim` (say both, or neither)",
    ),
    "a claim that ends a sentence": (
        ("nl: U wilt,", "nl: U wilt.,"),
        "words.yaml:4:19: `claim` ends with `.`: it is put into sentences (take the last sign out)",
    ),
    "a clause that asks": (
        ("en: whether you are willing", "en: are you willing?"),
        "words.yaml:6:34: `about` ends with `?`: it is put into sentences (take the last sign out)",
    ),
    "something to fill in": (
        ("nl: U wilt niet", "nl: U wilt ... niet"),
        "words.yaml:5:16: `no` holds something that is still to be filled in",
    ),
    "a value that is not there": (
        ("values: {none:", "values: {non:"),
        "words.yaml:9:16: `non` is no value of `debt` (did you mean `none`?)",
    ),
    "a value of what has none": (
        ("      verify: client\n", "      verify: client\n      values: {true: {nl: a, en: b}}\n"),
        "words.yaml:8:16: `true` is no value of `willing`",
    ),
    "a value that ends a sentence": (
        ("nl: U heeft geen schuld", "nl: U heeft geen schuld!"),
        "words.yaml:9:27: `none` ends with `!`: it is put into sentences (take the last sign out)",
    ),
    "a value in one language": (
        (", en: You have no debt", ""),
        "words.yaml:9:16: `none` lacks its words in `en` (add `en: …`)",
    ),
    "a criterion that is not there": (
        ("    adult:\n", "    adlt:\n"),
        "words.yaml:11:5: `adlt` is no criterion (did you mean `adult`?)",
    ),
    "a criterion that says one thing twice": (
        ("nl: U bent niet volwassen", "nl: U bent volwassen"),
        "words.yaml:13:21: `not_met` says what `met` says",
    ),
    "a criterion that ends a sentence": (
        ("met: {nl: U bent volwassen", "met: {nl: U bent volwassen."),
        "words.yaml:12:17: `met` ends with `.`: it is put into sentences (take the last sign out)",
    ),
    "a constraint that is not there": (
        ("    young_without_debt:\n", "    young_with_debt:\n"),
        "words.yaml:15:5: `young_with_debt` is no constraint (did you mean `young_without_debt`?)",
    ),
    "a decision that is not there": (
        ("    card:\n", "    crd:\n"),
        "words.yaml:18:5: `crd` is no decision (did you mean `card`?)",
    ),
    "a quiet outcome that is not there": (
        ("quiet: A", "quiet: C"),
        "words.yaml:20:14: `C` is no outcome of `card` (it has `A`, `B`)",
    ),
    "a better outcome that is not there": (
        ("quiet: A", "better_first: [A, C]"),
        "words.yaml:20:25: `C` is no outcome of `card` (it has `A`, `B`)",
    ),
    "one outcome that is better than none": (
        ("quiet: A", "better_first: [B]"),
        "words.yaml:20:21: `better_first` needs two outcomes at least",
    ),
    "an outcome that is better than itself": (
        ("quiet: A", "better_first: [A, B, A]"),
        "words.yaml:20:28: `A` appears twice",
    ),
    "an outcome that is better where none is": (
        ("quiet: A", "better_first: [A, B]\n      equal: {nl: Gelijk., en: Equal.}"),
        (
            "words.yaml:20:7: `better_first` says that an outcome is better, and `equal` that none "
            "is (keep one of the two)"
        ),
    ),
    "an outcome that is not there": (
        ("        A:\n", "        C:\n"),
        "words.yaml:24:9: `C` is no outcome of `card` (it has `A`, `B`)",
    ),
    "a next step in one language": (
        ("next: [{nl: Wij bellen u., en: We call you.}]", "next: [{nl: Wij bellen u.}]"),
        "words.yaml:29:18: `0` lacks its words in `en` (add `en: …`)",
    ),
    "a standing that is not there": (
        ("    due:\n", "    do:\n"),
        (
            "words.yaml:31:5: `do` is no standing (there are `on_course`, `due`, `overdue`, "
            "`progressed`, `regressed`, `changed`, `not_applicable`, `insufficient`)"
        ),
    ),
    "a time zone that is not there": (
        ("Europe/Amsterdam", "Europe/Rijswijk"),
        "words.yaml:42:14: `Europe/Rijswijk` is no time zone (as Europe/Amsterdam)",
    ),
    "no days": (
        ("reply_within_days: 5", "reply_within_days: 0"),
        "words.yaml:37:22: `reply_within_days` is 1 at least",
    ),
    "no e-mail address": (
        ("a@b.example", "a at b"),
        "words.yaml:36:30: `email` is no e-mail address",
    ),
    "an end before the beginning": (
        ("in_use_until: 2024-01-01", "in_use_until: 2023-12-31"),
        "words.yaml:45:17: `in_use_until` lies before `in_use_since`",
    ),
    "a rule book that would run": (
        ("rulebook: pages", "rulebook: javascript:pages"),
        (
            "words.yaml:46:13: `rulebook` is no web address, and no file beside the pages "
            "(as https://…/rulebook.html, or rulebook.html)"
        ),
    ),
    "words refused in a language that is not there": (
        ("en: [must]", "fy: [moat]"),
        "words.yaml:43:38: `fy` is no language of this rule set (the languages are `nl`, `en`)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_place(name: str) -> None:
    """One fault, in its words, at its line and column."""
    change, told = WRONG[name]
    assert [str(fault) for fault in faults_of(with_words(change))] == [told]


ROLE = """\
  role:
    a: {nl: een balie, en: a desk}
    the: {nl: de balie, en: the desk}
    your: {nl: uw balie, en: your desk}
    several: {nl: balies, en: desks}
"""


def with_role(*changes: tuple[str, str]) -> dict[str, str | bytes]:
    """Give the small rule set with words and with who decides, changed."""
    role = ROLE
    for old, new in changes:
        role = role.replace(old, new, 1)
    return with_words(("  progress:\n", f"{role}  progress:\n"))


def test_who_decides_is_called_so_by_the_library() -> None:
    """In each form that a sentence needs, with a capital where it begins one."""
    ruleset = load_ruleset(with_role())
    words = words_of(ruleset.wording, "en")
    assert words.explanation.advice[1] == "A desk decides."
    assert words.client.contact == "Your desk will contact you."
    assert words.staff.subject["consultant"] == "for the desk"
    assert words.change.clients_note.startswith("For desks: ")
    assert words_of(spoken().wording, "en").explanation.advice[1] == "A staff member decides."
    assert words_of(None, "nl").client.contact == "De medewerker neemt contact met u op."
    # A rule set made by hand may lack a language: then nothing is half named.
    assert ruleset.wording is not None
    assert ruleset.wording.role is not None
    role = replace(ruleset.wording.role, several={"nl": "balies"})
    assert words_of(replace(ruleset.wording, role=role), "en") is words_of(None, "en")
    assert reference(ruleset).meaning_sha256 == reference(spoken()).meaning_sha256


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("nl: een balie", "nl: 'een {rol}'"), "holds something that is still to be filled in"),
        (("en: the desk", "en: the desk."), "`the` ends with `.`: it is put into sentences"),
        (("    several: {nl: balies, en: desks}\n", ""), "`role` needs `several`"),
        (
            ("your: {nl: uw balie, en: your desk}", "your: {nl: uw balie}"),
            "lacks its words in `en`",
        ),
        (("nl: uw balie", "nl: wie moet"), "a sentence for clients holds `moet`"),
    ],
)
def test_a_name_for_who_decides_is_whole(change: tuple[str, str], told: str) -> None:
    """In all forms and languages, and nothing in it is left to fill in."""
    (fault,) = faults_of(with_role(change))
    assert told in str(fault)


OBLIGE = {
    "claim": ("nl: U wilt,", "nl: U moet willen,"),
    "no": ("en: You are not willing", "en: You must be willing"),
    "value": ("nl: U heeft geen schuld", "nl: Een schuld moet weg"),
    "criterion": ("met: {nl: U bent", "met: {nl: MOET u bent"),
    "constraint": ("nl: Dat past niet bij elkaar.", "nl: Dat moet anders."),
    "question": ('nl: "Welke pas?"', 'nl: "Welke pas moet?"'),
    "statement": ("nl: U krijgt A.", "nl: U moet A."),
    "next": ("en: We call you.", "en: You must call us."),
    "standing": ("nl: Het is tijd.", "nl: Het moet nu."),
}


@pytest.mark.parametrize("name", OBLIGE)
def test_a_word_that_is_refused_is_found_in_every_sentence(name: str) -> None:
    """Whole words in any case, in the language that they are refused in."""
    (fault,) = faults_of(with_words(OBLIGE[name]))
    assert fault.message in {
        "a sentence for clients holds `moet`",
        "a sentence for clients holds `must`",
    }
    assert fault.hint == "`publication.not_words` refuses it"


@pytest.mark.parametrize("words", ["nl: U bent ontmoet,", "nl: U wilt must,"])
def test_a_part_of_a_word_or_a_word_of_another_language_is_not_refused(words: str) -> None:
    """The Dutch "ontmoet" holds no "moet", and "must" is an English word."""
    assert faults_of(with_words(("nl: U wilt,", words))) == ()


def test_every_text_of_the_section_is_looked_at() -> None:
    """None of its sentences is out of reach of the words that are refused."""
    ruleset = spoken()
    assert ruleset.wording is not None
    seen = {words for _, text in texts(("words",), ruleset.wording) for words in text.values()}
    written = WORDS.replace('"', "")
    assert len(seen) == 2 * WORDS.count("nl:")
    assert all(f": {words}" in written for words in seen)


def test_a_rule_set_made_by_hand_is_checked_alike() -> None:
    """A path takes the place of the line."""
    ruleset = spoken()
    assert ruleset.wording is not None
    card = replace(ruleset.wording.decisions[0], outcomes=(OutcomeWording("Z"),))
    wording = replace(ruleset.wording, decisions=(card,))
    (flaw,) = check_wording(ruleset, ("words",), wording)
    assert flaw.path == ("words", "decisions", "card", "outcomes", "Z")
    assert len(STANDINGS) == len(set(STANDINGS)) == 8


def test_words_are_no_part_of_the_meaning() -> None:
    """With them, or with others, a rule set has another whole, and the meaning that it had."""
    one, other = reference(small()), reference(spoken())
    again = reference(spoken(("nl: U wilt,", "nl: U wilt graag,")))
    republished = reference(spoken(("reply_within_days: 5", "reply_within_days: 6")))
    every = (one, other, again, republished)
    assert len({ref.sha256 for ref in every}) == 4
    assert len({ref.meaning_sha256 for ref in every}) == 1


GROUNDS = {
    "date": ("    number: P1\n", "    number: P1\n    date: 2024-01-01\n"),
    "address": ("    number: P1\n", "    number: P1\n    address: https://a.example\n"),
    "status": ("    number: P1\n", "    number: P1\n    status: {nl: a, en: b}\n"),
    "who": ("choice: {nl: ja, en: yes}", "choice: {nl: ja, en: yes}\n          who: de raad"),
    "when": ("choice: {nl: ja, en: yes}", "choice: {nl: ja, en: yes}\n          when: 2024-01-01"),
}


@pytest.mark.parametrize("name", GROUNDS)
def test_who_chose_and_where_a_source_is_are_no_part_of_the_meaning(name: str) -> None:
    """Each is read, and stands in the whole digest only."""
    plain, more = small(), small(GROUNDS[name])
    assert reference(plain).sha256 != reference(more).sha256
    assert reference(plain).meaning_sha256 == reference(more).meaning_sha256
    (source,), interpretation = more.sources, more.rule["loan_one"].grounds.interpretation
    assert interpretation is not None
    read = {
        "date": source.issued,
        "address": source.address,
        "status": source.status,
        "who": interpretation.decided_by,
        "when": interpretation.decided_on,
    }
    assert [key for key, value in read.items() if value is not None] == [name]


ZONES = available_timezones()
NEARLY_ZONES = st.sampled_from(sorted(ZONES)).flatmap(
    lambda zone: st.sampled_from(
        [zone, zone.upper(), f"{zone} ", f"{zone}/", f"posix/{zone}", zone[:-1], *zone.split("/")]
    )
)


@given(NEARLY_ZONES | st.text(max_size=20) | st.sampled_from(("posixrules", "tzdata.zi", "../UTC")))
def test_a_time_zone_is_one_of_those_that_python_lists(name: str) -> None:
    """It is told without going through that list."""
    # What a machine keeps as its own zone is listed on some, and is none of a municipality.
    assert is_time_zone(name) == (name in ZONES - {"localtime"})
