"""Make the built site's book as one file, and link it from the pages.

python -m tools.build.printing pdf
python -m tools.build.printing epub --solutions no
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import yaml

from tools.build.last_success import remember
from tools.build.printing.chapters import read_book
from tools.build.printing.epub import write_epub
from tools.build.printing.errors import PrintingError
from tools.build.printing.imprint import Imprint
from tools.build.printing.offer import KINDS, offer, place_of
from tools.build.printing.paper import put_on_paper
from tools.build.printing.pdf import embed, write_pdf
from tools.build.site import ROOT, find_printed, fingerprint_print, name_print, place_of_site
from tools.build.stopping import GOES_ON, run_until_stopped

SUBTITLE = "Build attention heads by hand"
FRONTISPIECE = Path("explorables", "still", "stepper-start.svg")
COVER = Path("_static", "card.png")
DISTRIBUTION = "transformer-circuit-exercises"


def print_book(kind: str, site: Path, toc: Path, to: Path) -> list[str]:
    """Write the book of a built site as one file.

    Args:
        kind: ``pdf`` or ``epub``.
        site: Folder of the built site.
        toc: The table of contents that it was built from.
        to: The file to write.

    Returns:
        What is wrong with it, in the words of whoever set it.

    Raises:
        PrintingError: If something is missing.
    """
    chapters = read_book(site, toc)
    address = next((c.address for c in chapters if c.address), "")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    imprint = Imprint(
        title=config["title"],
        subtitle=SUBTITLE,
        authors=config["author"],
        version=version(DISTRIBUTION),
        address=address.removesuffix(f"{chapters[0].name}.html"),
    )
    put_on_paper(chapters)
    if kind == "epub":
        cover = site / COVER
        write_epub(chapters, site, imprint, to, cover if cover.is_file() else None)
        return []
    picture = site / FRONTISPIECE
    front = embed(picture.resolve(), site) if picture.is_file() else ""
    return write_pdf(chapters, site, imprint, to, front)


def main(arguments: Sequence[str]) -> int:
    """Print the book unless it is printed already; return the exit status."""
    parser = argparse.ArgumentParser(description="Make the book of the built site as one file.")
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--solutions", choices=["yes", "no"], default="yes")
    options = parser.parse_args(arguments)
    with_solutions = options.solutions == "yes"
    site, name = place_of_site(with_solutions), KINDS[options.kind]
    to = place_of(site, options.kind)
    if options.kind in find_printed(with_solutions) and to.is_file():
        print(f"The {name}: nothing changed ({to}).")
        return 0
    before = fingerprint_print(with_solutions)
    print(f"The {name}: setting it takes a minute or two.", flush=True)
    toc = ROOT / ("_toc.yml" if with_solutions else "_toc.without-solutions.yml")
    try:
        complaints = print_book(options.kind, site, toc, to)
    except PrintingError as error:
        print(error, file=sys.stderr)
        return 1
    if complaints:
        to.unlink(missing_ok=True)
        print("\n".join(sorted(set(complaints))), file=sys.stderr)
        print(f"The {name} is not made, for the reasons above.", file=sys.stderr)
        return 1
    remember(name_print(options.kind, with_solutions), before)
    offer(site, find_printed(with_solutions))
    print(f"The {name} is {to}: {to.stat().st_size / 1e6:.1f} MB. The site's pages link to it.")
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:]), GOES_ON))
