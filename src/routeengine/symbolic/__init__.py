"""Rule sets as decision diagrams over cells: the one form for answers and proofs."""
