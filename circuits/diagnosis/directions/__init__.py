"""Name what is wrong with the directions that matrices read and write."""
