"""Tables of rules: loaded and checked by the command, beside a check of the shipped policy.

    python benchmarks/tabled.py            5,000 rows each
    python benchmarks/tabled.py --quick    a hundred

Every table has one row for each client that can be. *By kind* is what norms look like: a kind, a
zone, and ranges of a size. *By code* is one number that is looked up. *Drawn* are ten facts that
are cut in two at random, again and again; and *in order* the same, told by `order`. Prints JSON.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from growth import WHY, Written, start
from timing import ROUTEENGINE, Took, median, process

ROWS, FEW, ROUNDS = 5_000, 100, 2
CHECK = "check"
OUTCOMES = ["A", "B", "C", "D"]
MOST = 999


def category(number: int) -> Written:
    """Make a fact of so many values."""
    return {
        "type": "category",
        "values": {f"v{n}": {"label": {"en": f"v{n}"}} for n in range(number)},
    }


def whole(maximum: int) -> Written:
    """Make a fact that is a whole number."""
    return {"type": "integer", "minimum": 0, "maximum": maximum}


Table = tuple[dict[str, Written], list[dict[str, str]]]
"""Facts, and what each row asks of them."""


def by_kind(rows: int, chance: random.Random) -> Table:
    """Make ranges of a size for each of 25 kinds in each of 20 zones, or of fewer."""
    kinds, zones = (25, 20) if rows >= ROWS else (5, 4)
    each, found = rows // (kinds * zones), []
    for kind in range(kinds):
        for zone in range(zones):
            ends = [*sorted(chance.sample(range(1, 10_000), each - 1)), 10_000]
            sizes = [f"{low}..{high - 1}" for low, high in zip([0, *ends[:-1]], ends, strict=True)]
            found += [{"kind": f"v{kind}", "zone": f"v{zone}", "size": size} for size in sizes]
    return {"kind": category(kinds), "zone": category(zones), "size": whole(9_999)}, found


def by_code(rows: int, _: random.Random) -> Table:
    """Make a row for each number."""
    return {"code": whole(rows - 1)}, [{"code": str(n)} for n in range(rows)]


def drawn(rows: int, chance: random.Random) -> Table:
    """Cut what can be in two, again and again."""
    numbers, words, truths = ([f"{kind}{n}" for n in range(4)] for kind in "ncb")
    facts = dict.fromkeys(numbers, whole(MOST)) | dict.fromkeys(words[:3], category(4))
    facts |= {name: {"type": "boolean"} for name in truths[:3]}
    every: dict[str, Any] = dict.fromkeys(numbers, (0, MOST))
    every |= {name: ["v0", "v1", "v2", "v3"] for name in words[:3]}
    every |= {name: ["ja", "nee"] for name in truths[:3]}
    cuts = {name: sorted(chance.sample(range(1, MOST), 12)) for name in numbers}
    boxes = [every]
    while len(boxes) < rows:
        box = boxes.pop(chance.randrange(len(boxes)))
        name = chance.choice(list(every))
        halves = list(cut_in_two(box[name], cuts.get(name, []), chance))
        boxes += [box | {name: half} for half in halves] or [box]
    asked = [{n: cell(one) for n, one in box.items() if one != every[n]} for box in boxes]
    return facts, asked


def cut_in_two(one: Any, cuts: list[int], chance: random.Random) -> Iterator[Any]:
    """Yield two halves of a range or of a list, or nothing where there are none."""
    if isinstance(one, tuple):
        inside = [cut for cut in cuts if one[0] < cut <= one[1]]
        if inside:
            cut = chance.choice(inside)
            yield from ((one[0], cut - 1), (cut, one[1]))
    elif len(one) > 1:
        cut = chance.randrange(1, len(one))
        yield from (one[:cut], one[cut:])


def cell(one: Any) -> str:
    """Write what a row asks."""
    return f"{one[0]}..{one[1]}" if isinstance(one, tuple) else " | ".join(one)


TABLES = {"by kind": by_kind, "by code": by_code, "drawn": drawn, "drawn, in order": drawn}


def put(folder: Path, name: str, rows: int) -> Path:
    """Write a rule set with a table, and give its folder."""
    chance = random.Random(name.partition(",")[0])
    facts, asked = TABLES[name](rows, chance)
    ids = [f"r{n}" for n in range(len(asked))]
    made = start(facts)
    outcomes = {one: {"label": {"en": one}, "description": {"en": "d"}} for one in OUTCOMES}
    rules: Written = {"table": "rows.csv", "grounds": WHY}
    ranked: Written = {"order": ids} if name.endswith("order") else {}
    rules |= {} if ranked else {"hit": "unique"}
    made["decisions"]["d"] = {"label": {"en": "d"}, "outcomes": outcomes, "rules": rules, **ranked}
    lines = [";".join(["rule", *facts, "then", "reason:en"])]
    for row, cells in zip(ids, asked, strict=True):
        told = [cells.get(fact, "-") for fact in facts]
        lines.append(";".join([row, *told, chance.choice(OUTCOMES), "so the table says"]))
    place = folder / name.replace(", ", "-").replace(" ", "-")
    place.mkdir()
    (place / "rules.yaml").write_text(json.dumps(made), encoding="utf-8")
    (place / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def main() -> None:
    """Check each in turn, and print seconds and how many checks of the policy they are."""
    rows, rounds = (FEW, 1) if "--quick" in sys.argv else (ROWS, ROUNDS)
    with TemporaryDirectory() as folder:
        checked: dict[str, object] = {CHECK: "rijswijk-2023"}
        checked |= {name: put(Path(folder), name, rows) for name in TABLES}
        seen: dict[str, list[Took]] = {name: [] for name in checked}
        for _ in range(rounds):
            for name, rules in checked.items():
                seen[name].append(process(ROUTEENGINE, "check", rules).took)
    seconds = {name: median(some) for name, some in seen.items()}
    checks = {name: one / seconds[CHECK] for name, one in seconds.items() if name != CHECK}
    json.dump({"rows": rows, "seconds": seconds, "checks": checks}, sys.stdout)


if __name__ == "__main__":
    main()
