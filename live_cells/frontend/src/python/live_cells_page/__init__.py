"""Run a page's cells in the reader's browser: the Python of the page's worker."""
