"""Grade a whole class: fast, in parallel, on one machine or on many.

`plan` says what has to be graded and why, `job` is what travels, `grade` is what a worker does,
`local` and `cluster` are the workers, `attempts` loses nothing when one of them dies, `writer`
is the only one that writes, `flow` leads from one to the next, `run` puts them together, `command`
is the command line. Imports are slow beside grading one submission, so this module imports nothing.
"""
