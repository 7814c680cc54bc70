"""Run the tests, part by part, and look over what was built."""
