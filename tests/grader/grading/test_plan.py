"""What of a notebook may leave the sandbox."""

from nbformat.v4 import new_notebook

from circuits.exercises import ASSIGNMENTS, PARTS
from grader.grading.plan import make_plan


def test_answers_brought_from_an_earlier_chapter_leave_the_sandbox_and_others_do_not():
    parts = [PARTS[part] for part in ASSIGNMENTS["exercise-4"]]
    shapes = {a.name: a.shape for a in make_plan(new_notebook(), parts).answers}
    brought = {"W_Q_1", "W_K_1", "W_V_1", "W_out_1", "W_Q_2", "W_K_2"}
    own = {a.name for part in parts if part.grading == "auto" for a in part.answers}
    assert set(shapes) == brought | own
    assert shapes["W_V_1"] == (4, 48)
