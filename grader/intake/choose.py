"""Choose the notebook that is graded where a learner handed in several: the one with answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from grader.intake.names import normalize
from grader.intake.reference import Reference
from grader.intake.repair import ADDED, MISSING, Repair, Repaired, Unreadable

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
