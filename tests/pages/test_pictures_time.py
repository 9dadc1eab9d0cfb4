"""The picture of months ahead: to scale, inside its frame, and no text on another."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from routeengine.pages.pictures import NARROW, WIDE
from routeengine.pages.pictures_time import AFTER, LETTER, Mark, Window, months_ahead

TEXT = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" class="\w*" text-anchor="(\w+)">([^<]*)</text>')
BAR = re.compile(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" class="k-(\w)">')


@st.composite
def drawn(draw: st.DrawFn) -> tuple[list[Mark], Window]:
    """Draw today, one or two months ahead, and the part from one of them on, or from today on."""
    ahead = sorted(draw(st.sets(st.integers(1, 240), min_size=1, max_size=2)))
    marks = [
        Mark(0, ("May 2024",)),
        *(Mark(one, (f"{one} months", "September 2030")) for one in ahead),
    ]
    ends = [0, *ahead]
    first = draw(st.sampled_from(ends))
    later = [one for one in ends if one > first]
    last = draw(st.sampled_from([None, *later]))
    return marks, Window(first, last, "we look at this again together")


def extent(x: str, anchor: str, text: str) -> tuple[float, float]:
    """Return from where to where a text goes."""
    wide, at = len(text) * LETTER, float(x)
    first = {"start": at, "middle": at - wide / 2, "end": at - wide}[anchor]
    return first, first + wide


@given(drawn())
def test_it_is_to_scale_and_its_texts_do_not_meet(case: tuple[list[Mark], Window]) -> None:
    """Drawn wide and narrow: three parts that fill the bar, and every text in the frame."""
    marks, window = case
    end = max(*(one.months for one in marks), window.first) + AFTER
    for svg, width in zip(
        months_ahead("title", "today", marks, window).split("</svg>"), (WIDE, NARROW), strict=False
    ):
        frame = re.search(r'viewBox="0 0 (\d+) ([\d.]+)"', svg)
        assert frame is not None
        bars = [(float(x), float(w), kind) for x, w, kind in BAR.findall(svg)]
        assert [kind for *_, kind in bars] == ["a", "b", "n"]
        starts = [0, window.first, end if window.last is None else window.last]
        assert all(
            abs(x - width * at / end) < 0.1 for (x, *_), at in zip(bars, starts, strict=True)
        )
        assert abs(sum(w for _, w, _ in bars) - width) < 0.2
        texts = TEXT.findall(svg)
        assert len(texts) == 2 + sum(len(one.lines) for one in marks)
        placed = [(float(y), *extent(x, anchor, text)) for x, y, anchor, text in texts]
        for y, first, last in placed:
            assert -0.1 <= first <= last <= width + 0.1
            assert 0 < y <= float(frame[2])
        for (y, first, last), (z, other_first, other_last) in combinations(placed, 2):
            assert y != z or last <= other_first or other_last <= first
        assert svg.count("<line") == len(marks)
