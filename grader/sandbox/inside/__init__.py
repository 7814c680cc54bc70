"""Run learners' cells, inside the sandbox.

This folder is mounted there read-only and by itself: it imports the standard library, numpy and
IPython, and never `grader`. Nothing here is trusted once a learner's cell has run; it only has
to be right for honest work. `grader.sandbox.protocol` is what decides. `confine` locks a process
in, `runner` runs cells in the `shell`, `wire` writes what leaves.
"""
