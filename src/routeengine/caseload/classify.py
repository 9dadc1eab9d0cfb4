"""A caseload file classified: read, classified, counted, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from routeengine.caseload.classification import (
    Classification,
    Engine,
    Observed,
    Progress,
    Report,
    Tally,
)
from routeengine.caseload.reading import Caseload, open_caseload
from routeengine.caseload.writing import Note, Output, open_output
from routeengine.quantities import DecimalSign

LARGE = 1 << 18
"""Bytes of a file for which it pays to load what reads it by columns."""

BY_COLUMNS = ("csv", "jsonl", "json", "parquet")
"""Formats that can be read by columns."""


def classify_file(  # noqa: PLR0913  options of the command, by name alone
    engine: Engine,
    source: str | Path,
    target: str | Path | None = None,
    *,
    drop_columns: Iterable[str] = (),
    skip_rows: int = 0,
    source_format: str | None = None,
    decimal: DecimalSign | None = None,
    target_format: str | None = None,
    report: Report | None = None,
    note: Note | None = None,
    progress: Progress | None = None,
    observed: Observed | None = None,
) -> Tally:
    r"""Classify a caseload file into another, or only count if there is no `target`.

    The endings of the names give the formats, unless `source_format` or `target_format` does; "-"
    is standard input, and standard output. `drop_columns`, `skip_rows` and `decimal` are as for
    `open_caseload`. The output has a row for every row, in the same order, and is written whole or
    not at all: after an error what was at the target before is still there.

    - `report` is called with every fault of a row.
    - `note` is called with a line on what else the caller should know, such as what was read
      otherwise than it is written.
    - `progress` is called now and then with the `Caseload`, whose `done` says how far it is.
    - `observed` is called with the profile of each row, and returns what is classified instead: the
      row with what was observed besides, as `Events.profile` does.

    A large file is read by columns, which is faster, if the extra `tables` is installed. Another
    executor than the lanes answers row by row, and a column `executor` says who answered.

    Raises CaseloadError if the source cannot be read or the target not written, UsageError for a
    decimal sign that is none, and MissingExtraError if a format needs a package that is not
    installed.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from routeengine import Engine, load_ruleset
        >>> from routeengine.caseload import classify_file
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> with TemporaryDirectory() as folder:
        ...     source, target = Path(folder, "clients.csv"), Path(folder, "advice.csv")
        ...     _ = source.write_text("client_id;current_service\nc1;wsp\nc2;unheard of\n")
        ...     tally = classify_file(engine, source, target, report=print)
        3: current_service: must be one of `participation`, `wsp`, `wsp_interim_group`
        >>> tally.counts["scope", "wsp"], tally.faulty
        (1, 1)
    """
    # What cannot be written is refused before anything is read.
    output = None if target is None else _opened(target, engine, target_format, source, note)
    with open_caseload(
        source,
        engine.ruleset,
        drop_columns=drop_columns,
        skip_rows=skip_rows,
        format=source_format,
        decimal=decimal,
    ) as caseload:
        parts = Classification(
            engine, caseload, output, report or _ignore, progress or _ignore, observed
        )
        tally = _classified(parts)
        for line in caseload.notes:
            (note or _ignore)(line)
        return tally


def _opened(
    target: str | Path, engine: Engine, name: str | None, source: str | Path, note: Note | None
) -> Output:
    return open_output(
        target,
        engine.ruleset,
        format=name,
        reading=source,
        note=note,
        executors=engine.executor_name != "lanes",
    )


def _classified(parts: Classification) -> Tally:
    # Evidence is weighed client by client, and columns are answered by the lanes.
    alone = parts.observed is not None or parts.engine.executor_name != "lanes"
    if alone or not is_large(parts.caseload):
        return parts.by_rows()
    from routeengine.caseload.streaming import classify_by_columns  # slow to import

    return classify_by_columns(parts)


def is_large(caseload: Caseload) -> bool:
    """Return whether a caseload is large enough to be read by columns, and can be."""
    if caseload.format not in BY_COLUMNS or Path(caseload.place).stat().st_size < LARGE:
        return False
    try:
        import_module("routeengine.caseload.streaming")
    except ImportError:
        return False
    return True


def _ignore(_: object) -> None:
    """Do nothing with what is told."""
