"""Parameters: rules with the numbers of a day and a variant are those with these typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading.small import SMALL
from routeengine import loading
from routeengine.errors import RuleSetError, UsageError
from routeengine.loading import (
    MAX_INSTANCES,
    load_instances,
    load_ruleset,
    load_unused_parameters,
)
from routeengine.ruleset.checks import require_sound
from routeengine.ruleset.digest import meaning_digest, reference
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import RuleSet

START = date(2025, 1, 1)
DAYS = 12
"""How many days the rules of these tests are valid."""

VARIANTS = ["diemen", "rijswijk"]
GROUNDED = "label: {nl: x, en: x}, basis: source, cites: [first]"
BOUND = "{age: {at_least: 18}}"


def day(number: int) -> date:
    """Give the day so many days after the first."""
    return START + timedelta(number)


def values_of(values: Sequence[Mapping[str, Any]]) -> str:
    """Write values of a parameter."""
    texts = (", ".join(f"{key}: {one}" for key, one in value.items()) for value in values)
    return "[" + ", ".join(f"{{{text}}}" for text in texts) + "]"


def rules(
    values: str,
    bound: str = "{parameter: adult_age}",
    *,
    variants: str = "[diemen, rijswijk]",
    kind: str = "type: integer",
    valid: tuple[str, str] = (str(START), str(day(DAYS - 1))),
) -> dict[str, str]:
    """Write the small rules with a parameter in the place of an age."""
    head = f"  valid_from: {valid[0]}\n  valid_until: {valid[1]}\n  languages"
    section = f"parameters: {{adult_age: {{{GROUNDED}, {kind}, values: {values}}}}}\nfacts:"
    if variants:
        section = f"variants: {variants}\n{section}"
    text = SMALL.replace("  languages", head, 1).replace("facts:", section, 1)
    assert BOUND in text
    return {"r.yaml": text.replace(BOUND, f"{{age: {{at_least: {bound}}}}}", 1)}


def typed_in(number: object) -> RuleSet:
    """Give the small rules with a number in that place."""
    return load_ruleset({"r.yaml": SMALL.replace(BOUND, f"{{age: {{at_least: {number}}}}}", 1)})


def told(files: dict[str, str], **asked: Any) -> str:
    """Give what is told of rules that do not load."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(files, **asked)
    return str(caught.value)


@st.composite
def timelines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw values of a parameter: some overlap, and some leave days out."""
    values = []
    for _ in range(draw(st.integers(1, 4))):
        value: dict[str, Any] = {}
        if draw(st.booleans()):
            value["from"] = day(draw(st.integers(-2, DAYS)))
        if draw(st.sampled_from([False, False, True])):
            value["until"] = day(draw(st.integers(-2, DAYS + 1)))
        variant = draw(st.sampled_from([None, None, *VARIANTS]))
        value |= {} if variant is None else {"variant": variant}
        values.append(value | {"is": draw(st.integers(1, 3))})
    return values


def by_day(values: list[dict[str, Any]], on: date, variant: str) -> int | None:
    """Give the value on a day by the page: of the variant first, and of those the latest begun."""
    for wanted in (variant, None):
        own = [one for one in values if one.get("variant") == wanted]
        begun = [one for one in own if one.get("from", date.min) <= on]
        latest = max(begun, key=lambda one: one.get("from", date.min), default=None)
        if latest is not None and on <= latest.get("until", date.max):
            return int(latest["is"])
    return None


def overlapping(values: list[dict[str, Any]]) -> bool:
    """Return whether a value begins with another of its variant, or before that said it ends."""
    for one in values:
        for other in values:
            if one is not other and one.get("variant") == other.get("variant"):
                first, second = (each.get("from", date.min) for each in (one, other))
                if first == second or first < second <= one.get("until", date.min):
                    return True
    return False


@pytest.mark.gate
@given(timelines())
def test_each_day_has_the_numbers_of_its_day(values: list[dict[str, Any]]) -> None:
    """Or it is told that a day has none or two; an instance is a time without a change."""
    files = rules(values_of(values))
    backward = any(one.get("until", date.max) < one.get("from", date.min) for one in values)
    holes = [
        (variant, on)
        for variant in VARIANTS
        for on in map(day, range(DAYS))
        if by_day(values, on, variant) is None
    ]
    if backward or overlapping(values) or holes:
        message = told(files, as_of=START, variant="diemen")
        assert ("lies before" in message) is backward
        assert backward or ("has two values" in message) is overlapping(values)
        if not backward and not overlapping(values):
            assert "has no value" in message
        return
    instances: list[RuleSet] = []
    for variant in VARIANTS:
        for on in map(day, range(DAYS)):
            ruleset = load_ruleset(files, on, variant)
            number = by_day(values, on, variant)
            assert ruleset.instance is not None
            assert ruleset.instance.holds(on)
            assert ruleset.instance.variant == variant
            assert [one.value for one in ruleset.parameters] == [number]
            assert meaning_digest(ruleset) == meaning_digest(typed_in(number))
            if not instances or instances[-1] != ruleset:
                before = instances[-1] if instances else None
                if before is not None and before.instance and before.instance.variant == variant:
                    assert before.parameters[0].value != number
                instances.append(ruleset)
    assert list(load_instances(files)) == instances
    require_sound(instances[0])


@given(
    st.integers(-3000, 3000), st.integers(1, 300), st.sampled_from(["down", "up", "half_up"]),
    st.sampled_from([0, 2]),
)  # fmt: skip
def test_a_part_is_rounded_as_is_said(number: int, percent: int, how: str, places: int) -> None:
    """To the lower, the higher or the nearest number of the parameter's places; a half goes up."""
    step = Decimal(1).scaleb(-places)
    exact = Fraction(number * percent, 100)
    wanted = {
        "down": floor(exact),
        "up": ceil(exact),
        "half_up": floor(exact + Fraction(1, 2)),
    }[how]
    kind = "type: integer" if places == 0 else f"type: decimal, places: {places}"
    fact = f"type: decimal\n    places: {places}\n    minimum: -9999999\n    maximum: 9999999"
    bound = f"{{parameter: adult_age, percent: {percent}, round: {how}}}"
    (text,) = rules(values_of([{"is": number * step}]), bound, variants="", kind=kind).values()
    text = text.replace("type: integer\n    minimum: 0\n    maximum: 120", fact)
    text = text.replace("{age: {at_most: 10}}", "{age: 1}").replace(
        "between: [0, 17]", "at_most: 17"
    )
    ruleset = load_ruleset({"r.yaml": text})
    condition: Any = ruleset.criterion["adult"].when
    lowest = ruleset.fact["age"].domain.value(condition.allowed.lowest)
    assert Decimal(str(lowest)) == wanted * step


@given(st.integers(1, 60), st.integers(1, 40), st.sampled_from(["down", "up", "half_up"]))
def test_a_percentage_can_be_a_parameter(number: int, percent: int, how: str) -> None:
    """What two variants take of a number is what each would with its percentage typed in."""
    part = f"part: {{{GROUNDED}, type: integer, values: "
    part += f"[{{variant: diemen, is: {percent}}}, {{variant: rijswijk, is: 100}}]}}"
    for variant, share in (("diemen", percent), ("rijswijk", 100)):
        typed, named = (
            rules(
                values_of([{"is": number}]),
                f"{{parameter: adult_age, percent: {one}, round: {how}}}",
            )["r.yaml"].replace("parameters: {", f"parameters: {{{part}, ", 1)
            for one in (share, "{parameter: part}")
        )
        left, right = (load_ruleset({"r.yaml": text}, variant=variant) for text in (typed, named))
        assert meaning_digest(left) == meaning_digest(right)


def test_what_is_asked_for_has_to_be_one_instance() -> None:
    """A day where numbers change, and a variant where there are any: never one by itself."""
    values = values_of([{"is": 18}, {"from": day(5), "is": 19}])
    assert told(rules(values)) == (
        f"r.yaml:28:1: the numbers of the rules change on {day(5)} "
        "(ask for a day with `as_of`, or `--as-of DAY`)\n"
        "r.yaml:28:1: the rules have the variants `diemen`, `rijswijk` "
        "(ask for one with `variant`, or `--variant V`)"
    )
    assert "`--as-of DAY`" in told(rules(values), variant="diemen")
    assert "`--variant V`" in told(rules(values), as_of=START)
    alone = rules(values_of([{"is": 18}]), variants="")
    assert load_ruleset(alone).instance == Instance(START, day(DAYS - 1), None)
    assert load_ruleset(alone, day(3)) == load_ruleset(alone)
    assert told(rules(values), as_of=START, variant="dimen") == (
        "r.yaml:27:11: `dimen` is no variant (did you mean `diemen`?)"
    )
    assert "there are `diemen`, `rijswijk`" in told(rules(values), as_of=START, variant="x")
    assert "leave out `variant`" in told(alone, variant="diemen")
    assert "leave out `variant`" in told({"r.yaml": SMALL}, variant="diemen")
    assert f"is valid from {START} until {day(11)}, not on" in told(
        rules(values), as_of=day(40), variant="diemen"
    )
    unsaid: Any = 3
    with pytest.raises(UsageError, match="no variant, but a value of type int"):
        load_ruleset(alone, variant=unsaid)


@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ("[]", {}, "`values` is empty (name one value or more)"),
        ("[{is: x}]", {}, "`is` must be a whole number"),
        (
            "[{until: 2025-01-04, is: 18}, {from: 2025-01-05, until: 2025-01-04, is: 19}]",
            {},
            "`until` lies before 2025-01-05",
        ),
        ('[{is: "18"}]', {}, "`is` must be a whole number (write it without quotes)"),
        ("[{is: [18]}]", {}, "`is` must be one value"),
        ("[{from: 2025-13-01, is: 18}]", {}, "`from` must be a date as YYYY-MM-DD"),
        (
            "[{from: 2025-01-02, is: 18}]",
            {},
            "`adult_age` has no value from 2025-01-01 until 2025-01-01 (say it, or",
        ),
        (
            "[{variant: diemen, is: 18}]",
            {},
            "`adult_age` has no value from 2025-01-01 until 2025-01-12 for `rijswijk`",
        ),
        (
            "[{is: 18}, {is: 19}]",
            {},
            "`adult_age` has two values on every day (the other is at line ",
        ),
        (
            "[{is: 18}, {variant: dimen, is: 19}]",
            {},
            "`dimen` is no variant (did you mean `diemen`?)",
        ),
        (
            "[{is: 18, variant: diemen}]",
            {"variants": ""},
            "`diemen` is no variant (name it under `variants`)",
        ),
        ("[{is: 18}]", {"variants": "[a, a]"}, "`a` appears twice (take one out)"),
        ("[{is: 121}]", {}, "`age` cannot be `121` (it is a whole number from 0 to 120)"),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult}"},
            "`adult` is no parameter (did you mean `adult_age`?)",
        ),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult_age, percent: 0, round: up}"},
            "`percent` must be 1 or more",
        ),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult_age, percent: 50}"},
            "`percent` and `round` go together (write both, as",
        ),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult_age, round: up}"},
            "`percent` and `round` go together",
        ),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult_age, percent: 700, round: up}"},
            "`age` cannot be `126`",
        ),
        (
            "[{is: 18}]",
            {"bound": "{parameter: adult_age, percent: {parameter: adult}, round: up}"},
            "`adult` is no parameter (did you mean `adult_age`?)",
        ),
        (
            "[{is: 0}]",
            {"bound": "{parameter: adult_age, percent: {parameter: adult_age}, round: up}"},
            "`percent` must be 1 or more",
        ),
        (
            "[{is: 18}]",
            {
                "kind": "type: decimal, places: 0",
                "bound": "{parameter: adult_age, percent: {parameter: adult_age}, round: up}",
            },
            "`adult_age` is no integer, as a percentage is",
        ),
        (
            "[{is: x}]",
            {"bound": "{parameter: adult_age, percent: {parameter: adult_age}, round: up}"},
            "`is` must be a whole number",
        ),
        (
            "[{is: 18}]",
            {"bound": "adult_age"},
            "`age` cannot be `adult_age` (write `{parameter: adult_age}`)",
        ),
        ("[{is: 18.5}]", {"kind": "type: decimal"}, "a decimal needs `places`"),
        ("[{is: 18.5}]", {"kind": "type: decimal, places: 7"}, "`places` must be from 0 to 6"),
        (
            "[{is: 18.55}]",
            {"kind": "type: decimal, places: 1"},
            "`is` must be a number with at most 1 decimal places",
        ),
        (
            "[{is: 18}]",
            {"kind": "type: integer, places: 1"},
            "an integer has no `places` (take it out)",
        ),
        ("[{is: 18.5}]", {"kind": "type: decimal, places: 1"}, "`age` cannot be `18.5`"),
        ("[{is: 2025-02-30}]", {"kind": "type: date"}, "`is` must be a date as YYYY-MM-DD"),
        (
            "[{is: 2025-02-03}]",
            {"kind": "type: date", "bound": "{parameter: adult_age, percent: 5, round: up}"},
            "`adult_age` is a day, and no part is taken of it",
        ),
        ("[{is: 18}]", {"kind": "type: number"}, "`type` cannot be `number`"),
    ],
)
def test_what_is_wrong_is_told_once(values: str, more: dict[str, Any], message: str) -> None:
    """Each slip is one fault, at its place, and what refers to it is not told besides."""
    there = more.get("variants", "[").startswith("[")
    found = told(rules(values, **more), as_of=START, variant="diemen" if there else None)
    # The variants of one row are not those that it is asked of.
    found = "\n".join(one for one in found.splitlines() if "no variant (there are `a`" not in one)
    assert len(found.splitlines()) == 1, found
    place, _, rest = found.partition(": ")
    assert place.startswith("r.yaml:")
    assert rest.startswith(message)


def test_grounds_and_labels_are_those_of_any_part() -> None:
    """A citation that is none, and a language that lacks, are found."""
    files = rules("[{is: 18}]", variants="")
    for old, new, message in (
        ("cites: [first], type", "cites: [frst], type", "`frst` is no citation"),
        (
            "{label: {nl: x, en: x}, basis",
            "{label: {nl: x}, basis",
            "`label` lacks its words in `en`",
        ),
        ("basis: source, cites: [first], type", "basis: source, type", "no citation is named"),
    ):
        assert old in files["r.yaml"]
        assert message in told({"r.yaml": files["r.yaml"].replace(old, new)})


def test_variants_without_parameters_are_a_slip() -> None:
    """They would make no difference."""
    files = {"r.yaml": SMALL.replace("facts:", "variants: [a]\nfacts:", 1)}
    assert told(files).endswith("`variants` differ in parameters, and there are none")


def test_what_is_damaged_says_nothing_of_numbers() -> None:
    """Where a day of validity cannot be read, or lies before the other, that is all."""
    for valid in ((str(START), "soon"), ("2025-02-01", "2025-01-01")):
        found = told(rules("[{is: 18}]", variants="", valid=valid))
        assert len(found.splitlines()) == 1
        assert "valid_until" in found
    text = SMALL.replace("ruleset:\n", "ruleset: x\nold:\n", 1).replace(
        "facts:",
        f"parameters: {{p: {{{GROUNDED}, type: integer, values: [{{is: 1}}]}}}}\nfacts:",
        1,
    )
    assert "`ruleset` must be `ruleset`, as a mapping" in told({"r.yaml": text})


def test_days_and_amounts_are_parameters_too() -> None:
    """In one spelling, so that what is the same number is no change."""
    born = "type: date\n    minimum: 1900-01-01\n    maximum: 2030-12-31"
    (text,) = rules("[{is: 2007-01-01}]", variants="", kind="type: date").values()
    text = text.replace("type: integer\n    minimum: 0\n    maximum: 120", born)
    text = text.replace("{age: {at_most: 10}}", "{age: {before: {parameter: adult_age}}}")
    text = text.replace("between: [0, 17]", "between: [{parameter: adult_age}, 2030-01-01]")
    ruleset = load_ruleset({"r.yaml": text})
    assert ruleset.parameters[0].value == "2007-01-01"
    same = values_of([{"is": "18.5"}, {"from": day(4), "is": '"18.50"'}])
    fact = "type: decimal\n    places: 2\n    minimum: 0\n    maximum: 120"
    (text,) = rules(same, variants="", kind="type: decimal, places: 2").values()
    text = text.replace("type: integer\n    minimum: 0\n    maximum: 120", fact)
    (ruleset,) = load_instances({"r.yaml": text})
    assert ruleset.parameters[0].value == "18.50"


def test_an_instance_is_named_in_the_reference() -> None:
    """Its digest is of the numbers, their grounds and the period; its meaning of the numbers."""
    values = values_of([{"is": 18}, {"from": day(5), "is": 19}])
    first, second = load_instances(rules(values, variants=""))
    assert [str(one.instance) for one in (first, second)] == [
        f"from {START} until {day(4)}", f"from {day(5)} until {day(11)}",
    ]  # fmt: skip
    assert reference(first).instance == first.instance
    assert reference(first).sha256 != reference(typed_in(18)).sha256
    assert reference(first).meaning_sha256 == reference(typed_in(18)).meaning_sha256
    assert str(Instance(None, None, "diemen")) == "on every day, diemen"
    assert Instance(None, None, None).holds(date.min)


def test_instances_that_are_left_open() -> None:
    """Those of a day, of a variant, of both or all; without parameters it is the rule set."""
    values = values_of([{"is": 18}, {"from": day(5), "is": 19}])
    files = rules(values)
    assert len(load_instances(files)) == 4
    assert [str(one.instance) for one in load_instances(files, as_of=START)] == [
        f"from {START} until {day(4)}, {variant}" for variant in VARIANTS
    ]
    assert len(load_instances(files, variant="diemen")) == 2
    assert load_instances(files, day(5), "diemen") == (load_ruleset(files, day(5), "diemen"),)
    with pytest.raises(RuleSetError, match="is valid from"):
        load_instances(files, as_of=day(40), variant="diemen")
    assert load_instances({"r.yaml": SMALL}) == (load_ruleset({"r.yaml": SMALL}),)


def test_a_fault_of_some_instances_says_of_which() -> None:
    """One of all does not."""
    values = values_of([{"is": 18}, {"from": day(5), "is": 121, "variant": "diemen"}])
    with pytest.raises(RuleSetError) as caught:
        load_instances(rules(values))
    assert f"`age` cannot be `121` (from {day(5)} until {day(11)}, diemen) (it" in str(caught.value)
    values = values_of([{"is": 18}, {"from": day(5), "is": 121}])
    with pytest.raises(RuleSetError) as caught:
        load_instances(rules(values))
    assert f"(from {day(5)} until {day(11)}, diemen and 1 more)" in str(caught.value)
    values = values_of([{"is": 121}, {"from": day(5), "is": 18}])
    with pytest.raises(RuleSetError) as caught:
        load_instances(rules(values, variants=""))
    assert f"`age` cannot be `121` (from {START} until {day(4)}) (it" in str(caught.value)
    with pytest.raises(RuleSetError) as caught:
        load_instances(rules("[{is: 121}]"))
    assert "`age` cannot be `121` (it is" in str(caught.value)


def test_past_a_limit_instances_are_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day, of a variant or of both there are fewer."""
    monkeypatch.setattr(loading, "MAX_INSTANCES", 3)
    files = rules(values_of([{"is": 18}, {"from": day(5), "is": 19}]))
    with pytest.raises(RuleSetError) as caught:
        load_instances(files)
    assert str(caught.value) == (
        "r.yaml: the rules have 4 instances, which are more than 3 "
        "(ask for a day with `as_of`, or for a variant with `variant`)"
    )
    assert len(load_instances(files, as_of=START)) == 2


@pytest.mark.night
def test_there_is_a_limit_to_instances() -> None:
    """Past it they are not looked at together, but one by one still."""
    many = [{"from": date.fromordinal(START.toordinal() + n), "is": n % 2} for n in range(201)]
    files = rules(values_of(many), variants="", valid=(str(START), "2029-01-01"))
    with pytest.raises(RuleSetError, match=f"201 instances, which are more than {MAX_INSTANCES}"):
        load_instances(files)
    assert load_ruleset(files, START).instance == Instance(START, START, None)


def test_versions_have_parameters_of_their_own(tmp_path: Any) -> None:
    """Of a folder of versions the one of the day is taken, with the numbers of that day."""
    for number, valid in ((1, ("2025-01-01", "2025-01-06")), (2, ("2025-01-07", "2025-01-12"))):
        (tmp_path / str(number)).mkdir()
        values = values_of([{"is": number}, {"from": "2025-01-04", "is": number + 10}])
        (text,) = rules(values, valid=valid).values()
        (tmp_path / str(number) / "r.yaml").write_text(text, encoding="utf-8")
    for on, number in (("2025-01-03", 1), ("2025-01-06", 11), ("2025-01-07", 12)):
        assert load_ruleset(tmp_path, on, "diemen").parameters[0].value == number
    assert len(load_instances(tmp_path, "2025-01-07")) == 2
    with pytest.raises(RuleSetError, match="ask for one with `variant`"):
        load_ruleset(tmp_path, "2025-01-03")


EXTRA = ["a", "b", "c"]
NAMING = {
    None: "18",
    "a": "{parameter: a}",
    "b": "{parameter: a, percent: {parameter: b}, round: down}",
}


@given(
    st.sets(st.sampled_from(EXTRA), min_size=1),
    st.sampled_from([*NAMING]),
    st.sampled_from(["[{is: 18}]", "[{is: 18}, {from: 2025-01-05, is: 19}]"]),
)
def test_a_parameter_is_unused_where_nothing_is_missed_without_it(
    there: set[str], named: str | None, values: str
) -> None:
    """Exactly those without which the rules still load; also where a percentage alone names it."""
    asked = {"as_of": str(START), "variant": "diemen"}

    def files(parameters: set[str]) -> dict[str, str]:
        text = rules("[{is: 1}]", NAMING[named])["r.yaml"]
        more = "".join(
            f", {one}: {{{GROUNDED}, type: integer, values: {values}}}"
            for one in sorted(parameters)
        )
        return {"r.yaml": text.replace("[{is: 1}]}}", f"[{{is: 1}}]}}{more}}}", 1)}

    def loads(parameters: set[str]) -> bool:
        try:
            return bool(load_ruleset(files(parameters), **asked))
        except RuleSetError:
            return False

    if loads(there):
        unused = {one.id for one in load_unused_parameters(files(there), **asked)}
        assert unused - {"adult_age"} == {one for one in there if loads(there - {one})}
        assert "adult_age" in unused
        open_ended = load_unused_parameters(files(there))
        assert {one.id for one in open_ended} == unused, "it hangs on no day and no variant"
