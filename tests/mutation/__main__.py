"""Run the bank against every mutant, on all cores, and say which survive."""

from __future__ import annotations

import argparse
import os
import time

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before NumPy: each process has a core, and no more

from tests.mutation.mutants import MODULES  # noqa: E402
from tests.mutation.run import run_mutants, stale_reasons  # noqa: E402


def main() -> int:
    """Run, report, and return 1 if a mutant survives without a reason, or a reason is stale."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="whose mutants; else those of all criteria")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="one mutant in N")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    start = time.perf_counter()
    modules = options.modules or MODULES
    outcome = run_mutants(options.sample, options.workers, progress=True, modules=modules)
    for key in outcome.survivors:
        print(f"survives: {key}")
    stale = stale_reasons(outcome, modules) if options.sample == 1 else []
    for key in stale:
        print(f"no longer survives, though accepted.txt lists it: {key}")
    print(
        f"{outcome.tried} mutants in {time.perf_counter() - start:.0f} s: {outcome.killed} killed, "
        f"{len(outcome.accepted)} accepted, {len(outcome.survivors)} survive"
    )
    return 1 if outcome.survivors or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
