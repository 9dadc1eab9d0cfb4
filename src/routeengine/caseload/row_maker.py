"""From a record as it stands in the file to a row: a profile, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from routeengine.caseload.columns import CLIENT, Columns, Skip, Target
from routeengine.caseload.rows import WHOLE_ROW, Row, RowFault
from routeengine.caseload.source import Record, Typing
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.client_id import parse_cell
from routeengine.profile import CLIENT_ID, Knowledge
from routeengine.ruleset.model import Fact, RuleSet


class RowMaker:
    """Makes rows of one reading of a file.

    `earlier` gives, for a client id and the row it stands in, the first row that it stood in.
    Without it the maker remembers all of them.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        columns: Columns,
        earlier: Callable[[str, int], int] | None = None,
    ) -> None:
        self._columns = columns
        self.readers = {fact.id: FactReader(ruleset, fact) for fact in ruleset.facts}
        seen: dict[str, int] = {}
        self._earlier = seen.setdefault if earlier is None else earlier

    def table(
        self, targets: Sequence[Target], typings: Sequence[Typing]
    ) -> Callable[[Record], Row]:
        """Give what makes rows of a file whose columns are for these targets."""
        facts = []
        unnamed = [index for index, target in enumerate(targets) if target is Skip.UNNAMED]
        for index, target in enumerate(targets):
            if isinstance(target, Fact):
                reader = self.readers[target.id]
                facts.append((index, target.id, getattr(reader, typings[index]), reader.allowed))
        id_column = targets.index(CLIENT)

        def row(record: Record) -> Row:
            if record.problem:
                return self._row(record.number, None, {}, [(WHOLE_ROW, record.problem)])
            cells = record.cells
            profile: dict[str, Knowledge] = {}
            wrong = [
                (f"(column {index + 1})", "must be empty, for the column has no name")
                for index in unnamed
                if cells[index] is not None and cells[index] != ""
            ]
            for index, name, read, allowed in facts:
                knowledge = read(cells[index])
                if knowledge is FAULTY:
                    wrong.append((name, allowed))
                elif knowledge is not None:
                    profile[name] = knowledge
            return self._row(record.number, cells[id_column], profile, wrong)

        return row

    def keyed_row(self, record: Record) -> Row:
        """Make a row of a record whose cells are pairs (key, value)."""
        if record.problem:
            return self._row(record.number, None, {}, [(WHOLE_ROW, record.problem)])
        profile: dict[str, Knowledge] = {}
        wrong: list[tuple[str, str]] = []
        given: set[str] = set()
        client_id: object = None
        for position, (key, value) in enumerate(record.cells, 1):
            target = self._columns.target(key)
            if target is Skip.DROPPED:
                continue
            if target is None or isinstance(target, Skip):
                wrong.append(self._columns.complaint(key, position))
                continue
            if target.id in given:
                wrong.append((target.id, "stands more than once"))
            given.add(target.id)
            if not isinstance(target, Fact):
                client_id = value
                continue
            knowledge = self.readers[target.id].native(value)
            if knowledge is FAULTY:
                wrong.append((target.id, self.readers[target.id].allowed))
            elif knowledge is not None:
                profile[target.id] = knowledge
        return self._row(record.number, client_id, profile, wrong)

    def _row(
        self,
        number: int,
        given_id: Any,
        profile: dict[str, Knowledge],
        wrong: list[tuple[str, str]],
    ) -> Row:
        client_id, problem = parse_cell(given_id)
        # Where the record itself could not be read, its id is no fault apart.
        if problem and not any(field == WHOLE_ROW for field, _ in wrong):
            wrong.insert(0, (CLIENT_ID, problem))
        if client_id is not None:
            earlier = self._earlier(client_id, number)
            if earlier != number:
                wrong.insert(0, (CLIENT_ID, f"stands in row {earlier} too"))
        if wrong:
            return Row(number, client_id, None, tuple(_faults(number, wrong)))
        return Row(number, client_id, {CLIENT_ID: client_id, **profile})


def _faults(number: int, wrong: Iterable[tuple[str, str]]) -> Iterable[RowFault]:
    return (RowFault(number, field, message) for field, message in wrong)
