"""Measure the toolkit, the page, grading, and what hostile submissions achieve."""
