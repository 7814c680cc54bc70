"""Ask for a function, and call it."""
