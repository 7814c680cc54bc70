"""Write what a learner gets back: their own work, and what the checks say about it.

`page` writes the file (its form is `page.html.jinja`), `outputs` keeps what fits of what learners'
code printed, `check` is what is shown of a report, `grades` what the gradebook says. `writer`
writes one learner's after the other's, `parallel` everybody's, in processes where `preload` has
imported what they need.
"""
