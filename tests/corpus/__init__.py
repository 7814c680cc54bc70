"""Hostile and broken submissions, one table for the tests and for ``make attack-report``."""

from __future__ import annotations

from tests.corpus import (
    browser,
    channel,
    elsewhere,
    files,
    in_process,
    lasting,
    malformed,
    oddities,
    others,
    resources,
    tampered,
)
from tests.corpus.case import Case

__all__ = ["CASES", "KINDS"]

CASES: tuple[Case, ...] = tuple(
    case
    for module in (
        in_process, channel, files, others, lasting, resources, browser, malformed,
        tampered, oddities, elsewhere,
    )
    for case in module.CASES
)  # fmt: skip
"""All cases, by kind."""

KINDS = tuple(dict.fromkeys(case.kind for case in CASES))
"""The kinds, in order."""
