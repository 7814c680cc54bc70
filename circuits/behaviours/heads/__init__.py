"""Measure where a head looks, and on which sequence it fails."""
