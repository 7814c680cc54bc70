"""What a learner gets back: their own work, and what the checks say about it.

`exporter` is what nbgrader calls, `page` and `cells` write the file, `outputs` and `clean` make
harmless what learners wrote, `scrub` keeps the instructor's paths out. `browsers` does the same
for the graded notebook that formgrader shows.
"""
