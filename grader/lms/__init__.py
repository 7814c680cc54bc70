"""Exchange hand-ins, grades and feedback with learning platforms, by the files that these export.

A platform is one module: it recognises the names in an archive of hand-ins (`Platform` in
`grader.lms.platform`), reads who is who from a table that the platform exported, and fills one
column of that table. A table is never written from nothing, and nothing else in it changes.
"""
