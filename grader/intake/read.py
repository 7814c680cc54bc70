"""Read one submission: its notebooks as bytes, and of these the one that is graded."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from grader.bounded import TooCostlyError, call_bounded
from grader.intake.decode import (
    CURRENT,
    Bounds,
    CannotReadError,
    PlainNotebook,
    decode_text,
    parse_json,
    read_cells,
)
from grader.intake.reference import Reference, normalize
from grader.intake.repair import (
    ADDED,
    MISSING,
    Repair,
    Repaired,
    Unreadable,
    rebuild_in_present_form,
)
from grader.paths import read_regular

NO_NOTEBOOK = "No notebook was handed in."
NO_FILE = "The notebook is a link, a folder or a device, and not a file."
OTHER = "This is the notebook of {}, another assignment; hand in the one of this assignment."
COSTLY = "The notebook would take too long to read; clear its outputs and hand it in again."
STRANGER = "No cell of the notebook belongs to this assignment; perhaps it is another one's."

SMALL = 500_000
"""Bytes. Reading takes time in proportion to what is read; of this, half a second at most."""


def read_notebook(
    data: bytes, reference: Reference, bounds: Bounds | None = None
) -> Repaired | Unreadable:
    """Read a notebook's bytes and repair what can be repaired. Never raises.

    Args:
        data: What was handed in.
        reference: The notebook that the class received.
        bounds: How much is read at all.
    """
    bounds = bounds or Bounds()
    if len(data) <= SMALL:
        return _read(data, reference, bounds)
    try:
        return call_bounded(lambda: _read(data, reference, bounds))
    except TooCostlyError:
        return Unreadable(COSTLY)


def _read(data: bytes, reference: Reference, bounds: Bounds) -> Repaired | Unreadable:
    try:
        text, encoding = decode_text(data, bounds)
        learners = read_cells(parse_json(text, bounds), bounds)
        repaired = rebuild_in_present_form(learners, reference)
    except CannotReadError as error:
        return Unreadable(str(error))
    except Exception as error:  # noqa: BLE001  (one broken file must not end a batch)
        return Unreadable(f"Reading the notebook failed unexpectedly ({type(error).__name__}).")
    other = find_other_assignment(learners, reference, repaired.recognised)
    if other:
        return Unreadable(OTHER.format(other))
    if not repaired.recognised:
        return Unreadable(STRANGER)
    notes = _describe_file(encoding, learners)
    return dataclasses.replace(repaired, repairs=(*notes, *repaired.repairs))


def load_notebooks(folder: Path, most: int) -> dict[str, bytes | None]:
    """Return what a submission's folder has under names of notebooks, by the file's name.

    Args:
        folder: ``submitted/<student>/<assignment>``.
        most: How many bytes of each are wanted; of a larger one there is a byte more.

    Returns:
        The bytes, or None for what is no regular file.

    Raises:
        OSError: If the folder, or a file in it, cannot be read.
    """
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(".ipynb"))
    return {name: read_regular(folder / name, most) for name in names}


def read_submission(
    notebooks: Mapping[str, bytes | None],
    name: str,
    reference: Reference,
    bounds: Bounds | None = None,
) -> Repaired | Unreadable:
    """Read the notebook of a submission, also under another name. Never raises.

    Of several, the one with answers is taken; see :func:`choose_notebook`.

    Args:
        notebooks: As :func:`load_notebooks` gives them.
        name: What the notebook should be called, without ``.ipynb``.
        reference: The notebook that the class received.
        bounds: How much is read at all.
    """
    wanted = f"{name}.ipynb"
    if not notebooks:
        return Unreadable(f"{NO_NOTEBOOK} It should be called {wanted}.")
    found = {
        name: Unreadable(NO_FILE) if data is None else read_notebook(data, reference, bounds)
        for name, data in notebooks.items()
    }
    return choose_notebook(wanted, found, reference)


def _describe_file(encoding: str, learners: PlainNotebook) -> tuple[Repair, ...]:
    notes = []
    if encoding and encoding != "UTF-8 with a mark":
        notes.append(Repair(f"The notebook was saved in {encoding}; it was read all the same."))
    if learners.format is not None and learners.format != CURRENT:
        notes.append(
            Repair(f"The notebook was saved in format {learners.format}; it was brought to 4.")
        )
    return tuple(notes)


def find_other_assignment(learners: PlainNotebook, reference: Reference, recognised: int) -> str:
    """Return the assignment whose notebook this is instead, or "".

    A single label of the wanted assignment settles it, and so do as many cells that were
    recognised without one: a notebook into which cells of another one were pasted is still the
    learner's work on this one.

    Args:
        learners: What was handed in.
        reference: The notebook that was wanted.
        recognised: How many of its graded cells were found.
    """
    labels = {cell.label for cell in learners.cells if cell.label}
    if labels & set(reference.by_label):
        return ""
    found = Counter(filter(None, map(reference.find_owner, labels)))
    name, count = max(found.items(), key=lambda item: item[1], default=("", 0))
    return name if count > recognised else ""


_MOST = 5  # names that a sentence holds


def choose_notebook(
    wanted: str, found: Mapping[str, Repaired | Unreadable], reference: Reference
) -> Repaired | Unreadable:
    """Return the notebook to grade: of the right name, unless another alone has answers.

    Where several have different answers, a person is asked; the one of the right name is graded
    meanwhile, if there is one.

    Args:
        wanted: What it should be called.
        found: What was read of each file, by its name; one at least.
        reference: The notebook that the class received.
    """
    works = {
        name: work
        for name, one in found.items()
        if isinstance(one, Repaired) and (work := list_work(one, reference))
    }
    own = found.get(wanted)
    others = sorted(set(works) - {wanted})
    differ = len({works[name] for name in works}) > 1
    if own is None:
        return _choose_other(wanted, found, works)
    if isinstance(own, Unreadable):
        return own
    if wanted not in works and others and not differ:
        note = (
            f"{wanted} is as it was released and {_list(others)} "
            f"{'has' if len(others) == 1 else 'have'} answers, so {others[0]} is graded."
        )
        return _note(found[others[0]], note)
    if others and differ:
        names = _list(sorted(works))
        return _note(own, f"{names} have different answers; {wanted} is graded.", look=True)
    extra = len(found) - 1
    if not extra:
        return own
    return _note(own, f"{extra} more notebooks were handed in; only {wanted} is graded.")


def list_work(found: Repaired, reference: Reference) -> tuple[str, ...]:
    """Return the texts of a notebook that are the learner's; none if it is as it was released."""
    releases = (reference, *reference.earlier)
    released = {cell.source for release in releases for cell in release.cells}
    released |= {"", normalize(MISSING), normalize(ADDED)}
    texts = (normalize(cell.source) for cell in found.notebook.cells)
    return tuple(text for text in texts if text not in released)


def _choose_other(
    wanted: str, found: Mapping[str, Repaired | Unreadable], works: Mapping[str, tuple[str, ...]]
) -> Repaired | Unreadable:
    readable = [name for name, one in found.items() if isinstance(one, Repaired)]
    best = sorted(works) or readable
    if len(best) == 1 or (best and len({works.get(name) for name in best}) == 1):
        return _note(found[best[0]], f"The notebook had another name; it was taken as {wanted}.")
    how_many = "several notebooks" if readable else "no notebook of this assignment"
    return Unreadable(f"There is no {wanted}, and {how_many} under another name.")


def _note(
    found: Repaired | Unreadable, sentence: str, *, look: bool = False
) -> Repaired | Unreadable:
    if isinstance(found, Unreadable):
        return found
    return dataclasses.replace(found, repairs=(Repair(sentence, look=look), *found.repairs))


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    *first, last = names[:_MOST]
    if more or not first:
        return ", ".join([*first, last]) + more
    return f"{', '.join(first)} and {last}"
