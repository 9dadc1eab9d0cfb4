"""Mutation testing of rules: would the cases notice if a rule said something else?

A *mutant* is the rule set with one thing changed. A case kills it if what the case expects no
longer comes out. A mutant that answers every profile as the rule set does is *equivalent*, and no
case could kill it: those are found exactly, on the decision diagrams, and do not count. Every other
mutant that survives has a profile on which it answers otherwise: a case that is missing.
"""

from routeengine.mutation.mutants import Kind, Mutant, mutants
from routeengine.mutation.run import MutationReport, mutate
from routeengine.mutation.witness import Survivor, Witness, witness_against

__all__ = [
    "Kind",
    "Mutant",
    "MutationReport",
    "Survivor",
    "Witness",
    "mutants",
    "mutate",
    "witness_against",
]
