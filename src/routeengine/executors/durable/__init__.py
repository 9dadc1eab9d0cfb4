"""The rules as rulesets of the package durable-rules, and an executor that runs them there."""

from routeengine.executors.durable.executor import DurableExecutor
from routeengine.executors.durable.program import durable_fields, to_durable

__all__ = ["DurableExecutor", "durable_fields", "to_durable"]
