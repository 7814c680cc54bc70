"""Limit what one submission may use, with the reason for each number beside it."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Limits:
    """Bounds of one submission's run. Sizes are in bytes, times in seconds of the wall clock.

    The times of a cell, of calls and of the grace after them leave out what the process waited
    for a processor, up to eight times as long, so that no verdict depends on the machine's load.

    Every field is an option of the grader's configuration. A limit that is reached ends the
    cell, the call or the run, never the batch.
    """

    cell_seconds: float = 20.0
    """One cell. The sheet's slowest honest cell takes under a second; this leaves room for a
    busy machine. The cell is interrupted, and the notebook goes on with the next one."""

    notebook_seconds: float = 120.0
    """All cells of one notebook together: six cells that hang, then the run ends."""

    call_seconds: float = 5.0
    """One call of a learner's function. A head on 128 tokens needs about a millisecond."""

    function_seconds: float = 40.0
    """All calls of one of a learner's functions together. Hidden tests call it a hundred times,
    so that calls which all stay just below their own limit would take ten minutes."""

    grace_seconds: float = 5.0
    """How long a cell or a call may go on after it was interrupted, before it is killed. Ending
    with an error takes a tenth of a second, and several times that where caches are cold."""

    memory: int = 2048 * MIB
    """Address space of each process. The warm interpreter has 250 MiB of it, a figure adds 100."""

    memory_together: int = 3072 * MIB
    """Memory of all the submission's processes, looked at 25 times a second. Where the grader may
    make control groups, the kernel's memory for them counts too, and the kernel itself stops what
    goes far beyond it between two looks."""

    processes: int = 64
    """Processes and threads together. Enough for `!ls` and a thread pool, too few for a bomb."""

    cpu_seconds: int = 120
    """Processor time of each process: as long as the notebook may take in all."""

    open_files: int = 256
    """Open files of each process. Python itself needs about ten."""

    open_files_together: int = 1024
    """Open files of all the submission's processes, pipes and sockets included. Each may hold
    200 kB that the kernel keeps outside of every process, so all of them at most 200 MB. As many
    processes as there may be, with ten files each, stay below two thirds of it."""

    file_bytes: int = 32 * MIB
    """The size of one file. Nothing in the exercises writes more than a figure."""

    disk_bytes: int = 64 * MIB
    """Each of the three private file systems: home, /tmp and /dev/shm. They live in memory."""

    submission_bytes: int = 20 * MIB
    """All files handed in with the notebook, which are copied beside it."""

    output_bytes: int = 512 * KIB
    """Output of one cell: ten figures of the usual size, or 8,000 lines."""

    notebook_output_bytes: int = 2 * MIB
    """Output of all cells: what a feedback page can still show without hurting a browser."""

    answer_bytes: int = 1 * MIB
    """One answer, and one result of a call. The sheet's largest matrix has 18 kB in float64."""

    channel_bytes: int = 64 * MIB
    """All that a submission's process may send. Twenty answers redefined in every cell, with
    full output, stay below a tenth of it."""

    channel_messages: int = 100_000
    """How many messages that may be. A cell that prints as fast as it can sends about 100."""

    revivals: int = 8
    """How often the cells before a fatal one are run again, so that functions can be called."""
