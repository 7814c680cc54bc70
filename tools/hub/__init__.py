"""Recipes for running the course on a shared server."""
