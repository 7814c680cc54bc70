"""Find the release that a submission came from, and bring its answers into the present one.

An assignment may change in mid-term. What somebody handed in before is compared with the notebook
that this learner received, so that what the instructor changed is never taken for the learner's
doing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.intake.cells import PlainCell, PlainNotebook
from grader.intake.match import Matching, match_cells
from grader.intake.names import drop_hidden, normalize
from grader.intake.reference import Reference, ReferenceCell
from grader.intake.repair import FLAGS, Repaired, rebuild

_TEST = "-test"


def rebuild_in_present_form(learners: PlainNotebook, reference: Reference) -> Repaired:
    """Return a notebook with every graded cell of the present release, and nothing lost.

    What was put right is said by the release that the submission came from.

    Args:
        learners: The submission.
        reference: The present release, which knows the earlier ones.
    """
    origin = find_origin(learners, reference)
    first = rebuild(learners, origin)
    if origin is reference:
        return first
    added = frozenset(reference.by_label) - frozenset(origin.by_label)
    present = rebuild(_carry(learners, origin, reference), reference, added)
    kept = tuple(
        repair
        for repair in first.repairs
        if not repair.grade_id or repair.grade_id in reference.by_label
    )
    return Repaired(present.notebook, kept, first.recognised, describe_changes(origin, reference))


def find_origin(learners: PlainNotebook, reference: Reference) -> Reference:
    """Return the release of which most is in a submission and least is missing.

    Of equal ones it is the newest. What learners fill in tells by its name and settings, all
    else by its text.

    Args:
        learners: The submission.
        reference: The present release.
    """
    if not reference.earlier:
        return reference
    sources = {normalize(drop_hidden(cell.source)) for cell in learners.cells}
    claims = {cell.label: cell.claims for cell in learners.cells if cell.label}
    ids = {cell.id for cell in learners.cells}

    def is_there(cell: ReferenceCell) -> bool:
        claimed = claims.get(cell.label) if cell.label else None
        if claimed is not None and not _is_same_setting(claimed, cell):
            return False
        if cell.role in ("answer", "text"):
            return claimed is not None or cell.id in ids
        return cell.source in sources

    def measure(release: Reference) -> int:
        return sum(1 if is_there(cell) else -1 for cell in release.cells)

    return max((reference, *reference.earlier), key=measure)


def describe_changes(origin: Reference, reference: Reference) -> str:
    """Say to a learner what changed in the assignment since they received it.

    Args:
        origin: The release that they received.
        reference: The present one.
    """
    before, now = _list_points(origin), _list_points(reference)
    said = [
        "The assignment has been changed since your copy of it was handed out; your answers count "
        "as they are, in the assignment as it is now."
    ]
    for words, names in (
        ("Added since", [name for name in now if name not in before]),
        ("No longer counted", [name for name in before if name not in now]),
        (
            "With other points now",
            [
                f"{name} ({now[name]:g}, before {before[name]:g})"
                for name in now
                if before.get(name, now[name]) != now[name]
            ],
        ),
    ):
        if names:
            said.append(f"{words}: {', '.join(names)}.")
    return " ".join(said)


def _carry(learners: PlainNotebook, origin: Reference, reference: Reference) -> PlainNotebook:
    """Return a submission whose cells are called as in the present release."""
    matching = match_cells(learners.cells, origin)
    carried = (
        _carry_cell(cell, number, matching, origin, reference)
        for number, cell in enumerate(learners.cells)
        if number not in matching.copies
    )
    return replace(learners, cells=tuple(cell for cell in carried if cell is not None))


def _carry_cell(
    cell: PlainCell, number: int, matching: Matching, origin: Reference, reference: Reference
) -> PlainCell | None:
    """Return a cell as the learner's own, or as that of the present release, or None."""
    place = matching.place.get(number)
    if place is None:
        changed = number in matching.edited_tests
        return _own(cell, drop_hidden(cell.source) if changed else cell.source)
    target = origin.cells[place]
    untouched = normalize(cell.source) == target.source
    if target.role in ("given", "prose"):
        # An untouched one is found by its text, or stands beside what the present release has.
        return replace(_own(cell, cell.source), id="" if untouched else target.id, given=untouched)
    where = reference.by_label.get(target.label)
    if where is None or reference.cells[where].role != target.role:
        return None if untouched or target.role == "test" else _own(cell, cell.source)
    present = reference.cells[where]
    takes_over = untouched or target.role == "test"
    return replace(
        cell,
        source=present.node.source if takes_over else cell.source,
        id=present.id,
        label=present.label,
        claims=_read_settings(present),
    )


def _own(cell: PlainCell, source: str) -> PlainCell:
    return replace(cell, source=source, id="", label="", claims={})


def _list_points(release: Reference) -> dict[str, float]:
    """Return the points of each part; a part has the name of its test without the ending."""
    points = {cell.label: _read_settings(cell).get("points") for cell in release.cells}
    return {
        name.removesuffix(_TEST): float(value)
        for name, value in points.items()
        if isinstance(value, int | float)
    }


def _is_same_setting(claimed: Mapping[str, object], cell: ReferenceCell) -> bool:
    about = _read_settings(cell)
    return all(claimed.get(flag) == about.get(flag) for flag in FLAGS)


def _read_settings(cell: ReferenceCell) -> Mapping[str, object]:
    about: Mapping[str, object] = cell.node.metadata.get("nbgrader", {})
    return about
