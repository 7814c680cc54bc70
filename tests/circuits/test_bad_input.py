"""Whatever a learner hands in, the check says why it will not do, and never raises."""

from __future__ import annotations

import json
import re
import warnings

import numpy as np
import pytest

from circuits import check
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.judging.answers import is_stub
from circuits.trials import draw_trials
from tests.bank import PART_IDS, right_cases, wrong_cases
from tests.bank.forms import MALFORMED, Disguised, Exits, Nameless, Raises, WithoutName

MATRICES = [
    (part.id, answer.name)
    for part in PARTS.values()
    for answer in part.answers
    if answer.kind == "matrix"
]

# By name: even pytest looks at its parameters, and some of these cannot bear it.
THINGS = {
    "raises when looked at": Raises,
    "ends the program": Exits,
    "raises when asked what it is": Disguised,
    "raises when asked for its class's name": WithoutName,
    "string": str,
    "dictionary": dict,
    "set": set,
    "object": object,
}


# Heads that do not read what they write give zeros when they act twice, and a report says so.
OTHERWISE_CALLED = {("ex1d", "two_token_copy", "all-zero"): "same-head-twice"}


def check_case(part: str, answers) -> object:
    """Call check as a notebook's check cell does."""
    names = [answer.name for answer in PARTS[part].answers]
    earlier = {name: answers[name] for name in PARTS[part].builds_on if name in answers}
    return check(part, *(answers.get(name, ...) for name in names), **earlier)


@pytest.mark.parametrize(("value", "judged"), [(..., False), (7, True), ("W_Z", True)])
def test_what_is_missing_is_not_judged_and_what_cannot_be_used_fails(value, judged: bool) -> None:
    reads, writes = check("w3", value, "W_out").findings
    assert (reads.passed, reads.judged) == (False, judged)
    assert (writes.passed, writes.judged) == (True, True)


@pytest.mark.parametrize(("part", "name"), MATRICES)
def test_a_malformed_matrix_is_refused_with_a_reason(part: str, name: str) -> None:
    plain = right_cases(part)[0]
    own = [answer.name for answer in PARTS[part].answers]
    for form, (spoil, slug) in MALFORMED.items():
        value = spoil(np.asarray(plain.answers[name], dtype=float))
        report = check_case(part, {**plain.answers, name: value})
        if value is ... and own == [name]:
            assert report.status == "unattempted"
            continue
        assert report.status in ("malformed", "wrong"), f"{form}\n{report}"
        assert report.diagnosis == OTHERWISE_CALLED.get((part, name, slug), slug), report
        assert report.points < report.max_points
        said = [finding.sentence for finding in report.findings if not finding.passed]
        assert any(name in sentence for sentence in said), f"{form}\n{report}"
        if not PARTS[part].task.one_by_one:
            assert report.status == "malformed"
            assert report.points == 0, f"{own} {form}"


OTHER_KINDS = {
    "a function": (np.linalg.qr, "is a function", "meant to be called"),
    "a lambda": (lambda: np.eye(4), "is a function", "meant to be called"),
    "a class": (np.ndarray, "is a class", "only when it is called"),
    "a class that hides its name": (WithoutName, "is a class", "only when it is called"),
    "a module": (np, "is a module", "Has an import taken this name"),
    "a string": ("W_Q_prev", "is a string", "quotation marks meant"),
    "a dictionary": ({"W": np.eye(4)}, "is a dictionary", "Which of its entries"),
    "a set": ({1.0, 2.0}, "is a set", "no order"),
    "a generator": ((row for row in np.eye(4)), "is an iterator", "makes a list"),
    "a map": (map(np.array, [[1.0], [2.0]]), "is an iterator", "makes a list"),
    "rows of two lengths": ([[1.0, 2.0], [3.0]], "cannot be read", "How many numbers has each row"),
    "objects": (np.full((4, 48), None), "of mixed objects", "not a plain number"),
    "texts": ([["1", "2"]], "of type <U1", "not a plain number"),
    "nothing known": (object(), "of mixed objects", "print and type tell"),
    "nothing to look at": (Disguised(), "W_Q_prev", "print and type tell"),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_each_other_kind_of_thing_gets_a_sentence_and_a_question_that_fit_it(kind: str) -> None:
    thing, seen, question = OTHER_KINDS[kind]
    report = check("ex2c", thing, np.ones((4, 48)))
    assert report.diagnosis == "not-an-array"
    assert seen in report.findings[0].sentence
    assert question in report.next_step
    assert report.next_step.startswith("This is another kind of thing than what is asked for. ")


@pytest.mark.parametrize(
    ("thing", "question"),
    [
        (3, "Was the function called?"),
        (np.eye(3), "Was the function called?"),
        ("rank", "Are the quotation marks meant?"),
        (np, "Has an import taken this name?"),
    ],
)
def test_what_cannot_be_called_is_asked_for_the_function(thing, question: str) -> None:
    report = check("w6", thing)
    assert "wanted a function of (d_model, d_head)" in report.findings[0].sentence
    assert question in report.next_step


@pytest.mark.parametrize(
    ("names", "question"),
    [
        ((np.eye(4), "W_out"), "Its name is wanted"),
        ((np, "W_out"), "Has an import taken this name?"),
        (("values", "W_out"), "Which of the four matrices"),
    ],
)
def test_what_names_no_matrix_is_asked_for_a_name(names, question: str) -> None:
    assert question in check("w3", *names).next_step


def test_a_product_of_another_kind_gets_the_question_that_fits() -> None:
    answers = right_cases("ex1c")[0].answers
    assert "meant to be called" in check_case("ex1c", {**answers, "W_net_1": np.dot}).next_step


@pytest.mark.parametrize("part", PART_IDS)
def test_nothing_raises_warns_or_writes_to_stderr(part: str, capfd) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for case in (*right_cases(part), *wrong_cases(part)):
            report = check_case(part, case.answers)
            bundle = report._repr_mimebundle_()
            json.dumps(bundle).encode("utf-8")
            str(report).encode("utf-8")
            repr(report)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("part", PART_IDS)
def test_numpy_set_to_raise_makes_no_difference(part: str) -> None:
    case = wrong_cases(part)[0]
    quiet = check_case(part, case.answers)
    with np.errstate(all="raise"):
        strict = check_case(part, case.answers)
    assert strict.findings == quiet.findings
    assert strict.diagnosis == quiet.diagnosis


@pytest.mark.parametrize("part", PART_IDS)
def test_a_stub_is_calm(part: str) -> None:
    report = check_case(part, {})
    assert report.status == "unattempted"
    assert report.points == 0
    assert report.next_step is None
    assert report.comparison is None
    assert "not attempted yet" in str(report)
    assert "✗" not in str(report)
    assert "fails" not in report._repr_html_()


FUNCTIONS = [part for part in PART_IDS if PARTS[part].answers[0].kind == "function"]


def _stub(*arguments):
    # return what is asked for
    ...


def _stub_with_docstring(*arguments):
    """Return what is asked for."""
    pass  # noqa: PIE790 - it leaves a step that does nothing
    ...  # noqa: PIE790


def _return_the_dots(*arguments):
    return ...


def _pass(*arguments):
    pass


def _stop(*arguments):
    return


def _describe(*arguments):
    """Return what is asked for."""


def _print(*arguments):
    print(*(np.shape(argument) for argument in arguments))


def _compute(*arguments):
    result = arguments[0] + 1  # noqa: F841 - the return was forgotten


@pytest.mark.parametrize("part", FUNCTIONS)
@pytest.mark.parametrize(
    "stub", [_stub, _stub_with_docstring, _return_the_dots, lambda *arguments: ...]
)
def test_a_function_whose_body_is_the_stub_is_not_attempted_yet(part: str, stub) -> None:
    report = check(part, stub)
    assert (report.status, report.diagnosis) == ("unattempted", "missing")
    assert "Replace the ..." in report.headline
    assert not any(finding.judged for finding in report.findings)


@pytest.mark.parametrize("part", FUNCTIONS)
@pytest.mark.parametrize(
    "function", [_print, _compute, _pass, _stop, _describe, lambda *arguments: None]
)
def test_a_function_without_a_return_is_told_that_it_returned_none(part: str, function) -> None:
    report = check(part, function)
    assert (report.status, report.diagnosis) == ("wrong", "returned-none")
    assert "it returned None" in report.findings[0].sentence
    assert "not attempted" not in str(report)
    assert "end with return" in str(report.next_step)


@pytest.mark.parametrize(("part", "name"), MATRICES)
def test_a_matrix_that_is_none_is_told_so_and_is_no_stub(part: str, name: str) -> None:
    report = check_case(part, {**right_cases(part)[0].answers, name: None})
    assert report.status in ("malformed", "wrong")
    assert report.diagnosis == "returned-none"
    assert f"{name} is None" in str(report)
    alone = check_case(part, {name: None})
    assert alone.status in ("malformed", "wrong")


@pytest.mark.parametrize("part", ["w2", "w5", "w6", "w7"])
@pytest.mark.parametrize("name", THINGS)
def test_a_function_may_return_anything(part: str, name: str, capfd) -> None:
    thing = THINGS[name]()
    report = check(part, lambda *arguments: thing)
    assert report.status == "wrong"
    assert report.points == 0
    str(report)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("part", ["w2", "w5", "w6", "w7"])
def test_an_error_that_cannot_be_shown_is_reported_all_the_same(part: str) -> None:
    class UnspeakableError(Exception, metaclass=Nameless):
        def __str__(self) -> str:
            raise RuntimeError

    def function(*arguments):
        raise UnspeakableError

    report = check(part, function)
    assert report.status == "wrong"
    assert "UnspeakableError: its message cannot be shown" in str(report)


@pytest.mark.parametrize("part", FUNCTIONS)
def test_an_error_without_words_is_told_by_its_name(part: str) -> None:
    def function(*arguments):
        raise NotImplementedError

    report = check(part, function)
    assert report.status == "wrong"
    assert "it raised NotImplementedError." in str(report)


@pytest.mark.parametrize("part", ["w2", "w5", "w7", "ex4e", "ex5a", "ex6a"])
@pytest.mark.parametrize("slip", [3e-5, -2e-4])
def test_a_number_that_is_refused_never_reads_like_the_one_wanted(part: str, slip: float) -> None:
    (function,) = right_cases(part)[0].answers.values()
    report = check(part, lambda *arguments: np.asarray(function(*arguments)) * (1 + slip))
    said = [f.sentence for f in report.findings if f.judged and not f.passed]
    numbers = [
        re.search(r"(?:is|returned) ([-.e+\d]+); wanted (?:row )?([-.e+\d]+)", s) for s in said
    ]
    assert said
    assert all(numbers), said
    assert all(seen != wanted.rstrip(".") for seen, wanted in (n.groups() for n in numbers if n))


def test_a_name_that_is_none_is_asked_for_its_line_and_not_for_a_function() -> None:
    for answers in (("W_V", None), (None, "W_out"), (None, None)):
        assert "Which line made it" in str(check("w3", *answers).next_step)


def test_an_interrupt_still_stops_the_check() -> None:
    def function(*arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("w6", function)


def test_what_a_function_prints_to_stderr_goes_to_stdout(capsys) -> None:
    import sys

    def function(d_model, d_head):
        print("debugging", file=sys.stderr)
        return min(d_model, d_head)

    assert check("w6", function).status == "right"
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "debugging" in captured.out


def test_a_function_that_insists_on_warning_leaves_stderr_empty(capfd) -> None:
    def function(d_model, d_head):
        warnings.simplefilter("always")
        warnings.warn("look here", stacklevel=1)
        return np.int64(np.log(np.zeros(1))[0] < 0) * min(d_model, d_head)

    assert check("w6", function).status == "right"
    assert capfd.readouterr().err == ""


class Ending(BaseException):
    """What a learner's code may raise to end the program around it."""


class Ends:
    """An object that raises it when it is looked at."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise Ending


def test_whatever_an_answer_raises_the_check_goes_on() -> None:
    def function(d_model, d_head):
        raise GeneratorExit

    for report in (check("ex1a", Ends(), np.eye(4)), check("w6", function)):
        assert (report.status, report.points) == ("malformed", 0.0)
        assert "raised" in report.findings[0].sentence


def test_a_request_to_stop_is_passed_on() -> None:
    def function(d_model, d_head):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("w6", function)


def test_a_matrix_of_the_learners_stays_as_it_was() -> None:
    for part in ("ex1a", "ex2d", "ex3a"):
        answers = right_cases(part)[0].answers
        before = {name: np.array(value) for name, value in answers.items()}
        check_case(part, answers)
        for name, value in before.items():
            assert np.array_equal(np.asarray(answers[name]), value)


def test_huge_entries_are_named_before_they_overflow() -> None:
    plain = right_cases("ex3b")[0].answers
    large = {name: np.asarray(value) * 1e99 for name, value in plain.items()}
    own = {name: np.asarray(value) * 1e99 for name, value in right_cases("ex3a")[0].answers.items()}
    report = check_case("ex3b", {**large, **own})
    assert report.status in ("right", "wrong")
    assert check_case("ex3a", own).status in ("right", "wrong")
    for part in ("ex1c", "ex1d"):
        answers = {
            name: np.asarray(value) * 1e99 for name, value in right_cases(part)[0].answers.items()
        }
        assert check_case(part, answers).status in ("right", "wrong")


def test_no_name_is_asked_for_twice_in_a_message() -> None:
    report = check_case("ex2c", {"W_Q_prev": np.ones((4, 48))})
    assert str(report).count("W_K_prev is not there yet") == 1


def test_a_mistake_in_the_check_cell_is_an_error_that_says_what_is_wanted() -> None:
    with pytest.raises(TypeError, match="got 1 answers; wanted W_Q_prev, W_K_prev"):
        check("ex2c", 1)
    with pytest.raises(TypeError, match="got W_V_1=; the part takes W_Q_same, W_K_same"):
        check("ex2f", 1, 2, W_V_1=3)
    with pytest.raises(TypeError, match="the part takes no earlier answers"):
        check("ex2c", 1, 2, W_V_1=3)
    with pytest.raises(KeyError, match="there is no part 'ex9'"):
        check("ex9")


@pytest.mark.parametrize("part", [p.id for p in PARTS.values() if p.grading == "hand"])
def test_texts_are_for_a_person_to_grade(part: str) -> None:
    with pytest.raises(ValueError, match=f"part {part} is read and graded by a person"):
        judge(part, {part: "text"}, draw_trials())


def test_a_function_that_works_with_dots_is_no_stub() -> None:
    assert not is_stub(lambda x: x[...])
