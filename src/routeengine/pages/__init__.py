"""Pages for people: from plain data to one self-contained HTML file, by templates."""
