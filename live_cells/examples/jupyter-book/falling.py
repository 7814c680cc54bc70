"""How long a body falls."""

g = 9.81  # m/s²


def fall(height: float) -> float:
    """Return the seconds that a body takes to fall from a height in metres."""
    return (2 * height / g) ** 0.5
