"""Scores with one thing changed, and how it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routeengine.mutation import mutants
from routeengine.mutation.conditions import changed, written
from routeengine.ruleset.conditions import Not, ScoreIs
from routeengine.ruleset.model import RuleSet
from routeengine.verification.comparison import first_difference
from urgency import urgency


def said(ruleset: RuleSet, where: str) -> list[str]:
    """Give what is done to one part of the rules."""
    return [one.what for one in mutants(ruleset) if one.where == where]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (ScoreIs("need", 70), "need: {at_least: 70}"),
        (ScoreIs("need", None, 39), "need: {at_most: 39}"),
        (ScoreIs("need", 40, 69), "need: {between: [40, 69]}"),
        (Not(ScoreIs("need", 70)), "not: {need: {at_least: 70}}"),
    ],
)
def test_a_score_is_said_as_it_could_be_written(condition: ScoreIs | Not, words: str) -> None:
    """In the words of the rule language."""
    assert written(urgency(), condition) == words


@pytest.mark.parametrize(
    ("condition", "others"),
    [
        (ScoreIs("need", 70), ["{at_least: 65}", "{at_least: 75}"]),
        (ScoreIs("need", None, 39), ["{at_most: 34}", "{at_most: 44}"]),
        (
            ScoreIs("need", 40, 69),
            ["{between: [35, 69]}", "{between: [40, 64]}", "{between: [45, 69]}",
             "{between: [40, 74]}"],
        ),
        (ScoreIs("need", 40, 42), ["{between: [35, 42]}", "{between: [40, 47]}"]),
    ],
)  # fmt: skip
def test_a_bound_moves_by_one_step_of_what_parts_are_worth(
    condition: ScoreIs, others: list[str]
) -> None:
    """Every part of the page is worth a multiple of 5: sums between do not occur."""
    found = [one.words for one in changed(urgency(), condition)]
    asked = written(urgency(), condition)
    opposite = f"`{asked}` is turned into its opposite"
    assert found == [opposite, *(f"`{asked}` becomes `need: {one}`" for one in others)]


def test_a_part_is_left_out_or_worth_one_step_more_or_less() -> None:
    """Never 0; and what is asked of a fact in a part is changed as anywhere."""
    found = said(urgency(), "score `need`")
    assert found[-24:][:3] == [
        "`home: none` (+40) is left out",
        "`home: none` is worth 35 instead of 40",
        "`home: none` is worth 45 instead of 40",
    ]
    assert found[-3:] == [
        "`refused` (-25) is left out",
        "`refused` is worth -30 instead of -25",
        "`refused` is worth -20 instead of -25",
    ]
    assert "`children: {at_least: 2}` becomes `children: {at_least: 3}`" in found


def test_the_last_part_stays_and_none_is_worth_nothing() -> None:
    """A score without parts is none, and a part worth 0 is a fault."""
    score = urgency().score["need"]
    alone = replace(urgency(), scores=(replace(score, parts=score.parts[:1]),))
    found = said(alone, "score `need`")
    assert found[-1] == "`home: none` is worth 80 instead of 40"
    assert not any("left out" in one or "worth 0" in one for one in found)


def test_what_the_answers_hang_on_is_seen() -> None:
    """Each part of the page matters: left out, it moves somebody."""
    parts = [one for one in mutants(urgency()) if one.kind == "part"]
    assert len(parts) == 8
    assert all(first_difference(urgency(), one.ruleset) for one in parts)
