"""Say what came of an examination: the report, what it shows, and its data in a page."""
