"""Draw in words, colours and inches: what all plots share."""
