"""Pictures of rules: which decision reads what, and who goes from which answer to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup

from routeengine.pages.pictures import NARROW, bar, element, joined, label, picture, shortened

BOX, GAP, LINE = 24, 14, 17
"""Height of a box without its lines, the room between two, and the height of a line."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the graph: what stands in it, where it leads, and which others an arrow comes from.

    `kind` is "facts", "criteria" or "decision": each kind has a column of its own.
    """

    name: str
    kind: str
    head: str
    lines: tuple[str, ...]
    address: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box at its place."""

    box: Box
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return _height(self.box)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width


def decision_graph(title: str, boxes: Sequence[Box]) -> Markup:
    """Return the boxes with their arrows: facts at the left, criteria amid, decisions at the right.

    On a narrow screen they stand below each other, and only decisions and criteria have arrows.
    """

    def draw(width: int) -> tuple[float, Markup]:
        narrow = width == NARROW
        placed = {one.box.name: one for one in (_stacked if narrow else _in_columns)(boxes)}
        arrows = list(_arrows(placed, f"arrow-{width}", narrow=narrow))
        height = max((one.y + one.height for one in placed.values()), default=0) + 4
        return height, joined(_marker(f"arrow-{width}"), *arrows, *map(_box, placed.values()))

    return picture("decisions", title, draw, links=True)


def _height(box: Box) -> float:
    return BOX + LINE * len(box.lines) + 8


def _in_columns(boxes: Sequence[Box]) -> Iterator[_Placed]:
    """Place each kind in its column; the column of one box or a few is spread over the height."""
    columns = (("facts", 1, 190), ("criteria", 222, 176), ("decision", 430, 214))
    tall = max(
        sum(_height(one) + GAP for one in boxes if one.kind == kind) - GAP for kind, *_ in columns
    )
    middles = dict[str, float]()
    for kind, x, width in columns:
        column = [one for one in boxes if one.kind == kind]
        room = (tall - sum(map(_height, column))) / (len(column) + 1)
        # What fills its column begins at the top; a column with more room spreads its boxes.
        gap = max(room, GAP)
        y = 2.0 if room < GAP else 2 + gap
        for one in column:
            if kind == "criteria":
                # Beside what leads to it, so that arrows from elsewhere pass it by.
                beside = [middles[name] for name in one.sources] or [tall / 2]
                top = sum(beside) / len(beside) - _height(one) / 2
                y = max(min(top, tall - _height(one)), 2)
            middles[one.name] = y + _height(one) / 2
            yield _Placed(one, x, y, width)
            y += _height(one) + gap


def _stacked(boxes: Sequence[Box]) -> Iterator[_Placed]:
    y = 2.0
    for one in boxes:
        yield _Placed(one, 1, y, 252)
        y += _height(one) + GAP + 6


def _arrows(placed: dict[str, _Placed], marker: str, *, narrow: bool) -> Iterator[Markup]:
    order = list(placed)
    jumps = 0
    for target in placed.values():
        for name in target.box.sources:
            source = placed[name]
            if source.x != target.x:
                x, y, to = source.right, source.middle, target.middle
                bend = (target.x - x) / 2
                path = (
                    f"M{x:g} {y:g}C{x + bend:g} {y:g} {x + bend:g} {to:g} {target.x - 2:g} {to:g}"
                )
            elif order.index(target.box.name) - order.index(name) == 1:
                x = source.x + source.width / 2
                path = f"M{x:g} {source.y + source.height:g}V{target.y - 2:g}"
            elif narrow and source.box.kind == "facts":
                continue
            else:
                # Past what stands between: out at the right, each a little further than the last.
                jumps += 1
                x, out = source.right, source.right + 8 + 7 * (jumps % 5)
                y, to = source.middle + 4, target.middle - 4
                path = f"M{x:g} {y:g}C{out:g} {y:g} {out:g} {to:g} {x + 2:g} {to:g}"
            yield element("path", d=path, class_="arrow", marker_end=f"url(#{marker})")


def _marker(name: str) -> Markup:
    head = element("path", d="M0 0L8 4L0 8z", class_="tip")
    sizes = {"viewBox": "0 0 8 8", "refX": 7, "refY": 4, "markerWidth": 7, "markerHeight": 7}
    return element("defs", element("marker", head, id=name, orient="auto", **sizes))


def _box(one: _Placed) -> Markup:
    box, x = one.box, one.x + 10
    frame = element(
        "rect",
        x=one.x,
        y=one.y,
        width=one.width,
        height=one.height,
        rx=4,
        class_=f"box {box.kind}",
    )
    room = one.width - 18
    lines = [
        label(x, one.y + 38 + LINE * number, shortened(line, room))
        for number, line in enumerate(box.lines)
    ]
    head = label(x, one.y + 20, shortened(box.head, room, 8.4), "strong link")
    return element("a", joined(frame, head, *lines), href=f"#{box.address}")


# Who goes from which answer to which

TALL, THIN, ROOM = 220, 18, 12
"""How high all ribbons are together, about; how high one is at least; and the room between two."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer at the left or right of a flow: what it is called, and the class of its colour."""

    name: str
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """How many go from an answer to another one; `lost` if they lose the look of a person."""

    before: str
    after: str
    count: int
    said: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of an answer: where its bar begins, how high it is, and its lines."""

    y: float
    height: float
    lines: tuple[str, ...]
    colour: str


def flow(
    name: str,
    title: str,
    sides: tuple[Sequence[Answer], Sequence[Answer]],
    ribbons: Sequence[Ribbon],
) -> Markup:
    """Return ribbons from the answers that were to those that are; each says how many it holds."""
    total = sum(one.count for one in ribbons) or 1
    high = {(one.before, one.after): max(TALL * one.count / total, THIN) for one in ribbons}

    def draw(width: int) -> tuple[float, Markup]:
        left, right = (192, width - 192) if width != NARROW else (100, width - 100)
        heights = [
            {one.name: sum(h for pair, h in high.items() if pair[end] == one.name) for one in side}
            for end, side in enumerate(sides)
        ]
        places = [
            _slots(side, sizes, (left - 20) / 7.7)
            for side, sizes in zip(sides, heights, strict=True)
        ]
        bottom = max(slot.y + slot.height for slots in places for slot in slots.values())
        bands = _ribbons(ribbons, high, places, left, right)
        names = (_answers(places[0], left - 10, "end"), _answers(places[1], right, "start"))
        return bottom + ROOM, joined(*bands, *names[0], *names[1])

    return picture(name, title, draw)


def _slots(side: Sequence[Answer], heights: Mapping[str, float], room: float) -> dict[str, _Slot]:
    """Place the answers of one side below each other; each has room for its lines at least."""
    slots, y = {}, float(ROOM)
    for one in side:
        lines = tuple(wrap(one.label, max(int(room), 6), max_lines=4, placeholder="…"))
        height = heights[one.name]
        spare = max(LINE * len(lines) - height, 0)
        slots[one.name] = _Slot(y + spare / 2, height, lines, one.colour)
        y += height + spare + ROOM
    return slots


def _ribbons(
    ribbons: Sequence[Ribbon],
    high: Mapping[tuple[str, str], float],
    places: Sequence[Mapping[str, _Slot]],
    left: float,
    right: float,
) -> Iterator[Markup]:
    ends = [{name: slot.y for name, slot in slots.items()} for slots in places]
    middle = (left + right) / 2
    for one in ribbons:
        height = high[one.before, one.after]
        y, to = ends[0][one.before], ends[1][one.after]
        ends[0][one.before] += height
        ends[1][one.after] += height
        path = (
            f"M{left:g} {y:g}C{middle:g} {y:g} {middle:g} {to:g} {right:g} {to:g}V{to + height:g}"
            f"C{middle:g} {to + height:g} {middle:g} {y + height:g} {left:g} {y + height:g}Z"
        )
        yield element("path", d=path, class_="moved lost" if one.lost else "moved")
        yield label(left + 8, y + height / 2 + 5, one.said, "strong halo")


def _answers(slots: Mapping[str, _Slot], x: float, anchor: str) -> Iterator[Markup]:
    for slot in slots.values():
        yield bar(x, slot.y, 10, slot.height, slot.colour)
        first = slot.y + slot.height / 2 + 5 - LINE * (len(slot.lines) - 1) / 2
        beside = x - 6 if anchor == "end" else x + 16
        for number, line in enumerate(slot.lines):
            yield label(beside, first + LINE * number, line, "", anchor)
