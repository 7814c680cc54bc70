"""Set the look of all figures: colours on white and on dark, sizes, and how one becomes SVG."""

import io
import re
from functools import lru_cache
from itertools import cycle
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.transforms import Bbox
from matplotlib.typing import ColorType

# Points. At a width of 4.8 inches, where most figures stay, a phone still shows them legibly.
TITLE, BODY, SMALL = 11.5, 10.0, 9.0
FONT = "DejaVu Sans"  # Comes with matplotlib, so that every machine has it.

# Inches: the widest figure for a book's page, and for a phone.
PAGE_WIDTH, COLUMN_WIDTH, PHONE_WIDTH = 6.9, 4.8, 3.75

INK, MUTED, RULE, GROUND, MASKED = "#1b1f24", "#505a64", "#d5dbe1", "#ffffff", "#eceff2"
STREAM = "#a3adb7"
# On a cell: as INK and GROUND on a light page, but on a dark one as the cell there needs it.
INK_ON_BRIGHT, INK_ON_DIM, GROUND_ON_DIM = "#1b1f25", "#1b1f26", "#fffffe"
BLUE, ORANGE, GREEN, PURPLE, OLIVE = "#0b5fa5", "#c4500a", "#00785a", "#94428a", "#7a5c00"
# Tell apart without colour too: each series has a marker, a line style and a hatch of its own.
SERIES = (BLUE, ORANGE, GREEN, PURPLE, INK, OLIVE)
MARKERS = ("o", "s", "^", "D", "v", "P")
_LINES = ((), (5, 2), (1.2, 1.6), (6, 2, 1.2, 2), (9, 3), (3, 1.5, 1, 1.5, 1, 1.5))
DASHES: list[tuple[int, tuple[float, ...]]] = [(0, line) for line in _LINES]
HATCHES = ("", "///", "...", "xxx", "---", "\\\\\\")
# Pale grounds for named groups; the name is always written on them.
TINTS = ("#dcebf8", "#fbe6d3", "#dcf1e7", "#f0e2f1", "#f7f0cf", "#e6e9ed")
_DARK_TINTS = ("#1d3247", "#43301f", "#1d3a30", "#3a2a3b", "#3b3619", "#2b3138")

# One drawing serves both: each colour on a light page takes its counterpart on a dark one.
DARK = {
    GROUND: "#14181e",
    INK: "#e3e8ee",
    INK_ON_BRIGHT: "#14181e",
    INK_ON_DIM: "#ffffff",
    GROUND_ON_DIM: "#ffffff",
    MUTED: "#a3adb8",
    RULE: "#39424d",
    MASKED: "#262c34",
    STREAM: "#66717d",
    BLUE: "#6cb2f0",
    ORANGE: "#f2934f",
    GREEN: "#4cc79f",
    PURPLE: "#d593cc",
    OLIVE: "#d8b648",
    **dict(zip(TINTS, _DARK_TINTS, strict=True)),
}

# On light and on dark. Zero is the ground; blue and orange differ for every colour blindness.
_SCALES = (
    ("#8a3600", "#e08a3c", GROUND, "#5aa2da", "#08416f"),
    ("#ffc08a", "#9a541c", DARK[GROUND], "#24588c", "#9ccdf8"),
    (GROUND, "#b9d9f2", "#4a97d2", "#083e6b"),
    (DARK[GROUND], "#1c3f63", "#3f86c4", "#c3e2ff"),
)
_maps = [LinearSegmentedColormap.from_list("circuits", colours) for colours in _SCALES]
DIVERGING, SEQUENTIAL = _maps[:2], _maps[2:]

SETTINGS: dict[Any, Any] = {
    "font.family": [FONT],
    "font.size": SMALL,
    "mathtext.fontset": "dejavusans",
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": BODY,
    "axes.titleweight": "bold",
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 1.0,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    # Letters as outlines look alike in every <img>; a fixed salt gives equal bytes for equal input.
    "svg.fonttype": "path",
    "svg.hashsalt": "circuits",
    "svg.image_inline": True,
    "image.composite_image": False,  # the two forms of a heat map stay apart
}
_MARGIN = 0.08  # Inches around what is drawn.
_SILENT = {"Date": None, "Creator": None, "Format": None, "Type": None}


def svg_of(figure: Figure, box: Bbox) -> str:
    """Return the part of a figure in `box`, in inches, with a margin, as an SVG document.

    Its colours are those for a light page, with a style sheet that changes them on a dark one: as
    an `<img>` it follows the `color-scheme` of the page. Call it in `drawing`.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", facecolor=GROUND, bbox_inches=box.padded(_MARGIN),
                   metadata=_SILENT)  # fmt: skip
    svg = re.sub(r"<!DOCTYPE[^>]*>|<!--.*?-->", "", buffer.getvalue(), flags=re.DOTALL)
    return _add_dark_form(re.sub(r"\s*\n\s*", "\n", svg))


def _add_dark_form(svg: str) -> str:
    """Return the drawing with a style sheet for dark pages, which every second image is for."""
    forms = cycle(('<image class="light" ', '<image class="dark" display="none" '))
    svg = re.sub(r"<image ", lambda _: next(forms), svg)
    rules = [".light{display:none}.dark{display:inline}"] if "<image " in svg else []
    for kind, colour in sorted(set(re.findall(r"(fill|stroke)(?:: |=\")(#[0-9a-f]{6})", svg))):
        places = f'[style*="{kind}: {colour}"],[{kind}="{colour}"]'
        rules.append(f"{places}{{{kind}:{DARK[colour]}!important}}")
    sheet = f"@media screen and (prefers-color-scheme: dark){{{''.join(rules)}}}"
    return svg.replace("</style>", f"{sheet}</style>", 1)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how wide one line of text is, in inches. Call it in `drawing`."""
    if not text.strip():
        return 0.0
    font = FontProperties(family=FONT, weight=weight)
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().width) / 72


def ink_on(colour: ColorType) -> str:
    """Return black or white, whichever reads better on `colour`."""
    return INK if luminance(colour) > 0.22 else GROUND


def luminance(colour: ColorType) -> float:
    """Return how bright a colour is, from 0 to 1, as WCAG 2 defines it."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
