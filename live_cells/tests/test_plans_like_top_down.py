"""Whatever was run, edited and broken before: a cell finds what a run from the top gives it."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.planner import Cell, Planner  # noqa: E402

NAMES = "abcd"
CELLS = 6


def draw_code(draw: random.Random) -> str:
    """Return a cell that binds one name to a number or to a function, or fails, or is broken."""
    name = draw.choice(NAMES)
    used = [other for other in draw.sample(NAMES, draw.randrange(3)) if other != name]
    total = " + ".join([str(draw.randrange(100)), *used])
    forms = [f"{name} = {total}", f"def {name}_of(): return {total}", f"{name} = {name}_of()"]
    broken = [f"{name} = {total}\n1 / 0", f"{name} = ("]
    return draw.choice([*forms * 3, *broken])


def run(code: str, namespace: dict[str, Any]) -> bool:
    try:
        exec(code, namespace)
    except (NameError, SyntaxError, ZeroDivisionError):
        return False
    return True


def run_planned(planner: Planner, cells: list[Cell], namespace: dict[str, Any]) -> bool:
    """Run the last cell as the page does; return whether it came to its end."""
    for name in planner.find_gone(cells, [cells[-1].id]):
        namespace.pop(name, None)
    for cell in planner.plan(cells, [cells[-1].id]):
        planner.begin(cell)
        if not run(cell.code, namespace):
            return False
        planner.note(cell)
    return True


def test_a_cell_finds_what_a_run_from_the_top_gives_it() -> None:
    compared = 0
    for seed in range(400):
        draw = random.Random(seed)
        planner, namespace = Planner(), dict[str, Any]()
        cells = [Cell(str(number), draw_code(draw)) for number in range(CELLS)]
        for _ in range(12):
            edited = draw.randrange(CELLS)
            if draw.random() < 0.5:
                cells[edited] = Cell(str(edited), draw_code(draw))
            above = cells[: draw.randrange(CELLS) + 1]
            ended = run_planned(planner, above, namespace)
            afresh: dict[str, Any] = {}
            from_the_top = [run(cell.code, afresh) for cell in above]
            if not all(from_the_top):
                continue  # nothing to compare
            assert ended, above
            bound = above[-1].code.split()[0]
            assert namespace.get(bound) == afresh.get(bound), above
            compared += bound != "def"
    assert compared > 100
