"""What a learner gets back: their own work, and what the checks say about it.

`page` and `cells` write the file, `outputs` keeps what fits of what learners' code printed,
`scrub` keeps the instructor's paths out. `class_report` is what the instructor reads.
"""
