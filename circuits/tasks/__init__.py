"""Judge the kinds of tasks that parts set: a class each, named in the table of parts."""
