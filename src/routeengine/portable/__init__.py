"""A rule set in forms that need no Python: the artefact, for evaluators in other languages."""

from routeengine.portable.artefact import export_artefact
from routeengine.portable.types import artefact_types

__all__ = ["artefact_types", "export_artefact"]
