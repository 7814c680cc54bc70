"""Ask which dimensions a head moves, and what heads move together."""
