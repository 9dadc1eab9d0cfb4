"""Which clients move by a change of rules, as an integrator asks it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from routeengine import Engine, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.difference_words import DifferenceWords
from routeengine.errors import UsageError
from routeengine.formatters.diff import as_text
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import single
from routeengine.verification import diff, migrate
from routeengine.verification.alignment import Names, renamed
from verification.broken import LIBRARY
from verification.moving import clients_file, version
from verification.pairs import with_rule

CASELOAD = Path(__file__).resolve().parents[2] / "fixtures" / "caseload.csv"


def stricter(rijswijk: RuleSet) -> RuleSet:
    """Return the policy with one rule less strict: few clients move."""
    fact = rijswijk.fact["rung"]
    rung = FactIs("rung", fact.domain.full - single(fact.domain.size - 1))
    return with_rule(rijswijk, "scope_other_rung", when=rung)


@pytest.mark.gate
def test_clients_who_move_are_those_whom_two_engines_answer_otherwise(rijswijk: RuleSet) -> None:
    """Each answer as `classify` gives it, counted per decision; and plain data of it."""
    new = stricter(rijswijk)
    migration = migrate(rijswijk, new, CASELOAD)
    engines = Engine(rijswijk), Engine(new)
    moved, counts = set(), dict.fromkeys((d.id for d in rijswijk.decisions), 0)
    with open_caseload(CASELOAD, rijswijk) as rows:
        for row in rows:
            if row.profile is not None:
                one, other = (engine.classify(row.profile) for engine in engines)
                for name, verdict in one.verdicts.items():
                    now = other.verdicts[name]
                    counts[name] += (verdict.outcome or verdict.status) != (
                        now.outcome or now.status
                    )
                if (
                    any(
                        (a.outcome, a.status, a.candidates, a.possible)
                        != (b.outcome, b.status, b.candidates, b.possible)
                        for a, b in zip(one.verdicts.values(), other.verdicts.values(), strict=True)
                    )
                    or one.flags != other.flags
                ):
                    moved.add(row.client_id)
    assert {mover.client_id for mover in migration.moved} == moved
    for name, matrix in migration.matrices.items():
        assert sum(matrix.values()) == migration.clients
        assert sum(n for (was, now), n in matrix.items() if was != now) == counts[name]
    assert sum(counts.values()) > 0
    data = json.loads(json.dumps(migration.to_dict()))
    assert (data["clients"], len(data["moved"])) == (migration.clients, len(moved))


def test_a_row_that_cannot_be_read_is_a_fault_and_the_others_go_on(tmp_path: Path) -> None:
    """The message names the file, the row and the field, and no value; columns may be dropped."""
    library = load_ruleset(LIBRARY)
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age,fine,extra\na,12,none,x\nb,30,huge,x\n", encoding="utf-8")
    migration = migrate(library, library, str(file), drop_columns=["extra"])
    assert (migration.clients, migration.moved) == (1, ())
    assert migration.faults[0].startswith(f"{file}:3: fine: ")
    assert "huge" not in migration.faults[0]


def test_a_migration_is_plain_data(tmp_path: Path) -> None:
    """Who went from what to what, by id alone; rows that could not be read are counted."""
    some = [("", "a", "b"), ("", "a", "a"), ("", "review", "insufficient"), ("", "a", "zzq")]
    file = clients_file(tmp_path, some)
    migration = migrate(version("was"), version("now"), file, drop_columns=["district"])
    data = json.loads(json.dumps(migration.to_dict()))
    assert data["matrices"]["route"] == [
        {"old": "a", "new": "a", "clients": 1},
        {"old": "a", "new": "b", "clients": 1},
        {"old": "review", "new": "insufficient", "clients": 1},
    ]
    assert (data["clients"], data["faulty_rows"]) == (3, 1)
    first, second = data["moved"]
    assert first == {
        "client_id": "client-0",
        "moves": [{"name": "route", "old": "a", "new": "b"}],
    }
    assert second["client_id"] == "client-2"
    assert second["moves"][0]["old"] == "review (a, b)"
    assert "zzq" not in json.dumps(data)


def test_what_is_called_otherwise_is_renamed(tmp_path: Path) -> None:
    """A decision that is renamed is compared, and is not there without that."""
    library = load_ruleset(LIBRARY)
    new = renamed(library, Names(decisions={"van": "bus"}))
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age\na,12\n", encoding="utf-8")
    assert "bus" not in migrate(library, new, file).matrices
    assert "bus" in migrate(library, new, file, {"van": "bus"}).matrices
    with pytest.raises(UsageError, match="cannot be renamed"):
        migrate(library, new, file, {"nothing": "bus"})


def test_a_decision_that_is_called_flags_is_told_from_the_flags(tmp_path: Path) -> None:
    """Its answers are counted as of any decision, whatever flags are raised beside."""
    library = load_ruleset(LIBRARY)
    names = Names(decisions={"van": "flags"})
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age,fine\na,12,none\n", encoding="utf-8")
    plain, other = (migrate(one, one, file).matrices for one in (library, renamed(library, names)))
    assert other["flags"] == plain["van"]


def test_what_does_not_apply_any_more_is_said_once(tmp_path: Path) -> None:
    """Nothing else is possible then, so nothing stands beside it."""
    folder = tmp_path / "next"
    shutil.copytree(LIBRARY, folder)
    file = folder / "3-decisions.yaml"
    text = file.read_text(encoding="utf-8").replace("{not: can_come}", "can_come")
    file.write_text(text, encoding="utf-8")
    readers = tmp_path / "readers.csv"
    readers.write_text("client_id,can_come\na,nee\n", encoding="utf-8")
    [mover] = migrate(load_ruleset(LIBRARY), load_ruleset(folder), readers).moved
    told = {move.name: str(move.after) for move in mover.moves}
    assert told["van"] == "not_applicable"


def test_a_caseload_without_clients_moves_nobody(tmp_path: Path) -> None:
    """There is no answer to count, and nothing fails."""
    library = load_ruleset(LIBRARY)
    file = tmp_path / "readers.csv"
    file.write_text("client_id,age\n", encoding="utf-8")
    migration = migrate(library, library, file)
    assert (migration.clients, migration.moved, migration.matrices["van"]) == (0, (), {})
    lines = as_text(DifferenceWords(diff(library, library), "en"), migration).splitlines()
    assert lines[3:] == ["0 clients compared. No client moves."]
