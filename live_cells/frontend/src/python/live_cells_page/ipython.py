"""Provide ``IPython.display`` in a page: what learners know from notebooks, shown by the page.

``glue`` of MyST-NB is here, too, for cells of books name by it what their text quotes.
Only what a page can show is here; importing anything else says that it is not there.
"""

from __future__ import annotations

import base64
import json
import sys
import uuid
from collections.abc import Mapping
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

from live_cells_page.output import Outlet
from live_cells_page.shown import describe

PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"GIF8": "image/gif"}

NOT_SHOWN = ("Audio", "Video", "Javascript", "FileLink", "FileLinks", "GeoJSON", "ScribdDocument")

outlets: list[Outlet] = []  # the outlet of the cell that runs, or none


class DisplayHandle:
    """What was shown under an id, to be changed later."""

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = uuid.uuid4().hex if display_id is None else display_id

    def __repr__(self) -> str:
        return f"<DisplayHandle display_id={self.display_id}>"

    def display(self, value: object, **options: Any) -> None:
        """Show a value under this id once more."""
        display(value, display_id=self.display_id, **options)

    def update(self, value: object, **options: Any) -> None:
        """Show a value in the place of what stands under this id."""
        update_display(value, display_id=self.display_id, **options)


def display(
    *values: object, raw: bool = False, display_id: str | bool | None = None, **others: object
) -> DisplayHandle | None:
    """Show each value; with ``raw``, each is a bundle of MIME type -> content already.

    With ``display_id``, a name or True for a new one, return what changes them later.
    """
    del others  # what a notebook may ask for besides
    handle = None
    if display_id:
        handle = DisplayHandle(None if display_id is True else display_id)
    for value in values:
        for outlet in outlets:
            known = None if handle is None else handle.display_id
            if raw and isinstance(value, Mapping):
                outlet.show_bundle(value, known)
            else:
                outlet.show(value, known)
    return handle


def update_display(value: object, *, display_id: str, raw: bool = False, **others: object) -> None:
    """Show a value in the place of what stands under an id, in whichever cell."""
    del others
    for outlet in outlets:
        taken = raw and isinstance(value, Mapping)
        outlet.change(value if taken else describe(value), display_id)


def clear_output(wait: bool = False) -> None:
    """Take back what the cell has shown."""
    del wait  # the page shows what comes next soon enough
    for outlet in outlets:
        outlet.clear()


def read_given(kind: str, data: object, filename: str | None) -> Any:
    """Return what is given as it is or in a file; ``TypeError`` where it is neither."""
    if filename is not None:
        return Path(filename).read_text(encoding="utf-8")
    if data is None:
        raise TypeError(f"{kind} needs data or the name of a file.")
    return data


class Text:
    """Text of one kind, given as it is or read from a file."""

    method = ""

    def __init__(self, data: str | None = None, filename: str | None = None) -> None:
        self.data = str(read_given(type(self).__name__, data, filename))
        if self.method:
            setattr(self, self.method, lambda: self.data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.data)} characters>"


class HTML(Text):
    """A piece of a page."""

    method = "_repr_html_"


class Markdown(Text):
    """Text in Markdown."""

    method = "_repr_markdown_"


class SVG(Text):
    """A drawing."""

    method = "_repr_svg_"


class Latex(Text):
    """Text with mathematics between dollar signs."""

    method = "_repr_latex_"


class Math(Latex):
    """One line of mathematics."""

    def __init__(self, data: str) -> None:
        super().__init__(f"$$\\displaystyle {data.strip('$')}$$")


class Image:
    """A PNG, JPEG or GIF, given as bytes or read from a file."""

    def __init__(
        self,
        data: bytes | str | None = None,
        filename: str | None = None,
        alt: str = "",
        url: str | None = None,
        **size: object,
    ) -> None:
        name = data if isinstance(data, str) else filename
        self.alt = alt
        self.size = {name: size[name] for name in ("width", "height") if size.get(name)}
        self.data: bytes | None = None  # of a picture of another host, as in IPython
        if url is not None or is_address(name):
            self.source = str(url or name)  # the page says why it shows none of another host
            return
        given = data if isinstance(data, bytes) else b""
        content = given if name is None else Path(name).read_bytes()
        kinds = [kind for start, kind in PICTURES.items() if content.startswith(start)]
        if not kinds:
            raise ValueError(
                "Image shows a PNG, JPEG or GIF from its bytes or from a file in this page's "
                "Python: give one of these, or display(SVG(text)) for a drawing."
            )
        self.data = content
        self.source = f"data:{kinds[0]};base64,{base64.b64encode(content).decode()}"

    def _repr_html_(self) -> str:
        source = escape(self.source)
        size = "".join(f' {name}="{escape(str(value))}"' for name, value in self.size.items())
        return f'<img src="{source}" alt="{escape(self.alt)}"{size}>'


def is_address(name: object) -> bool:
    """Tell an address on the web from the name of a file."""
    return isinstance(name, str) and name.startswith(("http://", "https://"))


class Pretty(Text):
    """Text as it is."""

    def __repr__(self) -> str:
        return self.data


class Code(Text):
    """Code as it is."""

    method = "_repr_html_"

    def __init__(
        self, data: str | None = None, filename: str | None = None, language: str = ""
    ) -> None:
        del language  # the page gives no colours to what a cell shows
        super().__init__(data, filename)
        shown = f"<pre><code>{escape(self.data)}</code></pre>"
        setattr(self, self.method, lambda: shown)


class JSON:
    """Data, laid out over lines."""

    def __init__(
        self, data: object = None, *, filename: str | None = None, **others: object
    ) -> None:
        del others  # whether it is folded, and under which name
        read = read_given("JSON", data, filename)
        self.data = json.loads(read) if isinstance(read, str) else read

    def __repr__(self) -> str:
        return json.dumps(self.data, indent=2, ensure_ascii=False, default=str)


class IFrame:
    """A page in the page: a link to it, for what a cell shows loads nothing from another host."""

    def __init__(self, src: str, *size: object, **others: object) -> None:
        del size, others
        self.src = src

    def _repr_html_(self) -> str:
        address = escape(self.src)
        return f'<p>Shown on a page of its own: <a href="{address}">{address}</a></p>'


class YouTubeVideo(IFrame):
    """A film: a link to it."""

    def __init__(self, id: str, *size: object, **others: object) -> None:  # noqa: A002 - IPython's
        super().__init__(f"https://www.youtube.com/watch?v={id}", *size, **others)


class VimeoVideo(IFrame):
    """A film: a link to it."""

    def __init__(self, id: str, *size: object, **others: object) -> None:  # noqa: A002 - IPython's
        super().__init__(f"https://vimeo.com/{id}", *size, **others)


class NotShown:
    """What a page plays, runs or opens for nobody: it says so, and the cell goes on."""

    def __init__(self, *given: object, **options: object) -> None:
        del given, options

    def __repr__(self) -> str:
        return f"[{type(self).__name__} is not shown here: open the page as a notebook.]"


def make_display(kind: type) -> Any:
    """Return a function that shows values as one kind: ``display_html`` for ``HTML``."""

    def display_kind(*values: object, raw: bool = False, **options: Any) -> None:
        display(*(kind(value) if raw else value for value in values), **options)

    display_kind.__name__ = f"display_{kind.__name__.lower()}"
    display_kind.__doc__ = f"Show each value; with ``raw``, each is the text of {kind.__name__}."
    return display_kind


def glue(name: str, variable: object, show: bool = True, **options: Any) -> None:
    """Show a value that the book's text quotes by a name: the text stays as it was built."""
    del name
    if options.pop("display", show):
        display(variable)


def set_matplotlib_formats(*formats: object, **options: object) -> None:
    """Take which pictures a notebook would ask matplotlib for; a page has its own."""
    del formats, options


def install() -> None:
    """Make ``IPython.display`` importable, under its older name as well, and MyST-NB's ``glue``."""
    parts: tuple[Any, ...] = (display, update_display, DisplayHandle, clear_output)
    parts += (set_matplotlib_formats,)
    parts += (HTML, Markdown, SVG, Latex, Math, Image, Pretty, Code, JSON, IFrame, YouTubeVideo)
    parts += (VimeoVideo, *(type(name, (NotShown,), {}) for name in NOT_SHOWN))
    parts += tuple(map(make_display, (HTML, Markdown, SVG, Latex, Pretty, JSON)))
    package, module = ModuleType("IPython"), ModuleType("IPython.display")
    core = ModuleType("IPython.core")
    module.__dict__.update({part.__name__: part for part in parts})
    for each in (package, core):
        each.__dict__.update({"__path__": [], "display": module, "get_ipython": lambda: None})
    package.__dict__["core"] = core
    sys.modules |= {"IPython": package, "IPython.display": module}
    sys.modules |= {"IPython.core": core, "IPython.core.display": module}
    book = ModuleType("myst_nb")
    book.__dict__["glue"] = glue
    sys.modules["myst_nb"] = book
