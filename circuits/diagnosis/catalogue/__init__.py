"""List all mistakes that have a name: what makes a head do it, and a question that helps.

The words never contain the answer. They say what kind of mistake was made, and where to
look next; the part's own sentence says what the head did, with a number and a place.
"""

from __future__ import annotations

from circuits.diagnosis.catalogue import (
    attention,
    form,
    functions,
    models,
    rotary,
    trained,
    values,
)
from circuits.diagnosis.catalogue.mistake import Mistake

__all__ = ["MISTAKES", "Mistake"]

MISTAKES: dict[str, Mistake] = {
    mistake.slug: mistake
    for kind in (form, attention, values, functions, models, rotary, trained)
    for mistake in kind.MISTAKES
}
"""All mistakes by slug, the most basic first."""
