"""Keep the gradebook: no grade is lost, none counted twice, none changed without a trace.

`backup` copies the gradebook before a run. `watch` logs every change before it is made and keeps
automatic runs away from what a person gave. `log` notes what happened behind its back, `recover`
rebuilds a lost gradebook from a copy and the log, `access` opens it and keeps a second run away.
"""
