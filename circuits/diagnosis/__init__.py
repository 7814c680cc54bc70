"""Name the mistake behind a wrong answer, from what was measured."""
