"""Name what is wrong with where a head looks."""
