"""Share the course on a server: recipes."""
