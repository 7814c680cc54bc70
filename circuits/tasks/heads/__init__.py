"""Ask where a head looks, and what it leaves there."""
