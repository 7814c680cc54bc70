"""Exchange hand-ins, grades and feedback with learning platforms, by the files that these export.

A platform is one module of `platforms`: it recognises the names in an archive of hand-ins, reads
who is who from a table that the platform exported, and finds a column of that table. `accounts`
matches these people to learners, `archive` opens what may be hostile, `collect` takes hand-ins,
`fill` writes grades into tables, `lti` writes scores, `send_back` packs feedback.
"""
