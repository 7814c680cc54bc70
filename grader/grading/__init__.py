"""Grade one notebook: run its cells, judge its answers, write down both.

The learner's cells run in a sandbox, the declared answers leave it as data, and the verdict falls
in this process, where no learner's code ever ran. `plan` says which cells are run and where the
points go, `grade_notebook` does both.
"""
