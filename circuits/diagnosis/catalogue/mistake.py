"""Describe one kind of mistake."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake.

    Attributes:
        slug: Its name in reports.
        cause: What kind of mistake makes a head, product or function do this.
        question: A question, or a pointer to what helps.
    """

    slug: str
    cause: str
    question: str
