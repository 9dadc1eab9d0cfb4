"""A rule set in forms that need no Python: the artefact, the rules, and what certifies both."""

from routeengine.portable.advice import AdviceCertifier
from routeengine.portable.artefact import artefact_types, export_artefact
from routeengine.portable.certificate import Certified, certify
from routeengine.portable.rules_form import export_rules

__all__ = [
    "AdviceCertifier",
    "Certified",
    "artefact_types",
    "certify",
    "export_artefact",
    "export_rules",
]
