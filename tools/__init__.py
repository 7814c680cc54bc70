"""Build, test, serve and measure: what the Makefile calls, by what a person does."""
