"""Name what is wrong with what a function gives back, or a whole model does."""
