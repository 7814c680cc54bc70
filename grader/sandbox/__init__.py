"""Run a learner's notebook safely: cells go in, answers come out as data.

`run_cells.Execution` runs the cells in a sandbox and has their answers. What is here needs no
NumPy: whoever starts a sandbox, or sets its limits, reads no answers. The corridor, in order:
`bubblewrap` (which also compiles to bytecode what nobody has) and `kernel` (seccomp, control
groups) hold a warm interpreter, `zygote` forks from it, `inside` is what runs there, `process`
follows it with deadlines, `protocol` reads what comes out and trusts none of it, `run_cells` keeps
the answers, `remote` calls functions that stay there. `limits` has the bounds, `io_types` the
data that go in and out.
"""

from .bubblewrap import SandboxUnavailable
from .io_types import Cell, Refusal, RemoteError
from .limits import Limits

__all__ = [
    "Cell",
    "Limits",
    "Refusal",
    "RemoteError",
    "SandboxUnavailable",
]
