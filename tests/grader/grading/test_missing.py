"""An answer that is missing because its cell stopped is not called "not attempted"."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import compute_checksum

from circuits.exercises import PARTS
from circuits.reports.report import REPORT_MIME
from course.plugin import PLUGIN
from grader.grading.grade_notebook import run_and_judge
from grader.intake.repair import MISSING
from grader.sandbox import Limits

STUB = "W_V_1 = ...\nW_out_1 = ..."
RIGHT = "W_V_1 = np.eye(16)[:4]\nW_out_1 = np.eye(16)[:, 8:12]"
NETS = "W_net_1 = np.eye(16)\nW_net_2 = wrong"


def run(answer, before="import numpy as np", part="ex1a", limits=Limits()):  # noqa: B008
    """Grade one part, and return its verdict and what its test cell shows."""
    solution, test = new_code_cell(answer), new_code_cell("")
    solution.metadata["nbgrader"] = {
        "grade": False, "grade_id": part, "locked": False, "points": 0,
        "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    stub = new_code_cell(STUB, metadata=solution.metadata)
    solution.metadata["nbgrader"]["checksum"] = compute_checksum(stub)
    test.metadata["nbgrader"] = {"grade": True, "grade_id": f"{part}-test", "solution": False}
    notebook = new_notebook(cells=[new_code_cell(before), solution, test])
    verdict = run_and_judge(notebook, PLUGIN, PARTS[part].assignment, 5, {}, limits).verdicts[part]
    return verdict, test.outputs[0].data


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("W_V_1 = 1/0", "stopped with ZeroDivisionError before W_V_1 and W_out_1 had values."),
        ("W_V_1 = (", "stopped with SyntaxError before W_V_1 and W_out_1 had values."),
        (f"{STUB}\nw", "stopped with NameError before W_V_1 and W_out_1 had values."),
        ("W_V_1 = np.eye(16)[:4]\nW_out_1 = w", "NameError before W_out_1 had a value."),
        ("raise type('<b>', (Exception,), {})()", "stopped with an error before W_V_1"),
    ],
)
def test_an_error_is_named_with_the_answers_that_it_kept_from_being(answer, sentence):
    verdict, shown = run(answer)
    assert verdict.report.headline.startswith("The cell stopped with ")
    assert sentence in verdict.report.headline
    assert "Mend that line first" in str(verdict.report.next_step)
    assert verdict.report.diagnosis == "missing"
    assert verdict.points == 0.0
    assert verdict.stopped
    assert shown[REPORT_MIME]["stopped"] is True
    assert "Replace the ..." not in shown["text/plain"]
    assert "not attempted" not in shown["text/html"].lower()


def test_a_cell_that_took_too_long_is_said_to():
    verdict, _ = run("while True: pass", limits=Limits(cell_seconds=0.5))
    assert "ran longer than 0.5 s and was stopped before W_V_1" in verdict.report.headline
    assert verdict.stopped


def test_a_run_that_ended_in_the_cell_or_before_it_is_said_to_have():
    for before, answer in (("import numpy as np", "import os; os._exit(3)"), ("exit_now", RIGHT)):
        verdict, _ = run(answer, before.replace("exit_now", "import os; os._exit(3)"))
        assert verdict.report.headline.startswith("The run ended before W_V_1 and W_out_1")
        assert "status 3" in verdict.report.headline
        assert verdict.stopped


def test_a_stub_is_not_attempted_however_the_run_ended():
    for before in ("import numpy as np", "1/0", "import os; os._exit(3)"):
        verdict, shown = run(STUB, before)
        assert verdict.report.status == "unattempted"
        assert not verdict.stopped
        assert shown[REPORT_MIME]["stopped"] is False
        assert "Replace the ..." in verdict.report.headline


def test_where_there_was_no_cell_nothing_is_said_to_be_replaced():
    verdict, shown = run(MISSING)
    assert verdict.report.status == "unattempted"
    assert verdict.report.headline == MISSING.removeprefix("# ")
    assert not verdict.stopped
    assert "Replace the ..." not in shown["text/plain"]


def test_a_cell_that_uses_another_name_is_asked_for_the_name():
    for answer, names in (
        ("W_V = np.eye(16)[:4]", "W_V_1 and W_out_1"),
        ("W_V_1 = np.eye(16)[:4]\nW_out = np.eye(16)[:, 8:12]", "W_out_1"),
    ):
        verdict, _ = run(answer)
        assert verdict.report.status == "malformed"
        assert verdict.report.headline == f"The cell was run, and did not define {names}."
        assert "very names" in str(verdict.report.next_step)
        assert not verdict.stopped
        assert verdict.points == 0.0


def test_a_stub_with_a_note_in_it_is_still_to_be_replaced():
    verdict, _ = run(f"# I do not know how.\n{STUB}")
    assert "Replace the ..." in verdict.report.headline


def test_a_function_is_not_attempted_only_while_its_body_is_the_stub():
    stub = "def max_rank(d_model, d_head):\n    # return int\n    ..."
    for answer in (stub, f"# later\n{stub}", stub.replace("...", '"""Doc."""\n    ...')):
        verdict, _ = run(answer, part="w6")
        assert verdict.report.status == "unattempted"
        assert "Replace the ..." in verdict.report.headline
    for body in ("min(d_model, d_head)", "print(min(d_model, d_head))", '"""Doc."""'):
        verdict, shown = run(f"def max_rank(d_model, d_head):\n    {body}", part="w6")
        assert (verdict.report.status, verdict.report.diagnosis) == ("wrong", "returned-none")
        assert "it returned None" in shown["text/plain"]
        assert "not attempted" not in shown["text/html"].lower()
        assert verdict.points == 0.0


def test_a_matrix_that_is_none_is_not_called_unattempted():
    verdict, shown = run("W_V_1 = print(3)\nW_out_1 = W_V_1")
    assert (verdict.report.status, verdict.report.diagnosis) == ("malformed", "returned-none")
    assert "W_V_1 is None" in shown["text/plain"]


def test_an_error_after_the_answers_takes_nothing_away():
    verdict, _ = run(f"{RIGHT}\n1/0")
    assert verdict.points == verdict.max_points
    assert not verdict.stopped


def test_answers_that_came_before_the_error_are_judged_as_ever():
    verdict, _ = run(NETS, part="ex1c")
    assert verdict.report.headline.startswith(
        "0 of 2 properties hold; 2 were not judged. The cell stopped with"
    )
    assert verdict.report.headline.endswith("NameError before W_net_2 had a value.")
    assert verdict.stopped
