"""List the settings of a book, each with its default and what it does: the one source of them.

The extension registers them from here, and the tables in the README and in the documentation are
written from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple


class Setting(NamedTuple):
    """A setting: its name, its default, what a change of it makes anew, and what it does."""

    name: str
    default: Any
    rebuild: Literal[
        "", "html", "env"
    ]  # as Sphinx has it: nothing, the pages ("html"), or all that was read ("env")
    text: str


SETTINGS = (
    Setting(
        "live_cells_packages",
        [],
        "",
        "packages to have besides those that the cells import: `[pandas, scipy]`",
    ),
    Setting(
        "live_cells_wheels",
        [],
        "",
        "wheels of pure Python of the author's, from the book's root: "
        "`[wheels/mine-1.0-py3-none-any.whl]`; what they need comes along, and one takes the place "
        "of Pyodide's package of the same name",
    ),
    Setting(
        "live_cells_files",
        [],
        "",
        "data and modules of the book's own, with their paths from the book's root, that no cell "
        "names as a whole: `[data/*.csv]`. What a cell names by a string or imports, seen from its "
        "page's folder, comes without being listed",
    ),
    Setting(
        "live_cells_pyodide",
        "",
        "",
        "a folder with Pyodide's files, for builds without a network: what is there is not fetched",
    ),
    Setting(
        "live_cells_cdn",
        "",
        "",
        '`"official"`, or the address of a copy of a release: what Pyodide publishes comes from '
        "there instead of from the book's own site, and the browser checks each file against its "
        "hash. Scripts, and what is the book's own, stay with the book",
    ),
    Setting(
        "live_cells_twins",
        [],
        "",
        "compressed twins of Python's files to write beside them, for a server that sends such: "
        '`["gz", "br"]`; brotli\'s need `pip install "sphinx-live-cells[brotli]"`',
    ),
    Setting(
        "live_cells_python",
        "",
        "",
        "a folder with packs that were made beforehand (`packs.json`), instead of all the above",
    ),
    Setting(
        "live_cells_first",
        ["numpy", "own"],
        "html",
        "packs that Python starts with (`own` are the book's own files); the others come when a "
        "cell first imports them, and the page says how many MB",
    ),
    Setting(
        "live_cells_notebooks",
        {},
        "html",
        "page -> notebook of the site: buttons to download one's answers in it, to bring answers "
        "in, and to open it in JupyterLite if the site has that",
    ),
    Setting("live_cells_lite", "lite", "", "the folder of the site that has JupyterLite"),
    Setting(
        "live_cells_words",
        {},
        "",
        "what a book may want to say otherwise: `download` (the tip of the button, with `{name}`), "
        "`text` (the line below a text answer)",
    ),
    Setting(
        "live_cells_ungraded",
        [],
        "env",
        "pages and folders whose answers are nobody's, such as printed solutions: their cells run, "
        "and set no mark",
    ),
    Setting(
        "live_cells_report",
        "application/vnd.live-cells.report+json",
        "html",
        "the MIME type of a check's report, from which marks are read: JSON with `part`, `status` "
        '(`unattempted`, `right`, anything else is "tried"), `points`, `max_points`',
    ),
    Setting(
        "live_cells_test_suffix",
        "-test",
        "env",
        "what turns a part's `grade_id` into its check's",
    ),
    Setting(
        "live_cells_launchers",
        {},
        "html",
        "name -> address with `{notebook}`, for links to services that open a public repository",
    ),
    Setting(
        "live_cells_policy",
        False,
        "html",
        "give every page the policy below, under which it loads nothing from another host, and "
        "move the theme's inline scripts into files for it. MathJax then has to come from the "
        "book's own site, and videos and pictures of other hosts do not show",
    ),
)


def write_table() -> str:
    """Return the settings as a table in Markdown."""
    return "\n".join(["| Setting | What it does |", "|---|---|", *_write_rows()])


def _write_rows() -> Iterator[str]:
    for name, default, _, text in SETTINGS:
        shown = f" (`{default!r}`)".replace("'", '"') if default else ""
        yield f"| `{name}` | {text}{shown} |"
