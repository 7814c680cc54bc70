"""Draw a circuit of heads: what moves from which token to which, layer upon layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from . import style
from .inputs import as_index, as_tokens
from .layout import Panel, lay_out
from .marks import GROUND, arrow, frame, write
from .picture import Picture
from .words import plain, sentence

_ROW, _FOOT = 0.62, 0.5


@dataclass(frozen=True)
class Move:
    """A head at work: it moves something from one token's stream to another's.

    Fields:
        label: the head, as written in its box at the target.
        source: the position it attends to.
        target: the position it writes at; the query's own.
        text: what it moves, written above the arrow; `$math$` is typeset.
        layer: 1 for the first layer, and so on upwards.
    """

    label: str
    source: int
    target: int
    text: str = ""
    layer: int = 1


def plot_circuit(
    tokens: Sequence[object],
    moves: Sequence[Move],
    *,
    outputs: Mapping[int, str] | None = None,
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw tokens along the bottom, their residual streams upwards, and the moves between them.

    Args:
        tokens: one label for each position.
        moves: the heads at work, any number in each layer.
        outputs: what stands above a stream in the end, by position.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the moves where None.

    Returns:
        A Picture. Time runs upwards; an arrow runs from the position attended to, to the head.

    Raises:
        ValueError: a position is not one of the tokens, or a layer is not 1 or more.

    Example:
        >>> move = Move("head 1", 0, 1, "content")
        >>> plot_circuit(["a", "b"], [move], outputs={1: "a"})  # doctest: +ELLIPSIS
        Circuit over 2 tokens: 0 a, 1 b. Layer 1: head 1 at 1 (b) takes content from 0 (a). ...
    """
    where = "plot_circuit"
    names = as_tokens(tokens, where)
    for move in moves:
        as_index(move.source, len(names), f"{where}: source of {move.label!r}")
        as_index(move.target, len(names), f"{where}: target of {move.label!r}")
        if as_index(move.layer, 100, f"{where}: layer of {move.label!r}") < 1:
            raise ValueError(f"{where}: layer of {move.label!r} is 0; the first layer is 1.")
    tops = {
        as_index(i, len(names), f"{where}: outputs"): str(t) for i, t in (outputs or {}).items()
    }
    with style.house_style():
        panel = _panel(names, moves, tops)
        words = alt or " ".join([sentence(title), _describe(names, moves, tops)]).strip()
        return lay_out([panel], words, caption, title)


def _rows(moves: Sequence[Move]) -> list[tuple[int, list[Move]]]:
    """Return (layer, moves) from the bottom up; moves whose arrows would cross share no row."""
    rows: list[tuple[int, list[Move]]] = []
    for layer in sorted({move.layer for move in moves}):
        first = len(rows)
        for move in (m for m in moves if m.layer == layer):
            for _, row in rows[first:]:
                if all(_apart(move, other) for other in row):
                    row.append(move)
                    break
            else:
                rows.append((layer, [move]))
    return rows


def _apart(one: Move, other: Move) -> bool:
    lows, highs = zip(*(sorted((m.source, m.target)) for m in (one, other)), strict=True)
    return bool(max(lows) > min(highs))


def _panel(tokens: list[str], moves: Sequence[Move], tops: Mapping[int, str]) -> Panel:
    rows = _rows(moves)
    longest = max(style.text_width(token, style.BODY) for token in tokens)
    step = max(min(1.0, 4.1 / len(tokens)), longest + 0.08, 0.36)
    left = style.text_width("layer 1", style.SMALL) + 0.2 + step / 2 if rows else step / 2
    ceiling = 0.3 if tops else 0.05
    floor = ceiling + 0.3 + len(rows) * _ROW
    width = left + (len(tokens) - 0.5) * step
    streams = [left + i * step for i in range(len(tokens))]

    def draw(axes: Axes) -> None:
        for i, (x, token) in enumerate(zip(streams, tokens, strict=True)):
            arrow(axes, (x, floor), (x, ceiling), style.STREAM, lw=2.0, zorder=1)
            write(axes, x, floor + 0.14, token, weight="bold", parse_math=False)
            write(axes, x, floor + 0.34, str(i), fontsize=style.SMALL, color=style.MUTED)
            write(axes, x, 0.12, tops.get(i, ""), weight="bold", color=style.GREEN)
        for i, (layer, row) in enumerate(rows):
            for move in row:
                _draw_move(axes, streams, floor - (i + 0.6) * _ROW, move)
            if i == 0 or rows[i - 1][0] != layer:
                edge = floor - i * _ROW - 0.04
                axes.hlines(edge, 0, width, colors=style.RULE, linewidth=1.0, zorder=0)
                write(axes, 0, edge - _ROW / 2, f"layer {layer}", ha="left",
                      fontsize=style.SMALL, color=style.MUTED)  # fmt: skip

    return Panel(width, floor + _FOOT - 0.05, draw)


def _draw_move(axes: Axes, streams: list[float], level: float, move: Move) -> None:
    colour = style.SERIES[(move.layer - 1) % len(style.SERIES)]
    start, end = streams[move.source], streams[move.target]
    low = level if start != end else level + 0.34
    axes.plot(start, low, "o", color=colour, markersize=6.5, zorder=5)
    # An annotation is a text and an arrow; here the arrow's head is at the text, the head's box.
    axes.annotate(
        move.label, (start, low), (end, level), ha="center", va="center",
        fontsize=style.SMALL, weight="bold", color=colour, bbox=frame(colour), zorder=5,
        arrowprops={"arrowstyle": "<|-", "mutation_scale": 12, "color": colour, "lw": 1.8,
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    if move.text:
        reach = style.text_width(move.text, style.SMALL) / 2
        half = style.text_width(move.label, style.SMALL, "bold") / 2 + 0.07
        edge = end - half if start < end else end + half
        middle = (start + edge) / 2 if start != end else end
        # A long text stays inside the figure rather than centred.
        width = streams[-1] + (streams[1] - streams[0] if len(streams) > 1 else 0.0) / 2
        middle = max(min(middle, width - reach), reach)
        above = level - (0.2 if start != end else 0.25)
        write(axes, middle, above, move.text, fontsize=style.SMALL, bbox=GROUND)


def _describe(tokens: list[str], moves: Sequence[Move], tops: Mapping[int, str]) -> str:
    listed = ", ".join(f"{i} {token}" for i, token in enumerate(tokens))
    words = [f"Circuit over {len(tokens)} token{'s' * (len(tokens) != 1)}: {listed}."]
    for move in sorted(moves, key=lambda m: m.layer):
        what = plain(move.text) or "information"
        source, target = (f"{i} ({tokens[i]})" for i in (move.source, move.target))
        words.append(
            f"Layer {move.layer}: {plain(move.label)} at {target} takes {what} from {source}."
        )
    if tops:
        ends = [f"{plain(text)} at {i} ({tokens[i]})" for i, text in sorted(tops.items())]
        words.append(f"At the top: {', '.join(ends)}.")
    return " ".join(words)
