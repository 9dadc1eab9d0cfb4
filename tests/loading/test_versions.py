"""Of versions of a rule set the one that is valid on a day is taken, if they fit together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examples import examples
from loading.small import LIBRARY, REPOSITORY, SMALL, changed, small
from routeengine import RuleSet, load_ruleset
from routeengine.errors import RuleSetError, UsageError

START = date(2024, 1, 1)


def version(
    number: int, first: str | None = None, last: str | None = None, name: str = "small"
) -> str:
    """Write the small rule set as a version that is valid from a day until a day."""
    text = changed(("id: small", f"id: {name}"), ("1.0.0", f"{number}.0.0"))
    for key, day in (("valid_from", first), ("valid_until", last)):
        if day:
            text = changed(("  languages", f"  {key}: {day}\n  languages"), text=text)
    return text


def faults(rules: Path | Mapping[str, str | bytes], as_of: str | None = "2024-06-01") -> list[str]:
    """Give what is wrong with versions."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(rules, as_of)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write three versions, each in a folder of its own, beside what is none."""
    for name, number, first, last in (
        ("2022", 1, None, "2022-12-31"),
        ("2023", 2, "2023-01-01", "2024-02-29"),
        ("later", 3, "2024-03-01", None),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "all.yml").write_text(version(number, first, last), encoding="utf-8")
    (tmp_path / "README.md").write_text("what changed when", encoding="utf-8")
    (tmp_path / "letters").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1900, 1, 1), 1),
        (date(2022, 12, 31), 1),
        (date(2023, 1, 1), 2),
        (date(2024, 2, 29), 2),
        ("2024-02-29", 2),
        ("2024-02-29T23:59:59", 2),
        ("20240301", 3),
        (datetime(2024, 2, 29, 23, 59, tzinfo=UTC), 2),
        (datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=14))), 3),
        (pd.Timestamp(2024, 3, 1), 3),
        (date.max, 3),
    ],
)
def test_the_version_of_the_day_is_taken(
    folder: Path, day: date | str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first and its last day are days of it; of a moment its own day counts."""
    ruleset = load_ruleset(folder, as_of=day)
    assert ruleset.version == f"{number}.0.0"
    monkeypatch.chdir(folder.parent)
    named = load_ruleset(folder.name, day)
    assert named == ruleset
    within = {1: "2022", 2: "2023", 3: "later"}[number]
    assert named.facts[0].place.file == f"{folder.name}/{within}/all.yml"


@pytest.mark.parametrize(
    "day", [True, 3, 2024.5, b"2024-05-06", "", "today", "2024-13-01", "6 mei 2024", pd.NaT]
)
@pytest.mark.parametrize("rules", [LIBRARY, "rijswijk-2023", {"a.yaml": SMALL}])
def test_what_is_no_day_is_refused(rules: Path | str | dict[str, str], day: object) -> None:
    """Before any file is read, with how a day is written."""
    with pytest.raises(UsageError, match="is no day: write it as 2024-05-06"):
        load_ruleset(rules, as_of=day)  # type: ignore[arg-type]  # as a caller without types


def test_versions_without_a_day_are_refused(folder: Path) -> None:
    """Which is meant would be a guess, also where there is one only: a second may come."""
    hint = "(ask for a day with `as_of`, or `--as-of DAY`; or name one of them)"
    (told,) = faults(folder, None)
    assert told.startswith(f"{folder}: holds versions of a rule set: `")
    assert told.endswith(hint)
    alone = {"x/2022.yaml": version(1), "x/2023.yaml": version(2)}
    told = f"the files: holds versions of a rule set: `x/2022.yaml`, `x/2023.yaml` {hint}"
    assert faults(alone, None) == [told]
    for name in ("2022", "2023"):
        (folder / name / "all.yml").unlink()
    (told,) = faults(folder, None)
    assert "holds versions of a rule set: " in told
    assert load_ruleset(folder, "2024-06-01").version == "3.0.0"
    assert load_ruleset(folder / "later").version == "3.0.0"


def test_versions_may_be_a_file_each(tmp_path: Path) -> None:
    """Files of which more than one has the id of a rule set are versions, on disk and as texts."""
    texts = {"a.yaml": version(1, None, "2024-01-31"), "b.yaml": version(2, "2024-02-01")}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for day, number in (("2024-01-31", "1.0.0"), ("2024-02-01", "2.0.0")):
        assert load_ruleset(tmp_path, day) == load_ruleset(texts, day)
        assert load_ruleset(tmp_path, day).version == number


def test_one_rule_set_over_files_is_no_version() -> None:
    """Its header may be spread over files too, as any section."""
    head, rest = SMALL.split("  title: {nl: klein")
    header, others = rest.split("sources:", 1)
    more = f"ruleset:\n  title: {{nl: klein{header}"
    parts = {"a.yaml": head, "b.yaml": more, "c.yaml": f"sources:{others}"}
    assert load_ruleset(parts) == small()
    assert load_ruleset(parts, START) == small()


def test_days_without_a_version_are_told(tmp_path: Path) -> None:
    """Before the first and after the last, with the days that there are."""
    texts = {
        "a": version(1, "2023-01-01", "2023-12-31"),
        "b": version(2, "2024-01-01", "2024-12-31"),
    }
    for day in ("2022-12-31", "2025-01-01"):
        told = f"no version is valid on {day}: there are versions from 2023-01-01 until 2024-12-31"
        assert faults(texts, day) == [f"the files: {told}"]


GAP = "no version is valid from 2023-01-01 until 2023-01-09"
OVERLAP = "from 2024-03-01 until 2024-03-31"


def test_gaps_and_overlaps_are_told_with_both_versions_and_the_days(folder: Path) -> None:
    """Whatever day is asked for, and by the names that the user sees."""
    (folder / "2023" / "all.yml").write_text(version(2, "2023-01-10", "2024-03-31"))
    named = {
        name: f"version {n}.0.0 (`{folder / name}`)"
        for n, name in enumerate(("2022", "2023", "later"), 1)
    }
    for day in ("1950-01-01", "2023-06-01"):
        with pytest.raises(RuleSetError) as caught:
            load_ruleset(folder, day)
        told = [(fault.file, fault.message) for fault in caught.value.faults]
        assert told == [
            (str(folder), f"{named['2022']} and {named['2023']} leave a gap: {GAP}"),
            (str(folder), f"{named['2023']} and {named['later']} are both valid {OVERLAP}"),
        ]


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (version(1), version(2), "on every day"),
        (version(1), version(2, "2024-01-01"), "from 2024-01-01"),
        (version(1, None, "2024-01-01"), version(2), "until 2024-01-01"),
        (version(1, "2024-01-01", "2024-12-31"), version(2, "2024-03-01", "2024-03-01"),
         "from 2024-03-01 until 2024-03-01"),
    ],
)  # fmt: skip
def test_an_overlap_may_have_open_ends(first: str, second: str, days: str) -> None:
    """And lie within one of the two."""
    (told,) = faults({"a": first, "b": second})
    assert told == f"the files: version 1.0.0 (`a`) and version 2.0.0 (`b`) are both valid {days}"


def test_versions_are_of_one_rule_set() -> None:
    """Two different ids are named, with where they stand; their days are of no account."""
    (told,) = faults({"a": version(1), "b": version(2, name="other")})
    assert told == (
        "the files: `a` holds the rule set `small` and `b` holds `other`: "
        "versions are of one rule set"
    )


def test_every_version_has_to_load(folder: Path) -> None:
    """What is wrong with one that is not asked for is told at its place, all at once."""
    for name in ("2022", "later"):
        path = folder / name / "all.yml"
        path.write_text(path.read_text().replace("minimum: 0", "minimum: low"))
    told = faults(folder, "2023-06-01")
    assert [one.partition(":")[0] for one in told] == [
        str(folder / name / "all.yml") for name in ("2022", "later")
    ]
    (folder / "2022" / "within").mkdir()
    (folder / "2022" / "within" / "x.yaml").write_text("a: 1")
    assert "holds rule files in the folder `within`, which are not read" in faults(folder)[0]


def test_a_file_without_a_header_among_versions_is_told() -> None:
    """A file of which nothing can be read is told as well, and neither is passed over."""
    told = faults(
        {"a": version(1), "b": version(2), "c": "facts: {}", "d": b"\xff", "e": "ruleset: ["}
    )
    assert {one.partition(":")[0] for one in told} == {"c", "d", "e"}


def test_too_many_versions_are_refused(tmp_path: Path) -> None:
    """As too many files are."""
    for number in range(65):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "a.yaml").write_text("")
    assert "holds more than 64 rule files or versions" in faults(tmp_path)[0]


DAYS = st.integers(0, 14).map(lambda number: str(START + timedelta(number)))


def in_order(ends: tuple[str | None, str | None]) -> bool:
    """Return whether a period does not end before it begins."""
    first, last = ends
    return first is None or last is None or first <= last


PERIODS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(in_order)


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(st.lists(PERIODS, min_size=2, max_size=4), DAYS)
@example([(None, "2024-01-05"), ("2024-01-07", None)], "2024-01-05")
@example([("2024-01-05", None), (None, "2024-01-05")], "2024-01-04")
@example([("2024-01-05", None), (None, "2024-01-04")], "2024-01-05")
def test_a_version_is_found_exactly_where_each_day_has_one(
    periods: list[tuple[str | None, str | None]], day: str
) -> None:
    """Held against going through all days: between the first and the last each has one version."""
    every = [str(START + timedelta(number)) for number in range(-1, 16)]

    def valid(on: str) -> list[int]:
        return [
            number
            for number, (first, last) in enumerate(periods)
            if (first is None or first <= on) and (last is None or on <= last)
        ]

    covered = [len(valid(on)) for on in every]
    used = [number for number, count in enumerate(covered) if count]
    fit = all(count == 1 for count in covered[used[0] : used[-1] + 1])
    texts = {str(number): version(number, *ends) for number, ends in enumerate(periods)}
    try:
        found: RuleSet | None = load_ruleset(texts, day)
    except RuleSetError as error:
        found, told = None, str(error)
    if found is not None:
        assert fit
        assert [f"{number}.0.0" for number in valid(day)] == [found.version]
    elif fit:
        assert not valid(day)
        assert f"no version is valid on {day}: there are versions" in told
    else:
        assert "are both valid" in told or "leave a gap" in told


@pytest.mark.gate
def test_what_is_shipped_has_its_days() -> None:
    """The shipped rule set is one version, and says from when it is valid."""
    first = load_ruleset("rijswijk-2023").valid_from
    assert first is not None
    assert load_ruleset("rijswijk-2023", first) == load_ruleset(REPOSITORY / "rules/rijswijk-2023")
    with pytest.raises(RuleSetError, match=f"is valid from {first}.*, not on"):
        load_ruleset("rijswijk-2023", first - timedelta(1))
