"""Define the error of printing, which is one sentence for a person."""

from __future__ import annotations


class PrintingError(RuntimeError):
    """The book cannot be printed; the message says what is missing and what to do."""
