"""What commands print of a result: text for people, JSON for programs."""
