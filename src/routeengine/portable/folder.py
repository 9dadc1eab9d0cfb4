"""Where the programs in other languages are that come with this package."""

from __future__ import annotations

from pathlib import Path


def portable_folder() -> Path:
    """Return the folder of `js` and `check`.

    In an installed package they stand beside this module; in a source checkout in `portable` at the
    top.
    """
    inside = Path(__file__).resolve().parent
    return inside if (inside / "check").is_dir() else inside.parents[2] / "portable"
