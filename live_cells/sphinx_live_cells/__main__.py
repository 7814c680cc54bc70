"""Complete a site after more came to it: ``python -m sphinx_live_cells SITE --python FOLDER``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sphinx_live_cells.pyodide import PyodideError, count
from sphinx_live_cells.site import FOLDER, complete_site


def main(arguments: Sequence[str]) -> int:
    """Complete the site and say what its pages can do now; return the exit status."""
    parser = argparse.ArgumentParser(prog="sphinx_live_cells", description="Complete a built site.")
    parser.add_argument("site", type=Path)
    parser.add_argument("--python", type=Path, required=True)
    options = parser.parse_args(arguments)
    if not (options.site / FOLDER / "book.json").is_file():
        print(
            f"{options.site} was built without the front end, so its cells stay static: "
            "build the front end, then the book again.",
            file=sys.stderr,
        )
        return 0
    try:
        info = complete_site(options.site, options.python)
    except PyodideError as error:
        print(error, file=sys.stderr)
        return 1
    notebooks = sum(page["notebook"] is not None for page in info["pages"].values())
    found = info["python"]
    python = f"Python {found['language']} (Pyodide {found['version']})"
    lite = "JupyterLite" if info["lite"] else "no JupyterLite"
    print(f"The pages run with {python}, {count(notebooks, 'notebook')} to download, {lite}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
