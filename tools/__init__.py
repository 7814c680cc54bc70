"""What the Makefile calls, by what a person does: build, test, serve, bench."""
