"""Where a command writes: standard output, standard error, and files that are whole or not there.

Whoever reads what is printed may leave: that is no error, and changes no exit status. What a disk
has no room for is one.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from routeengine.errors import shown

STANDARD: Final = "-"
"""What stands for standard input, or standard output, where a file could be named."""


def prepare_streams() -> None:
    """Have a stream that was closed go nowhere.

    A file that is opened must not get the number of a stream: what is printed would go there.
    """
    for number in range(3):
        with suppress(OSError):
            os.fstat(number)
            continue
        os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8", newline="\n"))


def show(text: str, end: str = "\n") -> None:
    """Print what people read to standard output, in the encoding of their terminal."""
    text += end
    encoding = sys.stdout.encoding or "utf-8"
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        # What the terminal lacks is a question mark, but not what parts the digits of a number.
        data = text.replace("\u00a0", " ").encode(encoding, "replace")
    _print(data, encoding)


def tell(line: object, end: str = "\n") -> None:
    """Print a message to standard error."""
    try:
        print(line, end=end, file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def give(text: str, path: str | None = None, reading: Iterable[str] = ()) -> None:
    """Write what programs read, in UTF-8: to a file, whole or not at all, or to standard output.

    Raises CaseloadError if the file cannot be written, or is one of those that are read.
    """
    data = f"{text}\n".encode(errors="backslashreplace")
    if path is not None and path != STANDARD:
        from routeengine.caseload.writing import WholeFile  # only for files

        file = WholeFile(path, reading, tell)
        try:
            with file.refusing():
                file.open().write(data)
            file.keep()
        finally:
            file.discard()
        return
    _print(data, "utf-8")


def give_folder(texts: Mapping[str, str], path: str) -> None:
    """Write some files, by their names, in a folder that is made if it is not there.

    Raises CaseloadError where that cannot be done.
    """
    from routeengine.caseload.source import refuse_name, refusing_to_write

    refuse_name(path)
    with refusing_to_write(shown(path)):
        Path(path).mkdir(exist_ok=True)
    for name, text in texts.items():
        give(text, str(Path(path, name)))


def _print(data: bytes, encoding: str) -> None:
    from routeengine.caseload.writing import write_all

    with _printing():
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.flush()
            write_all(sys.stdout.buffer, data)
        else:
            # Whatever stands in for it takes text.
            sys.stdout.write(data.decode(encoding))


def source_name(path: str) -> str:
    """Return what a message calls a file that is read."""
    return "standard input" if path == STANDARD else shown(path)


def flush_output() -> None:
    """Have all that was printed be written; raises OSError if there is no room for it."""
    with _printing():
        sys.stdout.flush()


@contextmanager
def _printing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        raise OSError(error.errno, error.strerror, "standard output") from None


def _give_up(stream: TextIO) -> None:
    """Have what else is printed, and what was held back, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
