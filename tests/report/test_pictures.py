"""Pictures of counts: to scale, drawn for both widths, and what is written in them is text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.pages.pictures_bars import Bar, Part, bars, squares

NUMBERS = st.lists(st.integers(1, 500), min_size=1, max_size=4)


@pytest.mark.gate
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.text(max_size=60))
@settings(max_examples=examples(400))
def test_bars_are_to_scale_and_stay_within_the_picture(rows: list[list[int]], name: str) -> None:
    """The widths of two parts are as their numbers, and nothing sticks out."""
    drawn = [
        Bar(name, tuple(Part(n, str(n), "a") for n in numbers), str(sum(numbers)))
        for numbers in rows
    ]
    picture = str(bars("x", name, drawn))
    for width, half in zip((680, 300), picture.split("</svg>"), strict=False):
        rects = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', half)
        assert len(rects) == sum(map(len, rows))
        assert all(float(x) + float(w) <= width for x, w in rects)
        flat = [number for numbers in rows for number in numbers]
        scale = max(
            (float(w) + 1) / n for (_, w), n in zip(rects, flat, strict=True) if n == max(flat)
        )
        for (_, w), number in zip(rects, flat, strict=True):
            assert float(w) <= 1.6 or abs(float(w) + 1 - number * scale) < 1


def test_there_is_a_square_for_each_person_and_names_are_text() -> None:
    """As many squares as people, twice, and no markup of a name."""
    row = Bar("<b>x</b>", (Part(3, "3", "r"), Part(30, "30", "a")), "33")
    picture = str(squares("x", "<i>", [row]))
    assert picture.count("<rect") == 2 * 33
    assert picture.count('class="stroke"') == 2 * 3
    assert "<b>" not in picture
    assert "<i>" not in picture
    assert "<svg" not in str(bars("x", "nobody", [])).replace("<svg", "", 2)
