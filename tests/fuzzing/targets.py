"""What is fuzzed: per kind of input the seeds, how they are changed, and what is done with them.

The claim is the same everywhere: an input is taken, or it is refused with a RouteEngineError,
in bounded time; and no message has the value of a client's fact.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from caseload.small import RULES, parquet, sheet
from dmn.models import ALL_KINDS
from dossier.observed import SMALL as EVIDENCED
from fuzzing.mutation import Mutate, mutated, mutated_text, mutated_workbook, packed, unpacked
from loading.small import LIBRARY, SMALL
from record.recorded import AT, PROFILE, resealed
from routeengine import Engine, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.cases import load_cases, run_cases
from routeengine.dmn import import_model
from routeengine.dossier import Dossier, Observation
from routeengine.errors import RouteEngineError, UsageError
from routeengine.profile import decode_knowledge
from routeengine.profile_model import ClientProfile, profile_model
from routeengine.record import replay

__all__ = ["MARK", "TARGETS", "LeakError", "Target"]

MARK = "Zq7~9marker"
"""Stands where a client's value stands. It is no name, so that no message may show it."""

ROOT = Path(__file__).resolve().parents[2]


class LeakError(Exception):
    """A message has the value of a client's fact."""


@dataclass(frozen=True)
class Target:
    """One kind of input. `run` takes it or raises a RouteEngineError; anything else is a find."""

    name: str
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes], None]
    mutate: Mutate = mutated_text

    def attempt(self, data: bytes) -> bool:
        """Try one input, and say whether it was taken. Raises what is a find."""
        try:
            self.run(data)
        except RouteEngineError as error:
            unseen(str(error))
            return False
        return True


def unseen(message: str) -> None:
    """Check that a message does not have the mark."""
    if MARK in message:
        raise LeakError(message)


@contextmanager
def as_file(data: bytes, ending: str) -> Iterator[Path]:
    """Put an input in a file of its own."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"input{ending}"
        path.write_bytes(data)
        yield path


# Rule files and case files


def rule_files() -> list[bytes]:
    """Give rule sets in one file each."""
    shipped = sorted((ROOT / "rules/rijswijk-2023").glob("*.yaml"))
    library = sorted(LIBRARY.glob("*.yaml"))
    whole = [b"".join(p.read_bytes() for p in some) for some in (library, shipped)]
    parts = [path.read_bytes() for path in (*library, *shipped)]
    return [*[SMALL.encode()] * 20, *[whole[0]] * 10, *parts, whole[1]]


def run_rules(data: bytes) -> None:
    """Load a rule set, and classify by it."""
    Engine(load_ruleset({"input.yaml": data})).classify({})


def case_files() -> list[bytes]:
    """Give case files, cut to some cases each."""
    files = [path.read_bytes() for path in sorted((ROOT / "fixtures/cases").glob("*.yaml"))]
    return [*(one[:6_000].rpartition(b"\n")[0] + b"\n" for one in files), files[-1]]


def run_cases_file(data: bytes) -> None:
    """Load cases, and run them."""
    with as_file(data, ".yaml") as path:
        run_cases(shipped(), load_cases(path, shipped().ruleset))


@cache
def shipped() -> Engine:
    """Build the engine of the shipped rule set, once."""
    return Engine(load_ruleset("rijswijk-2023"))


@cache
def small() -> Engine:
    """Build the engine of a small rule set, once."""
    return Engine(RULES)


# Records and dossiers


def records() -> list[bytes]:
    """Give the bodies of records: with the rule set inside, without, and of a dossier."""
    profile = {**PROFILE, "client_id": MARK}
    result = shipped().classify(profile)
    made = [small().classify({"client_id": MARK, "willing": True, "months": 17})]
    found = [small().record(one, AT, embed=True) for one in made]
    found.append(shipped().record(result, AT, embed=False, asked_by="desk"))
    return [json.dumps(json.loads(one.data)["body"]).encode() for one in found]


def run_record(data: bytes) -> None:
    """Replay a record whose digest fits, and the same bytes as they are."""
    try:
        body = json.loads(data)
        sealed = resealed(body)
    except (ValueError, TypeError, RecursionError, RouteEngineError):
        sealed = data
    for one in dict.fromkeys((sealed, data)):
        told = replay(one)
        unseen(" ".join(map(str, (*told.differences, *told.notes))))


def observations() -> list[bytes]:
    """Give dossiers as JSON: items of fact, value, source, day and assessor."""
    items = [
        ["months", 3, "form", "2024-02-01", "desk"],
        ["debts", "mild", "file", "2023-03-01", "desk"],
        ["able", MARK, "conversation", "2024-03-01", MARK],
        ["debts", {"one_of": ["mild", "none"]}, "form", "2024-02-29", "desk"],
        ["months", {"between": [1, 2]}, "file", "2022-01-31", "desk"],
        ["spoken", {"declined": True}, "form", "2024-02-01", "desk"],
    ]
    return [json.dumps(some).encode() for some in (items, items[:2], items[2:])]


def run_dossier(data: bytes) -> None:
    """Weigh what was observed, and classify by it; what is no list of items is not ours."""
    read: Callable[[Any], Any] = decode_knowledge  # also what no observation takes
    try:
        items = [
            Observation(fact, read(value), source, date.fromisoformat(day), who)
            for fact, value, source, day, who in json.loads(data)
        ]
    except (ValueError, TypeError, RecursionError):
        raise UsageError("is no list of observations") from None
    profile = Dossier(evidenced().ruleset, items, as_of=date(2024, 5, 6)).profile()
    evidenced().classify(profile)


def profiles() -> list[bytes]:
    """Give profiles as JSON, with partial knowledge."""
    known = {"client_id": MARK, "rung": 2, "willing": True, "finances": "mild", "months": 17}
    part = {"rung": {"one_of": [1, 2]}, "months": {"between": [3, None]}, "willing": None}
    rest = {"finances": {"conflicting": ["mild", MARK]}, "willing": {"declined": True}}
    return [json.dumps(one).encode() for one in (known, part, rest, {"willing": MARK})]


def run_profile(data: bytes) -> None:
    """Classify a profile, by the strict reader and by the typed model."""
    try:
        given = json.loads(data)
        profile = {key: decode_knowledge(value) for key, value in given.items()}
    except (ValueError, AttributeError, RecursionError):
        raise UsageError("is no JSON object") from None
    try:
        small().classify(modelled().model_validate(given))
    except ValidationError as error:
        unseen(str(error))
    explained = small().explain(small().classify(profile), lang="en")
    explained.to_text()


@cache
def modelled() -> type[ClientProfile]:
    """Make the typed profile of a small rule set, once."""
    return profile_model(RULES)


@cache
def evidenced() -> Engine:
    """Build the engine of a small rule set with evidence, once."""
    return Engine(EVIDENCED)


# Caseloads


TABLE: tuple[tuple[Any, ...], ...] = (
    ("client_id", "rung", "willing", "finances", "months"),
    ("c1", 2, True, "mild", 17),
    ("c2", None, False, "none", None),
    (MARK, 3, None, MARK, 240),
    ("c4", 6, True, "serious", 0),
)


def delimited() -> list[bytes]:
    """Give caseloads as text: comma, semicolon and tab, quoted, and as municipalities have them."""
    lines = [["" if cell is None else str(cell) for cell in row] for row in TABLE]
    joined = ["\r\n".join(mark.join(line) for line in lines) for mark in ",;\t"]
    quoted = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    dutch = f"clientnummer;trede;bereid;financiën;bsn\nc1;1-3;ja;licht|geen;{MARK}\n{MARK};2;?;;\n"
    made = (ROOT / "fixtures/caseload.csv").read_bytes()[:800]
    texts = [*joined, quoted, dutch.replace(";bsn", "").replace(f";{MARK}\n", "\n", 1), dutch]
    return [one.encode() for one in texts] + [dutch.encode("cp1252"), made]


def json_records() -> list[bytes]:
    """Give caseloads as JSON Lines and as one JSON list."""
    records: list[dict[str, Any]] = [dict(zip(TABLE[0], row, strict=True)) for row in TABLE[1:]]
    records.append({"client_id": "c5", "months": {"between": [1, 9]}, "rung": {"one_of": [1, 2]}})
    lines = [json.dumps(one) for one in records]
    return [one.encode() for one in ("\n".join(lines), f"[{', '.join(lines)}]", lines[0])]


def workbooks() -> list[bytes]:
    """Give caseloads as workbooks."""
    with as_file(b"", ".xlsx") as path:
        made = [sheet(path, TABLE).read_bytes(), sheet(path, TABLE[:2], *TABLE[:2]).read_bytes()]
    parts = [unpacked(one) or {} for one in made]
    when = b"2024-01-01T00:00:00Z"
    return [packed({n: TIME.sub(when, text) for n, text in one.items()}) for one in parts]


TIME = re.compile(rb"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def parquet_files() -> list[bytes]:
    """Give caseloads as Parquet."""
    columns = dict(zip(TABLE[0], map(list, zip(*TABLE[1:], strict=True)), strict=True))
    with as_file(b"", ".parquet") as path:
        whole = parquet(path, columns).read_bytes()
        return [whole, parquet(path, {"client_id": [MARK, "b"], "rung": [1.5, 2.0]}).read_bytes()]


def caseload(*endings: str) -> Callable[[bytes], None]:
    """Give what reads an input as a caseload, and classifies its rows."""

    def run(data: bytes) -> None:
        refused = []
        for ending in endings:
            with as_file(data, ending) as path:
                try:
                    read(path)
                except RouteEngineError as error:
                    unseen(str(error))
                    refused.append(error)
        if len(refused) == len(endings):
            raise refused[0]

    return run


def read(path: Path) -> None:
    """Read every row; what is wrong with one is told, and the good ones are classified."""
    for row in open_caseload(path, RULES):
        for fault in row.faults:
            unseen(str(fault))
        if row.profile is not None:
            small().classify(row.profile)


def decision_models() -> list[bytes]:
    """Give a decision model with all that is read, and the same in another encoding."""
    return [ALL_KINDS, ALL_KINDS.decode().replace("UTF-8", "UTF-16").encode("utf-16")]


def run_decision_model(data: bytes) -> None:
    """Read a model as rules; where some are left, they load."""
    imported = import_model(data, "model.dmn", as_facts=True)
    if imported.files:
        imported.ruleset()


TARGETS = {
    target.name: target
    for target in (
        Target("rules", rule_files, run_rules),
        Target("dmn", decision_models, run_decision_model),
        Target("cases", case_files, run_cases_file),
        Target("record", records, run_record),
        Target("profile", profiles, run_profile),
        Target("dossier", observations, run_dossier),
        Target("csv", delimited, caseload(".csv", ".tsv")),
        Target("json", json_records, caseload(".jsonl", ".json")),
        Target("xlsx", workbooks, caseload(".xlsx"), mutated_workbook),
        Target("parquet", parquet_files, caseload(".parquet"), mutated),
    )
}
