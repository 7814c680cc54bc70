"""Functions stay inside: numbers go in, numbers come back, and nothing else."""

import contextlib

import numpy as np
import pytest

from grader.sandbox import Limits, RemoteError


def test_a_function_behaves_as_if_it_were_here(run):
    f = run(
        "import numpy as np\ndef f(x, y, n):\n    print('not an output')\n    return (x @ y) * n"
    ).values["f"]
    x, y = np.arange(6.0).reshape(2, 3), np.ones((3, 4), dtype=np.float32)
    assert np.array_equal(f(x, y, 2), 2 * (x @ y))
    assert f.__name__ == "f"


def test_python_numbers_go_in_as_such_and_come_back_as_arrays(run):
    f = run("def f(a, b): return min(a, b) if type(a) is type(b) is int else None").values["f"]
    assert f(3, 5) == 3
    assert f(3, 5).dtype.kind == "i"
    assert f(3.0, 5) is None


def test_a_change_of_the_input_is_seen_outside(run):
    f = run("def f(x, y):\n    x[0] = 9\n    return y").values["f"]
    x, y = np.zeros(3), np.ones(2)
    f(x, y)
    assert x.tolist() == [9, 0, 0]
    assert y.tolist() == [1, 1]


def test_the_last_definition_is_called(run):
    execution = run("def f(x): return x", "def f(x): return -x")
    assert execution.values["f"](1) == -1


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("return 1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("np.linalg.inv(np.zeros((2, 2)))", "LinAlgError"),
        ("return {1: 2}", "no array of numbers"),
        ("return np.zeros(10**7)", "more than 1048576 bytes"),
        ("return np.array([None])", "no array of numbers"),
        ("return f", "function"),
        ("return missing", "NameError"),
    ],
)
def test_a_failing_call_is_an_error_of_one_sentence_and_the_next_one_works(run, body, word):
    execution = run(f"import numpy as np\ndef f(x):\n    if x: {body}\n    return 7\ndef W(): pass")
    with pytest.raises(RemoteError, match=word):
        execution.values["f"](1)
    assert execution.values["f"](0) == 7


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(str(x))",
        "raise type(f'E{x}', (Exception,), {})",
        "return type(f'T{x}', (), {})()",
        "return [[1], [1, x]]",
        "class A:\n        def __array__(self, *a, **k): raise ValueError(str(x))\n    return A()",
    ],
)
def test_what_a_call_was_given_does_not_come_out_through_its_failure(run, body):
    f = run(f"def f(x):\n    {body}").values["f"]
    with pytest.raises(RemoteError) as error:
        f(8675309)
    assert "8675309" not in str(error.value)


def test_a_call_that_hangs_is_stopped_and_the_next_one_works(run):
    f = run("def f(x):\n    while x: pass\n    return 7").values["f"]
    with pytest.raises(RemoteError, match="longer than 3 s"):
        f(1)
    assert f(0) == 7


def test_calls_that_are_all_slow_end_together_and_cost_other_functions_nothing(run):
    """Each stays below the limit of one call, however many there are."""
    execution = run(
        "import time\ndef f(x):\n    time.sleep(0.1)\n    return x",
        "def g(x): return x + 1",
        answers={"f": "function", "g": "function"},
        limits=Limits(function_seconds=0.3),
    )
    for _ in range(5):
        with contextlib.suppress(RemoteError):
            execution.values["f"](1)
    with pytest.raises(RemoteError, match=r"All calls of f together took longer than 0\.3 s"):
        execution.values["f"](1)
    assert execution.values["g"](1) == 2


def test_what_a_function_waits_for_a_processor_counts_for_nothing(run, given, monkeypatch):
    process = run(given)._process
    monkeypatch.setattr(type(process), "take_waited", lambda _: 3.0)
    assert process.leave_out_waiting(4.0) == 1.0
    assert process.leave_out_waiting(0.01) == 0.01  # nobody is asked
    assert process.leave_out_waiting(3.2) == 0.4  # an eighth


def test_a_call_that_ends_the_process_costs_other_functions_nothing(run):
    execution = run(
        "import os\ndef f(x): os._exit(1)",
        "def g(x): return x + 1",
        answers={"f": "function", "g": "function"},
    )
    for _ in range(2):
        with pytest.raises(RemoteError, match="f cannot be called"):
            execution.values["f"](1)
    assert execution.values["g"](1) == 2


def test_a_function_defined_before_a_crash_can_be_called(run, given):
    execution = run(given, "import os; os._exit(0)", "def f(x): return 0")
    assert execution.ended == "exit in cell 2: ended its own process with status 0"
    assert execution.values["f"](4) == 8


def test_only_numbers_can_be_sent(run, given):
    f = run(given).values["f"]
    with pytest.raises(TypeError, match="takes arrays"):
        f("text")


def test_a_forged_result_is_no_answer_to_another_call(run):
    execution = run(
        "import os, struct\n"
        "def f(x):\n"
        "    os.write(200, b'r' + struct.pack('<III', 9, 77, 1) + b'\\x05')\n"
        "    return 1"
    )
    with pytest.raises(RemoteError, match="rules of the channel"):
        execution.values["f"](1)


def test_after_the_run_is_closed_nothing_can_be_called(run, given):
    execution = run(given)
    execution.close()
    with pytest.raises(RemoteError):
        execution.values["f"](1)
