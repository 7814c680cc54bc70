"""Name what is wrong with what a function gives back."""
