"""Explanations that somebody spoiled: refused when they are read, or shown; nothing in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import every_form
from explanation.test_golden import from_dossier, profile
from routeengine import Engine, load_ruleset
from routeengine.errors import UsageError
from routeengine.explanation import Explanation
from routeengine.explanation.contradictions import contradictions
from routeengine.explanation.decode import FORM_1 as FORM_1_DATA

FORM_1 = Path(__file__).parent / "form1"

ODD = "zzq serious"
"""What may stand in no error; it could be a name, so it stands in the place of keys too."""

Place = tuple[str | int, ...]


@cache
def samples() -> tuple[str, ...]:
    """Give explanations of many kinds, as JSON, in both forms."""
    ruleset = load_ruleset("rijswijk-2023")
    engine = Engine(ruleset)
    some = [engine.explain({}), from_dossier(ruleset, "en")]
    some += [
        engine.explain(profile(ruleset, name)) for name in ("one_huge_debt", "facts_that_clash")
    ]
    some += [some[1].masked()]
    texts = [one.model_dump_json() for one in some] + [some[2].model_dump_json(short=True)]
    return (*texts, *(path.read_text("utf-8") for path in sorted(FORM_1.glob("*.json"))[:2]))


@st.composite
def places(draw: st.DrawFn, data: Any) -> Place:
    """Draw the way to a part of some JSON, step by step: the many small parts are not the most."""
    path: Place = ()
    while isinstance(data, dict | list) and data and (not path or draw(st.integers(0, 4))):
        key = draw(st.sampled_from([*data] if isinstance(data, dict) else range(len(data))))
        path, data = (*path, key), data[key]
    return path


def at(data: Any, path: Place) -> Any:
    """Give the part of some JSON at a place."""
    for key in path:
        data = data[key]
    return data


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Draw an explanation of which a part is gone, elsewhere, there twice or another one."""
    data = json.loads(draw(st.sampled_from(samples())))
    for _ in range(draw(st.integers(1, 2))):
        *path, key = draw(places(data))
        other = json.loads(json.dumps(at(data, draw(places(data)))))
        box = at(data, tuple(path))
        match draw(st.sampled_from(["drop", "rename", "repeat", "another", "anything"])):
            case "drop":
                del box[key]
            case "rename" if isinstance(box, dict):
                box[ODD] = box.pop(key)
            case "repeat" if isinstance(box, dict):
                box[ODD] = box[key]
            case "repeat":
                box.append(box[key])
            case "another":
                box[key] = other
            case _:
                anything = [ODD, "", -1, 10**9, 0.5, None, True, [], {}, [ODD], {ODD: 1}]
                box[key] = draw(st.sampled_from(anything))
    return json.dumps(data)


def chain(error: BaseException) -> Iterator[str]:
    """Yield what an error says, and each that depends on it."""
    yield str(error)
    for other in (error.__cause__, error.__context__):
        if other is not None:
            yield from chain(other)


@pytest.mark.gate
@settings(max_examples=examples(500), deadline=None)
@given(spoiled())
def test_what_is_read_can_be_shown(text: str) -> None:
    """In every form, and masked; else it is refused, and nothing of it stands in the error."""
    try:
        explanation = Explanation.model_validate_json(text)
    except UsageError as error:
        said = list(chain(error))
    else:
        said = ["is no explanation"]
        every_form(explanation)
        if not explanation.short:
            every_form(explanation.masked())
    assert said[0].startswith("is no explanation")
    assert not any("zzq" in one for one in said)


PLACES: list[tuple[Place, Any, str]] = [
    (("language",), "fy", "language: there are no words for it"),
    (("why_not", "path"), ..., "verdicts, why and why_not: must be of the same decisions"),
    (("facts", "rung", "fact"), "loans", "facts: one names another fact"),
    (("facts", "rung", "coupled_with"), ["zzq"], "facts: one names another fact"),
    (("facts", "rung", "read_by"), ["zzq"], "facts: one is read by a decision that is not there"),
    (("hidden",), ["zzq"], "hidden: one is not there, or is shown"),
    (("hidden",), ["rung"], "hidden: one is not there, or is shown"),
    (("versions", "at"), "2024-05-06T10:00:00", "versions.at: must say its distance from UTC"),
    (("verdicts", "route", "decision"), "path", "one is of another decision or outcome"),
    (("verdicts", "route", "sentences"), [], "verdicts: one does not say what it came to"),
    (("verdicts", "route", "outcome"), "A", "verdicts: one does not say what it came to"),
    (("verdicts", "route", "possible", 0, "id"), "zzq", "has an outcome that is not there"),
    (("verdicts", "route", "conflict"), [{"id": "zzq", "label": ""}], "a fact that is not there"),
    (("verdicts", "route", "rule"), "zzq", "one names a rule that is not there"),
    (("why", "route", "because"), ["rung"], "one is about a fact that is not there"),
    (("why", "route", "rules", 0, "failed"), ["zzq"], "one rests on a condition that is not there"),
    (("why", "route", "rules", 0, "when", "kind"), "not", "one must have just one part"),
    (("why", "route", "rules", 0, "when", "count"), 2, "one does not say how many of its parts"),
    (("why", "scope", "rules", 0, "when", "children", 0, "reference"), "zzq",
     "conditions: one compares a fact that is not there"),
    (("why", "path", "applies_when", "children", 1, "reference"), "zzq",
     "conditions: one is about a decision that is not there"),
    (("verdicts", "loans", "missing", 1, "fact"), "fine", "verdicts: a fact is asked for twice"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), PLACES)
def test_what_does_not_go_together_is_named(path: Place, value: Any, message: str) -> None:
    """In form 1, where each thing stands where it is said: by its kind, and never by what it is."""
    name = "library_nothing_known.en" if "loans" in path else "one_huge_debt.nl"
    text = (FORM_1 / f"{name}.json").read_text(encoding="utf-8")
    Explanation.model_validate_json(text)
    data = json.loads(text)
    box = at(data, path[:-1])
    if value is ...:
        del box[path[-1]]
    else:
        box[path[-1]] = value
    with pytest.raises(UsageError) as caught:
        Explanation.model_validate_json(json.dumps(data))
    assert message in str(caught.value)
    assert "zzq" not in str(caught.value)


def test_nothing_more_is_said_where_decisions_differ() -> None:
    """What names decisions cannot be looked through where some are not there."""
    text = (FORM_1 / "one_huge_debt.nl.json").read_text(encoding="utf-8")
    whole = FORM_1_DATA.validate_json(text)
    spoiled = replace(whole, why_not={}, hidden=("zzq",))
    assert [*contradictions(spoiled)] == [
        "verdicts, why and why_not: must be of the same decisions"
    ]
