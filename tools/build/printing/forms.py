"""Fill in the forms of the printed book, in which all that is not marked as HTML is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LICENCES = "Text and figures: CC BY 4.0. Code: MIT licence."

_FORMS = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_FORMS.globals["licences"] = LICENCES


def fill_in(form: str, **about: object) -> str:
    """Return what a form beside this module says about something."""
    return _FORMS.get_template(f"{form}.jinja").render(**about)
