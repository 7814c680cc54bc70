"""Present this course to the grader: notebooks from chapters, hidden tests, a demo class."""
