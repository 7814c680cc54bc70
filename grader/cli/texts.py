"""Run ``python -m grader texts``: the answers in text, out as a table and back as grades."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import add_assignment, add_course
from grader.errors import CourseError, say_count
from grader.paths import find_classroom, find_sources
from grader.terminal import NEEDS_PERSON

if TYPE_CHECKING:
    from grader.nbgrader_types import Gradebook
    from grader.paths import Classroom

FOLDER = "texts"
"""Under the class's folder: tables of texts, by assignment."""


def add_texts(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``texts``."""
    add_assignment(parser)
    parser.add_argument("text", nargs="?", help="the text's name (default: list them)")
    add_course(parser)
    out = parser.add_argument_group("to write the texts")
    out.add_argument("--anonymous", action="store_true", help="leave out who wrote what")
    out.add_argument(
        "--graders", nargs="+", default=[], metavar="NAME", help="give each of them a share"
    )
    out.add_argument(
        "--to", type=Path, metavar="DIR", help="where to (default: texts/ of the class)"
    )
    back = parser.add_argument_group("to bring back what was filled in")
    back.add_argument(
        "--import", dest="table", type=Path, metavar="FILE", help="check it, and show what changes"
    )
    back.add_argument("--yes", action="store_true", help="enter it, too")
    parser.set_defaults(run=run_texts)


def run_texts(arguments: argparse.Namespace) -> int:
    """List texts, write them, or bring back what a person gave.

    Returns:
        0, or 2 if a table has faults, or if rows of it were left alone.

    Raises:
        CourseError: If there is no such assignment or text, or a file cannot be used.
    """
    from grader.config import load_settings
    from grader.gradebook.access import (
        find_assignment,
        hold_class,
        open_coursedir,
        open_gradebook,
        prepare_gradebook,
    )
    from grader.gradebook.backup import demand_sound_gradebook

    if arguments.yes and not arguments.table:
        raise CourseError("--yes enters a table that was filled in; name it with --import.")
    classroom = find_classroom(arguments.course)
    settings = load_settings(find_sources(), classroom)
    coursedir = open_coursedir(settings, arguments.assignment, "*")
    demand_sound_gradebook(coursedir.db_url, arguments.assignment)
    if arguments.table and not arguments.text:
        raise CourseError(f"Name the text that {arguments.table.name} is about.")
    with ExitStack() as stack:
        if arguments.yes:
            stack.enter_context(hold_class(classroom.root, wait=False))
            prepare_gradebook(coursedir)  # a copy first, and every change into the log
        gradebook = stack.enter_context(open_gradebook(coursedir))
        find_assignment(gradebook, arguments.assignment)
        if arguments.table:
            return _bring_back(arguments, gradebook, classroom)
        if arguments.text:
            return _write(arguments, gradebook, classroom)
        return _list(arguments.assignment, gradebook, classroom)


def _list(assignment: str, gradebook: Gradebook, classroom: Classroom) -> int:
    from grader.gradebook.access import list_texts
    from grader.texts.answers import read_question

    names = list(list_texts(gradebook.find_assignment(assignment)))
    for name in names:
        question = read_question(gradebook, classroom, assignment, name)
        waiting = sum(answer.waiting for answer in question.answers)
        learners = sum(len(answer.given) for answer in question.answers)
        print(
            f"{name}: {say_count(len(question.answers), 'different text')} of "
            f"{say_count(learners, 'learner')}, {waiting} to be read"
        )
    if not names:
        print(f"{assignment} has no texts.")
    return 0


def _write(arguments: argparse.Namespace, gradebook: Gradebook, classroom: Classroom) -> int:
    from grader.texts.answers import read_question
    from grader.texts.rubric import find_rubric
    from grader.texts.write import write_texts

    name, assignment = arguments.text, arguments.assignment
    question = read_question(gradebook, classroom, assignment, name)
    for why, students in question.left_out.items():
        print(f"Left out, because {why}: {', '.join(students)}")
    if not question.answers:
        raise CourseError(f"There are no texts for {name} yet; collect and autograde first.")
    rubric = find_rubric(classroom.source / assignment, name, question.max_points)
    written = write_texts(
        question,
        rubric,
        arguments.to or classroom.root / FOLDER / assignment,
        graders=arguments.graders,
        anonymous=arguments.anonymous,
    )
    for one in written:
        whose = f" for {one.grader}" if one.grader else ""
        table, _, page = one.files
        print(f"{one.texts} texts{whose}: {table} (or .csv), and {page.name} to read")
    return 0


def _bring_back(arguments: argparse.Namespace, gradebook: Gradebook, classroom: Classroom) -> int:
    from grader.gradebook.log import NAME
    from grader.texts.answers import read_question
    from grader.texts.enter import enter, find_changes
    from grader.texts.read_table import read_table

    question = read_question(gradebook, classroom, arguments.assignment, arguments.text)
    table = read_table(arguments.table, question.max_points)
    changes = find_changes(table, question, classroom.root / NAME)
    for line in changes.lines():
        print(line)
    if changes.faults:
        print("Nothing is entered; mend these rows first.")
    elif not arguments.yes and changes.steps:
        print("Nothing is entered yet; the same command with --yes enters it.")
    elif changes.steps:
        count = enter(gradebook, question, changes.steps)
        print(f"Entered for {say_count(count, 'learner')}.")
    return NEEDS_PERSON if changes.faults or changes.left else 0
