"""The files of an installed package that are plain Python: they run wherever Python does."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution

KEPT = (".py", ".pyi", ".typed", "METADATA", "entry_points.txt")


def python_files(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each, and of what says which package and version it is.

    PyYAML and MarkupSafe are whole without what is compiled of them: it only makes them faster.
    Raises PackageNotFoundError if there is no such package.
    """
    for file in distribution(name).files or ():
        if ".." not in file.parts and file.name.endswith(KEPT):
            yield file.as_posix(), file.read_binary()
