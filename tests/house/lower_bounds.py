"""Prints the lowest versions that are promised to do, as exact requirements, one per line.

    python tests/house/lower_bounds.py parquet excel tables sql testing > lowest.txt
    pip install -c lowest.txt '.[parquet,excel,tables,sql,testing]'

The gate installs just these, and runs the suite on them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lowest(extras: Iterable[str]) -> Iterator[str]:
    """Yield each dependency of the library and of some extras at its lower bound.

    Raises ValueError for one without a bound.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    for one in dict.fromkeys(asked):
        if one.startswith(project["name"] + "["):
            continue
        match = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?>=([\d.]+)(?:;.*)?", one.replace(" ", ""))
        if match is None:
            raise ValueError(f"`{one}` has no lower bound")
        yield f"{match[1]}=={match[2]}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{one}\n" for one in lowest(sys.argv[1:]))
