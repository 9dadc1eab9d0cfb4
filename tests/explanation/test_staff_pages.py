"""The pages of consultants and auditors: whole for any rule set, and nothing that is masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from examples import examples
from explanation.explained import Case, cases, nodes
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import DECLINED, Dossier, Engine, Observation
from routeengine.departure import Departure, depart
from routeengine.errors import UsageError
from routeengine.explanation import Explanation
from routeengine.explanation.explanation import Audience
from routeengine.explanation.model import ConditionNode, RuleNode
from routeengine.explanation.page import auditor, consultant
from routeengine.explanation.page.staff import StaffVoice, observations
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.own_words import words_of
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet
from routeengine.value_set import set_of_bits

STAFF: tuple[Audience, ...] = ("consultant", "auditor")

AT = datetime(2023, 6, 5, 9, 30, tzinfo=UTC)
TALK, LATER = date(2023, 5, 15), date(2023, 6, 5)

KNOWN: dict[str, Any] = {
    "rung": 2, "receives_benefit": True, "current_service": "participation", "finances": "mild",
    "physical_health": "serious", "mental_health": "mild", "family": "none", "addiction": "none",
    "housing": "mild", "other_domain": "none", "able_to_participate": True,
    "can_start_soon": False, "willing": True, "volunteering": True, "at_maximum": False,
    "conversation_held": True, "work_ready_suspected": False,
}  # fmt: skip


class Page(HTMLParser):
    """What stands on a page: its text, the ids, and the places within it that it links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids, self.links, self.tags = list[str](), list[str](), list[str]()
        self._texts, self._hidden = list[str](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the ids and the links within the page."""
        given = dict(attrs)
        self.tags.append(tag)
        self._hidden = tag == "style"
        self.ids += filter(None, [given.get("id")])
        href = given.get("href") or ""
        self.links += [unescape(href[1:])] if href.startswith("#") else []

    def handle_data(self, data: str) -> None:
        """Note the text, but for the style."""
        if not self._hidden:
            self._texts.append(data)

    @property
    def text(self) -> str:
        """All text on one line."""
        return " ".join(" ".join(self._texts).split())


def dossier(ruleset: RuleSet, *more: Observation) -> Any:
    """Give a client of whom all is known from one talk, and some more is recorded."""
    told = [
        Observation(name, value, "conversation", TALK, "adviser 4") for name, value in KNOWN.items()
    ]
    return Dossier(ruleset, [*told, *more], as_of=LATER, client_id="c1").profile()


def conditions(explanation: Explanation) -> Iterator[ConditionNode]:
    """Yield every condition that an explanation holds, at whatever depth."""
    return (one for one in nodes(explanation) if isinstance(one, ConditionNode))


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(cases())
def test_every_verdict_question_and_signal_is_on_the_page(case: Case) -> None:
    """Of generated rule sets, which have no sentences for pages: labels take their place."""
    for language in LANGUAGES:
        explanation = case.explain(language)
        voice = StaffVoice(explanation)
        page = consultant.staff_page(voice, "consultant")
        assert len(page.steps) == len(explanation.verdicts)
        assert all(step.answer for step in page.steps)
        asked = [row.question for one in page.questions for row in (*one.rows, *one.more)]
        missing = {q.fact: q for one in explanation.verdicts.values() for q in one.missing}
        assert sorted(asked) == sorted(one.question for one in missing.values())
        assert [one.id for one in page.flags] == [one.flag for one in explanation.flags]
        possible = [one.flag for one in explanation.flags_possible]
        assert [one.id for one in page.flags_possible] == possible
        looks = {row.rule for part in page.parts for row in part.looks}
        assert looks == {
            one.rule
            for one in nodes(explanation)
            if isinstance(one, RuleNode)
            and one.outcome is None
            and explanation.verdicts[one.id.split("/")[0]].status != "not_applicable"
        }
        for audience in STAFF:
            text = Page(explanation.to_html(audience=audience)).text
            for step in page.steps:
                assert " ".join(step.answer.split()) in text
            for question in asked:
                assert " ".join(question.split()) in text
            for flag in (*page.flags, *page.flags_possible):
                assert flag.label in text


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(cases())
def test_an_auditor_sees_every_rule_to_the_bottom(case: Case) -> None:
    """Each condition has its place on the page, once; each link leads to one; and each digest."""
    explanation = case.explain()
    page = Page(explanation.to_html(audience="auditor"))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)
    for one in conditions(explanation):
        assert one.id in page.ids
    for rule in (one for one in nodes(explanation) if isinstance(one, RuleNode)):
        assert rule.id in page.ids
        assert rule.rule in page.text
    for digest in (explanation.versions.sha256, explanation.versions.meaning_sha256):
        assert digest in page.text
    assert set(explanation.facts) <= set(page.text.split())


def test_every_sentence_of_the_source_has_its_digest(engine: Engine) -> None:
    """So that whoever has the source can see that it is the same."""
    explanation = engine.explain(KNOWN | {"client_id": "c1"}, "nl")
    text = explanation.to_html(audience="auditor")
    whole = auditor.audit(StaffVoice(explanation))
    assert len(whole.citations) > 20
    for cite in whole.citations:
        assert text.count(cite.sha256) >= 1
        assert f'id="{cite.id}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_signals_say_what_raised_them(rijswijk: RuleSet, engine: Engine, language: str) -> None:
    """By a rule: the facts. By the dossier: what was recorded. With reading and place."""
    older = Observation("finances", "none", "file", date(2022, 11, 10), "team 2")
    explanation = engine.explain(dossier(rijswijk, older), language, at=AT)
    page = consultant.staff_page(StaffVoice(explanation, rijswijk), "consultant")
    flags = {one.id: one for one in page.flags}
    assert set(flags) == {"also_active", "rung_check", "superseded_evidence"}
    volunteering = explanation.facts["volunteering"].label
    assert volunteering in flags["rung_check"].cause.lower()
    assert "team 2" in flags["superseded_evidence"].cause
    assert "adviser 4" not in flags["superseded_evidence"].cause
    for one in flags.values():
        assert len(one.grounds) == 4


def test_each_answer_says_where_it_leads(engine: Engine) -> None:
    """One that settles the answer is told apart, and so is one after which people choose."""
    unknown = {name: value for name, value in KNOWN.items() if name != "willing"}
    explanation = engine.explain(unknown, "en")
    page = consultant.staff_page(StaffVoice(explanation), "consultant")
    (row,) = page.questions[0].rows
    led = {one.words: [(led.text, led.kind) for led in one.possible] for one in row.answers}
    assert led == {
        "no": [("a talk with the client first", "settles looks")],
        "yes": [("route B", "settles")],
    }


def test_many_questions_fold_away_and_none_is_lost(engine: Engine) -> None:
    """The first ones stand open; of a question that two decisions ask one is there."""
    explanation = engine.explain({"client_id": "c1"}, "nl")
    page = consultant.staff_page(StaffVoice(explanation), "consultant")
    numbers = [[row.number for row in (*one.rows, *one.more)] for one in page.questions]
    assert all(some == list(range(1, len(some) + 1)) for some in numbers)
    assert any(one.more for one in page.questions)
    facts = {q.fact for one in explanation.verdicts.values() for q in one.missing}
    assert sum(map(len, numbers)) == len(facts)


def test_sources_in_time(rijswijk: RuleSet, engine: Engine) -> None:
    """What counts together is one dot; what differs or weighs less has its own, and its row."""
    more = (
        Observation("willing", False, "conversation", TALK, "adviser 7"),
        Observation("finances", "none", "file", date(2022, 11, 10), "team 2"),
        Observation("housing", DECLINED, "form", date(2023, 3, 2), "team 3"),
    )
    explanation = engine.explain(dossier(rijswijk, *more), "en", at=AT)
    page = consultant.staff_page(StaffVoice(explanation, rijswijk), "consultant")
    assert {one.standing for one in page.observations} >= {"conflicting", "superseded", "declined"}
    drawn = str(page.timeline)
    for kind in ("counts", "conflicting", "superseded", "declined"):
        assert f'class="source-{kind}"' in drawn
        assert kind in [one.kind for one in page.timeline_key]
    assert "10 November 2022" in drawn
    assert drawn.count("<svg") == 2
    alone = Dossier(rijswijk, [more[1]], as_of=LATER, client_id="c1").profile()
    page = consultant.staff_page(StaffVoice(engine.explain(alone, "en")), "consultant")
    assert str(page.timeline).count("10 November 2022") == 4
    without = consultant.staff_page(StaffVoice(engine.explain(KNOWN, "en")), "consultant")
    assert (without.timeline, without.observations) == (None, ())


@pytest.mark.parametrize("audience", STAFF)
def test_what_people_wrote_is_text(rijswijk: RuleSet, engine: Engine, audience: Audience) -> None:
    """A reason or a name with signs of HTML is shown as it is, and makes no element."""
    sign = "<script>alert(1)</script> & <b>"
    older = Observation("finances", "none", "file", date(2022, 11, 10), sign)
    result = engine.classify(dossier(rijswijk, older))
    choice = Departure("route", "D", "consultant", f"she rests {sign}", LATER)
    explanation = depart(result, choice, rijswijk).annotate(engine.explain(result, "en", at=AT))
    page = Page(explanation.to_html(audience=audience, ruleset=rijswijk))
    assert page.text.count(sign) >= 2
    assert "script" not in page.tags
    assert "b" not in page.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_never_goes_out_with_the_letter(engine: Engine, language: str) -> None:
    """It says so, on each sheet too; and the client's page holds nothing of it."""
    explanation = engine.explain(KNOWN | {"client_id": "c1"}, language, at=AT)
    said = words_of(engine.ruleset.wording, language).staff
    client = explanation.to_html(audience="client")
    for audience in STAFF:
        html = explanation.to_html(audience=audience)
        assert said.meant_for[audience] in Page(html).text
        assert re.search(rf"--running: \"[^\"]*{said.subject[audience]}", html)
        assert said.subject[audience] not in client
    assert said.heading_otherwise not in client


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", STAFF)
def test_staff_are_not_spoken_to_as_the_client(
    rijswijk: RuleSet, engine: Engine, audience: Audience, language: str
) -> None:
    """A consultant reads of the client: no claim that begins with "you" stands in a table."""
    explanation = engine.explain(KNOWN | {"client_id": "c1"}, language, at=AT)
    voice = StaffVoice(explanation, rijswijk)
    page = consultant.staff_page(voice, audience)
    you = {"nl": r"\b[Uu]\b", "en": r"\b[Yy]ou\b"}[language]
    texts = [row.text for part in page.parts for table in part.matrices for row in table.rows]
    texts += [row.because for part in page.parts for row in part.looks]
    assert len(texts) > 20
    assert [text for text in texts if re.search(you, text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", STAFF)
def test_a_masked_page_shows_nothing_hidden(
    rijswijk: RuleSet, engine: Engine, audience: Audience, language: str
) -> None:
    """Two clients who differ in hidden facts alone get one page; no value of those is on it."""
    other = KNOWN | {"physical_health": "none", "mental_health": "serious"}
    pages = set()
    for profile in (KNOWN, other):
        masked = engine.explain(profile, language, at=AT).masked()
        assert masked.verdicts["route"].outcome == "B"
        pages.add(masked.to_html(audience=audience, ruleset=rijswijk))
    (html,) = pages
    page = consultant.staff_page(StaffVoice(masked, rijswijk), audience)
    text = Page(html).text
    assert page.masked
    assert catalogue(language).client.masked_note in text
    hidden = [engine.explain(KNOWN, language).facts[name] for name in masked.hidden]
    for node in hidden:
        assert f"{node.label}: {node.words}" not in text
    assert [part.title for part in page.parts if part.looks] == []
    assert masked.versions.input_sha256 is None


@settings(max_examples=examples(60), deadline=None)
@given(cases())
def test_any_explanation_has_its_pages(case: Case) -> None:
    """Masked, read from JSON, or from short JSON, of which there is less to show."""
    explanation = case.explain()
    for one in (
        explanation.masked(),
        Explanation.model_validate_json(explanation.model_dump_json()),
        Explanation.model_validate_json(explanation.model_dump_json(short=True)),
    ):
        for audience in STAFF:
            assert one.to_html(audience=audience).rstrip().endswith("</html>")
    read = Explanation.model_validate_json(explanation.model_dump_json())
    assert read.to_html() == explanation.to_html()


def test_nobody_is_named_where_there_is_no_reference(engine: Engine) -> None:
    """And what is stale or says the same once more is told as such."""
    explanation = engine.explain(KNOWN, "nl")
    page = consultant.staff_page(StaffVoice(explanation), "consultant")
    assert page.title.startswith("Zonder kenmerk: ")


def test_what_is_old_and_what_agrees_is_told(rijswijk: RuleSet) -> None:
    """An observation past the age that its source allows counts, and is told as old."""
    said = rijswijk.evidence
    assert said is not None
    sources = tuple(replace(one, max_age_months=6) for one in said.sources)
    rules = replace(rijswijk, evidence=replace(said, sources=sources))
    seen = [
        Observation("rung", 2, "file", date(2022, 1, 1), "team 1"),
        Observation("finances", "mild", "form", TALK, "team 2"),
        Observation("finances", "mild", "file", TALK, "team 3"),
    ]
    profile = Dossier(rules, seen, as_of=LATER, client_id="c1").profile()
    voice = StaffVoice(Engine(rules).explain(profile, "nl"), rules)
    assert [one.standing for one in observations(voice)] == ["stale", "counts", "agreeing"]
    assert consultant.staff_page(voice, "auditor").timeline is not None


def test_what_does_not_go_together(rijswijk: RuleSet, engine: Engine) -> None:
    """Each contradiction once, however many decisions it bears on, and the constraint it breaks."""
    clash = KNOWN | {"physical_health": "none", "physical_health_long_term": True}
    explanation = engine.explain(clash, "nl")
    page = consultant.staff_page(StaffVoice(explanation, rijswijk), "consultant")
    assert len(page.clashes) == len(set(page.clashes)) >= 2
    whole = auditor.audit(StaffVoice(explanation, rijswijk))
    broken = {one.constraint for v in explanation.verdicts.values() for one in v.broken}
    assert {one.name for one in whole.constraints} == broken != set()


@pytest.mark.parametrize(
    ("known", "state", "mark"),
    [
        ({"f": True, "g": True}, "another rule takes precedence", "none"),
        ({"f": False, "g": True}, "asks for a choice here", "met"),
        ({"f": True, "g": False}, "does not apply", "unmet"),
        ({"f": False}, "may still apply", "open"),
        # Either may decide, and both ask people: which of them does is open.
        ({"f": False, "h": True}, "may ask for a choice", "open"),
    ],
)
def test_how_a_rule_by_which_people_choose_stands(
    known: dict[str, bool], state: str, mark: str
) -> None:
    """Also where a rule goes before it, which no shipped rule does."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "fgh")
    first = Rule(
        "first", FactIs("f", set_of_bits(2)), "x", BOTH, BOTH, GROUNDS, outranks=("asks", "too")
    )
    asks = Rule("asks", FactIs("g", set_of_bits(2)), Review(("x",)), BOTH, BOTH, GROUNDS, ("too",))
    too = Rule("too", FactIs("h", set_of_bits(2)), Review((), BOTH), BOTH, BOTH, GROUNDS)
    rest = Rule("rest", None, "x", BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (first, asks, too, rest))
    ruleset = build_ruleset("small", facts=facts, decisions=(decision,))
    page = consultant.staff_page(StaffVoice(Engine(ruleset).explain(known, "en")), "consultant")
    rows = {row.rule: row for part in page.parts for row in part.looks}
    row = rows["too" if "h" in known else "asks"]
    assert (row.state, row.mark) == (state, mark)
    assert bool(row.because)
    assert rows["too"].candidates == "words"


def test_a_reader_or_a_letter_that_there_is_not(engine: Engine) -> None:
    """Nothing else is given in its place."""
    explanation = engine.explain(KNOWN, "en")
    with pytest.raises(UsageError, match="use `client`, `consultant`, `auditor`"):
        explanation.to_html(audience="council")  # type: ignore[arg-type] # the fault that is tested
    with pytest.raises(UsageError, match="a letter is the first part of the client's page"):
        explanation.to_html(letter=True)


def test_a_rule_for_all_else_says_so() -> None:
    """Where people choose if no other rule fits, that is what speaks for it or against it."""
    facts = (a_fact("f", BooleanDomain()),)
    first = Rule("first", FactIs("f", set_of_bits(2)), "x", BOTH, BOTH, GROUNDS)
    rest = Rule("rest", None, Review(("x",)), BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (first, rest))
    engine = Engine(build_ruleset("small", facts=facts, decisions=(decision,)))
    for known in ({}, {"f": True}, {"f": False}):
        page = consultant.staff_page(StaffVoice(engine.explain(known, "en")), "consultant")
        (row,) = page.parts[0].looks
        assert row.because == "No other rule fits."
