"""This course, as the grader meets it: notebooks from chapters, hidden tests, a demo class."""
