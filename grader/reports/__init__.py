"""Write what a learner gets back, and what the instructor reads.

`page` writes the file (its form is `page.html.jinja`), `outputs` keeps what fits of what learners'
code printed, `check` is what is shown of a report. `class_report` is what the instructor reads.
"""
