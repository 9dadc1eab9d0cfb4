"""Ways to evaluate a rule set; all give the same answers."""
