"""The rule set: one frozen data structure that everything else reads."""
