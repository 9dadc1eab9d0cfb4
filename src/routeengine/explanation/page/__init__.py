"""What a page says of an explanation: data without markup, all choices made."""
