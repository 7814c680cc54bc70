"""Keep the gradebook: no grade is lost, none counted twice, none changed without a trace.

`backup` copies the gradebook before a run. `watch` logs every change before it is made and keeps
automatic runs away from what a person gave. `log` notes what happened behind its back, `recover`
rebuilds a lost gradebook from a copy and the log, `access` opens it and keeps a second run away.
`revision` brings an assignment that was handed in to a new version, `lateness` works out what being
late costs, `seed` keeps the secret that hidden sequences are drawn with.
"""


def __getattr__(name: str) -> object:
    if name == "watch_grades":  # an instructor's own nbgrader_config.py may have it from here
        from grader.gradebook.watch import watch_grades

        return watch_grades
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
