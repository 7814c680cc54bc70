"""Make the environment, the front ends, the site and what it serves."""
