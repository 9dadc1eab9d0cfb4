"""A rule set in forms that need no Python: the artefact, for evaluators in other languages."""

from routeengine.portable.artefact import artefact_types, export_artefact

__all__ = ["artefact_types", "export_artefact"]
