"""Tell the season of a month, for the page on tables."""

SEASONS = {
    "winter": ("December", "January", "February"),
    "spring": ("March", "April", "May"),
    "summer": ("June", "July", "August"),
    "autumn": ("September", "October", "November"),
}


def season_of(month: str) -> str:
    """Return the season that a month is in."""
    return next(season for season, months in SEASONS.items() if month in months)
