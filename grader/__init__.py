"""The instructor's side: weave notebooks, judge answers on hidden sequences, grade a class."""

from grader.former_names import find_by_former_names

find_by_former_names()
