"""Grade a whole class: fast, in parallel, on one machine or on many.

`select` says what has to be graded and why, `jobs` is what travels and is tried again when a
worker dies, `worker` grades one submission, `pool` and `dask_pool` are many workers, `save` is the
only one that writes, `run` leads from one to the next, `progress` shows how far it is.
What workers need is imported once, by `preload`, in the process that they are forked from.
Imports are slow beside grading one submission, so this module imports nothing.
"""
