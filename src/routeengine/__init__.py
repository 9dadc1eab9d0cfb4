"""Classify client profiles by declarative rules, exactly, and explain every answer."""
