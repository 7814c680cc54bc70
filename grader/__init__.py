"""The instructor's side: weave notebooks, judge answers on hidden sequences, grade a class."""
