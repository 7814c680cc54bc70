"""Match the cells of a submission with those of the notebook that the class received.

A label (``grade_id``) settles it where there is one. Programs that strip labels leave ids, texts,
the names that a cell defines and the order: these are tried in turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from grader.intake.decode import PlainCell
from grader.intake.reference import Reference, drop_hidden, find_names, normalize


@dataclass
class Matching:
    """The places of a submission's cells in the reference.

    Attributes:
        place: By the cell's number in the submission: its place in the reference.
        copies: Cells that say nothing new: untouched copies of stubs and tests.
        edited_tests: Cells that were a test and hold something else now, with the test's place.
        doubtful: Places where a person should look whether the right cell was taken.
        elsewhere: Texts that were left empty, while the learner wrote something beside them.
        guessed: Places that were found without a label.
    """

    place: dict[int, int] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)
    edited_tests: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)
    guessed: set[int] = field(default_factory=set)

    def taken(self) -> set[int]:
        """Return the places that some cell has."""
        return set(self.place.values())

    def count_recognised(self, reference: Reference) -> int:
        """Return how many graded cells were found. A text found by its place alone is no sign."""
        return sum(
            bool(reference.cells[place].label)
            and not (reference.cells[place].role == "text" and place in self.guessed)
            for place in self.taken() | set(self.edited_tests.values())
        )


def match_cells(
    cells: Sequence[PlainCell], reference: Reference, added: Collection[str] = ()
) -> Matching:
    """Say which cell is which.

    Args:
        cells: The submission's.
        reference: The notebook that the class received.
        added: Graded cells that were not yet in it when the learner received it: no text that
            stands where one of these belongs is taken for it.
    """
    return _Matcher(cells, reference, added).match()


class _Matcher:
    def __init__(
        self, cells: Sequence[PlainCell], reference: Reference, added: Collection[str]
    ) -> None:
        self.cells, self.reference, self.added = cells, reference, added
        self.sources = [normalize(cell.source) for cell in cells]
        self.names = [
            find_names(cell.source) if cell.kind == "code" else frozenset[str]() for cell in cells
        ]
        self.found = Matching()
        self.claims: dict[int, list[int]] = defaultdict(list)

    def match(self) -> Matching:
        self._collect_claims()
        roles = self.reference.cells
        for place, cell in enumerate(roles):
            if cell.role in ("given", "prose") and self.claims[place]:
                self.found.place[self.claims[place][0]] = place
        for role, match in (
            ("test", self._match_test),
            ("answer", self._match_answer),
            ("text", self._match_text),
        ):
            for place, cell in enumerate(roles):
                if cell.role == role:
                    match(place)
        return self.found

    def _collect_claims(self) -> None:
        """Note for each place who says to be there, by label, then id, then text."""
        ref = self.reference
        for number, cell in enumerate(self.cells):
            place = ref.by_label.get(cell.label)
            if place is None:
                place = ref.by_id.get(cell.id)
                same = ref.by_source.get(self.sources[number])
                if place is None or (same is not None and not ref.cells[place].label):
                    place = same if same is not None else place
                if place is not None and ref.cells[place].label:
                    self.found.guessed.add(place)
            if place is not None:
                self.claims[place].append(number)

    def _free(self, number: int) -> bool:
        found = self.found
        return not (number in found.place or number in found.copies or number in found.edited_tests)

    def _match_test(self, place: int) -> None:
        wanted = self.reference.cells[place].source
        for number in self.claims[place]:
            found = normalize(drop_hidden(self.cells[number].source))
            if found and found != wanted:
                self.found.edited_tests[number] = place
            else:
                self.found.copies[number] = place
        same = [number for number in self.claims[place] if number in self.found.copies]
        if same:  # the last one stays: the answer stands before it
            del self.found.copies[same[-1]]
            self.found.place[same[-1]] = place

    def _match_answer(self, place: int) -> None:
        target = self.reference.cells[place]
        claimed = [number for number in self.claims[place] if self._free(number)]
        others = {number for numbers in self.claims.values() for number in numbers}
        candidates = claimed + [
            number
            for number, cell in enumerate(self.cells)
            if cell.kind == "code"
            and number not in others
            and self._free(number)
            and self.names[number] & target.names
        ]
        if not candidates:
            return

        def rank(number: int) -> tuple[bool, bool, int, bool, int]:
            own = len(self.names[number] & target.names)
            claims = number in claimed
            edited = self.sources[number] != target.source
            return (claims and own > 0, edited, own, claims, number)

        best = max(candidates, key=rank)
        if best in claimed:  # of equal copies the first, before cells that build on it
            best = next(number for number in claimed if self.sources[number] == self.sources[best])
        self._settle(place, best, claimed)

    def _match_text(self, place: int) -> None:
        target = self.reference.cells[place]
        claimed = [number for number in self.claims[place] if self._free(number)]
        if not claimed and target.label in self.added:
            return
        if not claimed:
            claimed = [n for n in self._between(place) if self.sources[n] == target.source][:1]
        if not claimed:
            claimed = self._between(place)
            self.found.guessed.add(place)
        written = [n for n in claimed if self.sources[n] not in ("", target.source)]
        if len(written) > 1:
            self.found.doubtful.add(place)
        if claimed:
            best = max(claimed, key=lambda n: (n in written, len(self.sources[n]), n))
            self._settle(place, best, claimed)
            if not written and (self._between(place) or self._wrote_above(place)):
                self.found.elsewhere.add(place)

    def _wrote_above(self, place: int) -> bool:
        """Say whether the question's own cell was written in."""
        return any(
            where == place - 1 and self.sources[number] != self.reference.cells[where].source
            for number, where in self.found.place.items()
            if self.reference.cells[where].role == "prose"
        )

    def _settle(self, place: int, best: int, claimed: Sequence[int]) -> None:
        self.found.place[best] = place
        if best not in claimed:
            self.found.guessed.add(place)
        for number in claimed:
            # A stub below an answer would take the answer back.
            untouched = self.sources[number] == self.reference.cells[place].source
            if number != best and (untouched or self.sources[number] == self.sources[best]):
                self.found.copies[number] = place

    def _between(self, place: int) -> list[int]:
        """Return the learner's own texts between the cells that surround a place."""
        spots = {where: number for number, where in self.found.place.items()}
        before = [spots[p] for p in range(place) if p in spots]
        after = [spots[p] for p in range(place + 1, len(self.reference.cells)) if p in spots]
        start = max(before, default=-1)
        stop = min((n for n in after if n > start), default=len(self.cells))
        return [
            number
            for number in range(start + 1, stop)
            if self.cells[number].kind != "code"
            and self._free(number)
            and self.sources[number]
            and self.sources[number] not in self.reference.by_source
            and self.cells[number].label not in self.reference.by_label
        ]
