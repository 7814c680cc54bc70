"""What a mutant must pass to survive: the answers of the bank, and the tests of the criteria."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from unittest import mock

from circuits.exercises import get_part
from circuits.judging import judge
from circuits.tasks.heads.attention import Attempt
from circuits.tasks.heads.rotary import RotaryAttempt
from circuits.trials import Trials
from tests.bank import CASES, Case
from tests.bank.forms import FORMS, MALFORMED
from tests.mutation.mutants import MODULES

TEST_MODULES = (
    "tests.circuits.test_criteria",
    "tests.circuits.test_criteria_beyond",
    "tests.circuits.test_drawing",
    "tests.circuits.test_follow_through",
    "tests.circuits.test_bad_input",
    "tests.circuits.test_judging",
    "tests.circuits.test_sequences",
    "tests.circuits.test_wild",
)
"""Their tests kill mutants as answers of the bank do, but for those that need a fixture."""


@dataclass(frozen=True, eq=False)
class Probe:
    """One thing that holds, and that a mutant may break.

    Attributes:
        name: The case or the test, for messages.
        holds: Whether it holds now; never raises.
        about_form: Whether it differs from another only in how numbers are written down.
    """

    name: str
    holds: Callable[[], bool]
    about_form: bool = False

    @property
    def group(self) -> str:
        """The part of the answer, or the module of the test: what shares what is drawn."""
        return self.name.split(":")[0]


def draw_probes(trials: Trials) -> list[Probe]:
    """Return all probes, of which the answers are judged on given trials."""
    answers = [
        Probe(case.id, partial(is_judged_as_the_bank_says, case, trials), _is_about_form(case))
        for case in CASES
    ]
    return [*answers, *(test for module in TEST_MODULES for test in find_tests(module))]


def is_judged_as_the_bank_says(case: Case, trials: Trials) -> bool:
    """Whether a case gets the verdict, the points and the kind of refusal that the bank says."""
    try:
        with _without_words():
            report = judge(case.part, case.answers, trials)
    except Exception:  # noqa: BLE001 - a mutant may raise anything
        return False
    part = get_part(case.part)
    if case.right:
        return (report.status, report.points, report.next_step) == ("right", part.points, None)
    held = {finding.property for finding in report.findings if finding.passed}
    earned = sum(prop.points for prop in part.properties if prop.slug in held)
    if report.status == "right" or report.points != earned:
        return False
    if report.status == "wrong":
        return report.next_step is not None and (case.holds is None or held == case.holds)
    advised = report.next_step is not None
    if advised != (report.status == "malformed"):
        return False
    return report.diagnosis == case.diagnosis and held == case.holds


_WORDS = tuple(
    (module, name)
    for module in MODULES
    if ".tasks." in module
    for name in vars(importlib.import_module(module))
    if name.startswith(("diagnose_", "show_losses")) and name != "diagnose_nothing"
)
"""What names mistakes; but a function that does nothing is not attempted."""


@contextmanager
def _without_words() -> Iterator[None]:
    """Leave out what takes most of the time and decides nothing: names and pictures."""
    shown = property(lambda attempt: attempt.selection.worst)
    with ExitStack() as stack:
        for kind in (Attempt, RotaryAttempt):
            stack.enter_context(mock.patch.object(kind, "diagnosis", None))
        stack.enter_context(mock.patch.object(Attempt, "shown", shown))
        for module, name in _WORDS:
            stack.enter_context(mock.patch.object(sys.modules[module], name, _say_nothing))
        yield


def _say_nothing(*_: object, **__: object) -> None:
    """Name no mistake."""


def _is_about_form(case: Case) -> bool:
    form = case.name.split(": ")[-1]
    return case.part.startswith(("ex2", "ex3")) and (form in FORMS or form in MALFORMED)


def find_tests(module: str) -> Iterator[Probe]:
    """Yield the tests of a module, one for each set of parameters, as pytest would run them."""
    for name, test in vars(importlib.import_module(module)).items():
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        for number, arguments in enumerate(_read_parameters(test)):
            if set(arguments) == set(inspect.signature(test).parameters):
                yield Probe(f"{module}::{name}[{number}]", partial(_passes, test, arguments))


def _read_parameters(test: Callable[..., object]) -> Iterator[dict[str, object]]:
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    columns = []
    for names, rows in marks:
        if isinstance(names, str):
            columns.append([{names: value} for value in rows])
        else:
            columns.append([dict(zip(names, values, strict=True)) for values in rows])
    for combination in product(*columns):
        yield {name: value for chosen in combination for name, value in chosen.items()}


def _passes(test: Callable[..., object], arguments: dict[str, object]) -> bool:
    try:
        test(**arguments)
    except BaseException:  # noqa: BLE001 - pytest.fail() and a mutant's exits are no Exceptions
        return False
    return True
