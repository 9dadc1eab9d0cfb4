"""What a notebook shows of an object: a small table, and no fact of a client."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from routeengine import Engine, OneOf
from routeengine.notebook_table import table
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.words import Place
from routeengine.verification import Finding, diff, verify

PROFILE = {
    "client_id": "c-4711", "rung": 1, "receives_benefit": True, "finances": "serious",
    "mental_health": OneOf(["mild", "serious"]), "prognosis_months": 17,
}  # fmt: skip


class Cells(HTMLParser):
    """Reads the cells of a table, and what it asks for from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes; a row or a cell begins."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        """Add to the cell that is open."""
        if self.rows:
            self.rows[-1][-1] += data


def test_a_table_is_escaped_and_says_which_cells_are_names() -> None:
    """Whatever stands in it: it is text. It brings no style and asks for nothing."""
    hostile = '<img src=x onerror="alert(1)">&'
    page = table(hostile, [hostile, "b"], [(hostile, hostile)], lang='nl" onload="x')
    found = Cells(page)
    assert set(found.tags) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert found.attributes == {"lang", "scope", "style"}
    assert found.rows == [[hostile, "b"], [hostile, hostile]]
    assert page.count('scope="col"') == 2
    assert page.count('scope="row"') == 1


def test_a_result_shows_verdicts_and_no_facts(engine: Engine) -> None:
    """As `repr`: no value, and not who it is."""
    result = engine.classify(PROFILE)
    page = result._repr_html_()
    assert [row[:2] for row in Cells(page).rows[1:]] == [
        [name, verdict.outcome or verdict.status] for name, verdict in result.verdicts.items()
    ]
    assert "answered by lanes; flags: rung_check?" in page
    for value in ("serious", "mild", "17", "c-4711"):
        assert value not in page
    flags = replace(result.answer, flags=("raised",), flags_possible=())
    assert "flags: raised<" in type(result)(flags, {}, result.ruleset, "0")._repr_html_()
    none = replace(result.answer, flags_possible=())
    assert "flags: none<" in type(result)(none, {}, result.ruleset, "0")._repr_html_()


def test_an_explanation_shows_its_gist_masked(engine: Engine) -> None:
    """A notebook keeps what it shows: so health data, and what hangs on it, is left out."""
    explanation = engine.explain({**PROFILE, "mental_health": "serious"}, "en")
    page = explanation._repr_html_()
    assert page == explanation.masked()._repr_html_()
    assert page is not None
    # As text says it, block by block.
    said = iter(re.findall(r">([^<]+)<", page))
    for block in explanation.masked()._blocks(short=True):
        assert unescape(next(said)) == block.text
    assert "mental" in explanation.to_text().lower()
    assert "mental" not in page.lower()
    assert set(Cells(page).tags) <= {"section", "h3", "h4", "h5", "p", "strong", "ul", "ol", "li"}
    assert Cells(page).attributes == {"lang"}


def test_a_short_explanation_that_was_not_masked_shows_as_it_prints(engine: Engine) -> None:
    """Nobody can tell what may stay of it."""
    explanation = engine.explain(PROFILE, "en")
    short = type(explanation).model_validate_json(explanation.model_dump_json(short=True))
    assert short._repr_html_() is None
    masked = explanation.masked().model_dump_json(short=True)
    again = type(explanation).model_validate_json(masked)._repr_html_()
    assert again == explanation._repr_html_()


def test_a_rule_set_shows_its_decisions(rijswijk: RuleSet) -> None:
    """With its title in its own language."""
    page = rijswijk._repr_html_()
    assert '<caption lang="nl">Maatschappelijke participatie' in page
    assert [row[0] for row in Cells(page).rows[1:]] == [one.id for one in rijswijk.decisions]


def test_a_verification_shows_what_was_found_and_what_is_accepted(rijswijk: RuleSet) -> None:
    """Each finding in a row; and one by itself."""
    found = verify(rijswijk)
    rows = Cells(found._repr_html_()).rows[1:]
    assert len(rows) == len(found.findings) + len(found.accepted) > 0
    assert rows[-1][-1] == f"accepted: {found.accepted[-1].message}"
    assert "551,124,000 for scope" in found._repr_html_()
    one = Finding("gap", "route", "nothing <applies>", (), Place("a.yaml", 3, 4))
    wrong = replace(found, findings=(one,), accepted=())
    row = ["a.yaml:3:4", "error", "gap", "route", "nothing <applies>"]
    assert Cells(one._repr_html_()).rows[1:] == Cells(wrong._repr_html_()).rows[1:] == [row]


@pytest.mark.gate
@pytest.mark.parametrize("number", [0, 1])
def test_a_difference_shows_each_shift(rijswijk: RuleSet, number: int) -> None:
    """Of decisions and of flags; and that there is none."""
    same = diff(rijswijk, rijswijk)._repr_html_()
    assert "they mean the same" in same
    assert len(Cells(same).rows) == 1
    if number == 0:
        decision = rijswijk.decision["route"]
        fewer = replace(decision, rules=decision.rules[1:])
        new = replace(
            rijswijk, decisions=tuple(fewer if d is decision else d for d in rijswijk.decisions)
        )
    else:
        flags = [one for one in rijswijk.flags if one.when is not None]
        swapped = replace(flags[0], when=flags[1].when)
        new = replace(
            rijswijk, flags=tuple(swapped if f is flags[0] else f for f in rijswijk.flags)
        )
    rows = Cells(diff(rijswijk, new)._repr_html_()).rows[1:]
    assert rows
    told = {cell for row in rows for cell in row[1:3]}
    assert told & (
        {"A", "review (gap)", "not_applicable"} if number == 0 else {"raised", "not raised"}
    )
