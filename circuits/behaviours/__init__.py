"""Measure what an answer does, in pure functions of arrays."""
