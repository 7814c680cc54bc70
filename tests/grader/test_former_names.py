"""Configurations and scripts of instructors that name modules as they were go on."""

import pytest

from tests.programs import run_python

PLACES = {
    "grader.ledger": "Change Key HandGradeTouchedError append automatic_grading back_up bring_back "
    "check_integrity list_backups note_other_changes read read_state restore set_log watch_grades",
    "grader.gradebook": "watch_grades",
    "grader.programs": "find_own_programs remind_to_weave",
    "grader.settings": "find_own_programs remind_to_weave",
}
"""What could be imported, by where from."""


@pytest.mark.parametrize("place", PLACES)
def test_names_are_found_where_they_were(place):
    names = PLACES[place].split()
    code = f"from {place} import {', '.join(names)}; print([one.__name__ for one in ({names[0]},)])"
    done = run_python(code, check=False)
    assert (done.stdout.strip(), done.stderr) == (str(names[:1]), "")


@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_never_was_is_an_import_error(place):
    code = f"from {place} import nothing_of_the_kind"
    done = run_python(code, check=False)
    assert "ImportError: cannot import name 'nothing_of_the_kind'" in done.stderr
