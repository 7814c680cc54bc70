"""Do what a notebook's commands ask for: time code, write a file, run one.

Each command is a function in the namespace of the page's cells, under the name that
``magics`` gives it.
"""

from __future__ import annotations

import runpy
import shlex
import statistics
import sys
import time
import timeit
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from live_cells_page import ipython
from live_cells_page.lookups import Lookups, report_missing
from live_cells_page.magics import CALLS, OPTIONS
from live_cells_page.output import Outlet

REPEATS = 7  # of a measurement, as in IPython
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


class Clock:
    """Says how long something took: a block, an expression, or the rest of a cell."""

    def __init__(self) -> None:
        self.started: float | None = None  # when the rest of a cell began

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.tell(self.began)

    def of(self, compute: Any) -> Any:
        """Return what ``compute`` returns, and say how long it took."""
        with self:
            return compute()

    def start(self) -> None:
        """The rest of the cell is timed from here."""
        self.started = time.perf_counter()

    def stop(self) -> None:
        """Say how long the rest of the cell took, if it was to be timed."""
        if self.started is not None:
            self.tell(self.started)
        self.started = None

    def tell(self, since: float) -> None:
        print(f"Wall time: {describe_seconds(time.perf_counter() - since)}")


def describe_seconds(seconds: float) -> str:
    """Return a time with three figures, in a unit that suits it.

    >>> describe_seconds(0.01234), describe_seconds(0)
    ('12.3 ms', '0 ns')
    """
    scale, unit = next((each for each in UNITS if seconds >= each[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


class Captured:
    """What a cell would have printed and shown, from now on to its end; its errors are shown.

    So is what is to be let through: of stdout, stderr and display.
    """

    def __init__(self, outlet: Outlet, through: Collection[str] = ()) -> None:
        self.messages: list[dict[str, Any]] = []
        self.through = through
        self.tell = outlet.emit
        outlet.send()
        outlet.emit = self.take

    def take(self, message: dict[str, Any]) -> None:
        """Keep what the page would have got."""
        of_what = message["name"] if message["type"] == "stream" else "display"
        if message["type"] == "error" or of_what in self.through:
            self.tell(message)
        else:
            self.messages.append(message)

    @property
    def stdout(self) -> str:
        return self.read("stdout")

    @property
    def stderr(self) -> str:
        return self.read("stderr")

    def read(self, name: str) -> str:
        """Return what was printed to one of the streams."""
        return "".join(each["text"] for each in self.messages if each.get("name") == name)

    def __repr__(self) -> str:
        return f"<Captured: {len(self.stdout)} characters, {len(self.outputs)} shown>"

    @property
    def outputs(self) -> list[dict[str, Any]]:
        return [each["data"] for each in self.messages if each["type"] == "display"]

    def show(self) -> None:
        """Print and show it all, in the cell that runs now."""
        for outlet in ipython.outlets:
            for each in [*self.messages]:  # in the cell that is captured, this adds to it
                if each["type"] == "stream":
                    outlet.write(each["name"], each["text"])
                elif each["type"] == "display":
                    outlet.show_bundle(each["data"])

    __call__ = show


def make_commands(
    namespace: dict[str, Any], clock: Clock, packages: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the functions of the commands, by the names under which cells call them.

    Args:
        namespace: What the page's cells have bound.
        clock: Times lines and cells.
        packages: What there is to import besides the standard library.
    """

    def measure(line: str, body: str | None = None) -> None:
        """Say how long code takes: what stands in the line, or the cell after its set-up."""
        words, rest = split_options(line)
        code, setup = (rest, "pass") if body is None else (body, rest or "pass")
        timer = timeit.Timer(code, setup, globals=namespace)
        loops = words.get("n") or timer.autorange()[0]
        repeats = words.get("r") or REPEATS
        times = [each / loops for each in timer.repeat(repeats, loops)]
        if "q" not in words:
            mean, spread = map(
                describe_seconds, (statistics.fmean(times), statistics.pstdev(times))
            )
            runs = f"{repeats} run{'s' * (repeats > 1)}, {loops:,} loop{'s' * (loops > 1)} each"
            print(f"{mean} ± {spread} per loop (mean ± std. dev. of {runs})")

    def write_file(line: str, body: str) -> None:
        """Write the rest of a cell to a file of the page's Python, or after what is in it."""
        words = shlex.split(line)
        if len(words) not in (1, 2) or (len(words) == 2 and words[0] not in {"-a", "--append"}):
            raise SyntaxError("%%writefile takes -a, if it is to append, and the name of one file.")
        path, append = Path(words[-1]), len(words) == 2
        print("Appending to" if append else "Overwriting" if path.exists() else "Writing", path)
        with path.open("a" if append else "w", encoding="utf-8") as file:
            file.write(body)

    def run_file(line: str) -> None:
        """Run a file as a program; what it binds is there afterwards."""
        words = shlex.split(line)
        shared = words[:1] == ["-i"]
        path = Path("".join(words[shared : shared + 1]))
        if not path.is_file():
            raise report_missing(str(path))
        kept, sys.argv = sys.argv, words[shared:]
        try:
            found = runpy.run_path(str(path), namespace if shared else None, "__main__")
        finally:
            sys.argv = kept
        namespace.update({name: found[name] for name in found if not name.startswith("__")})

    def capture(line: str) -> None:
        """Keep what the rest of the cell says from the page, under a name if one is given."""
        words = shlex.split(line)
        names = [word for word in words if not word.startswith("-")]
        through = {word.removeprefix("--no-") for word in words if word.startswith("--no-")}
        for outlet in ipython.outlets:
            namespace.update(dict.fromkeys(names[:1], Captured(outlet, through)))

    functions = {
        "%time": clock,
        "%%time": clock.start,
        "%timeit": measure,
        "%%writefile": write_file,
        "%run": run_file,
        "%%capture": capture,
        "%%html": show_as(ipython.HTML),
        "%%svg": show_as(ipython.SVG),
        "%%latex": show_as(ipython.Latex),
        "%%markdown": show_as(ipython.Markdown),
        **Lookups(namespace, packages).list_functions(),
    }
    return {CALLS[name]: function for name, function in functions.items()}


def show_as(kind: type) -> Callable[[str, str], None]:
    """Return the function of a command that shows the rest of its cell."""

    def show(line: str, body: str) -> None:
        del line
        ipython.display(kind(body))

    return show


def split_options(line: str) -> tuple[dict[str, int], str]:
    """Return the options of ``%timeit`` and what stands after them.

    >>> split_options("-n 10 -r3 f(x)")
    ({'n': 10, 'r': 3}, 'f(x)')
    """
    found = OPTIONS.match(line)
    if found is None:
        return {}, line
    words = found["options"].replace("-", " -").split("-")[1:]
    return {word[0]: int(word[1:].strip() or 1) for word in words}, found["code"].strip()
