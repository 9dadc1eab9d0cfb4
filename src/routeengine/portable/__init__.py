"""A rule set in forms that need no Python: the artefact, for evaluators in other languages."""

from pathlib import Path

from routeengine.portable.artefact import artefact_types, export_artefact

__all__ = ["artefact_types", "export_artefact"]


def portable_folder() -> Path:
    """Return the folder of the programs in other languages that come with this package.

    In an installed package they stand beside this module; in a source checkout in `portable` at the
    top.
    """
    inside = Path(__file__).resolve().parent
    return inside if (inside / "js").is_dir() else inside.parents[2] / "portable"
