"""Name what is wrong with a whole model's guesses, or with a head grafted into one."""
