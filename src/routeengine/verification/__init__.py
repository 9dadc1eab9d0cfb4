"""Proofs over all consistent profiles: what a rule set does, and where two of them differ."""

from __future__ import annotations

from routeengine.verification.difference import Comparison, Differing, first_difference
from routeengine.verification.proofs import Finding, Proof, Verification, verify

__all__ = [
    "Comparison",
    "Differing",
    "Finding",
    "Proof",
    "Verification",
    "first_difference",
    "verify",
]
