"""Draw heads at work: what moves from which token to which, and a whole transformer's layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.axes import Axes

from .drawing import style
from .drawing.inputs import as_index, as_labels, as_token_names
from .drawing.layout import COVER, STRONG, Words, arrow, box_in, drawing, takes_words, write
from .drawing.picture import Picture
from .drawing.style import text_width
from .drawing.words import count, join, plain, point_at

_ROW = 0.62  # Inches of a row of heads.

_LAYERS = ("attention", "MLP", "attention", "MLP")  # Of a transformer, from the bottom up.
_HEIGHTS = {"attention": 0.84, "MLP": 0.62}
_DOES = {
    "attention": "an attention layer takes something from the streams of earlier tokens and adds "
    "it to the streams of later ones",
    "MLP": "an MLP layer reads each stream by itself and adds what it computes to the same stream",
}
_BOX, _ENDS, _PLUS = 0.25, 0.75, 0.075


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


@takes_words
def plot_circuit(
    tokens: Sequence[object],
    moves: Sequence[Move],
    *,
    outputs: Mapping[int, str] | None = None,
    **words: Unpack[Words],
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
    with drawing("plot_circuit", words) as figure:
        names = as_token_names(tokens)
        for move in moves:
            as_index(move.source, len(names), f"source of {move.label!r}")
            as_index(move.target, len(names), f"target of {move.label!r}")
            if as_index(move.layer, 100, f"layer of {move.label!r}") < 1:
                raise ValueError(f"layer of {move.label!r} is 0; the first layer is 1.")
        tops = {as_index(i, len(names), "outputs"): str(t) for i, t in (outputs or {}).items()}
        rows = _arrange_moves(moves)
        longest = max(text_width(token, style.BODY) for token in names)
        step = max(min(1.0, 4.1 / len(names)), longest + 0.08, 0.36)
        left = (text_width("layer 1") + 0.2) * bool(rows) + step / 2
        ceiling = 0.3 if tops else 0.05
        floor = ceiling + 0.3 + len(rows) * _ROW
        streams = [left + i * step for i in range(len(names))]
        axes = figure.add_sheet(streams[-1] + step / 2, floor + 0.45)
        for i, (x, token) in enumerate(zip(streams, names, strict=True)):
            arrow(axes, (x, floor), (x, ceiling), style.STREAM, lw=2.0, zorder=1)
            write(axes, x, floor + 0.14, token, **STRONG, parse_math=False)
            write(axes, x, floor + 0.34, str(i), color=style.MUTED)
            write(axes, x, 0.12, tops.get(i, ""), **STRONG, color=style.GREEN)
        for i, row in enumerate(rows):
            for move in row:
                _draw_move(axes, streams, floor - (i + 0.6) * _ROW, move)
            if i == 0 or rows[i - 1][0].layer != row[0].layer:
                _name_layer(axes, floor - i * _ROW - 0.04, _ROW, f"layer {row[0].layer}")
        return figure.finish(_describe_moves(names, moves, tops))


def _arrange_moves(moves: Sequence[Move]) -> list[list[Move]]:
    """Return moves in rows from the bottom up: of one layer each, and none crosses another."""
    rows: list[list[Move]] = []
    for move in sorted(moves, key=lambda move: move.layer):
        for row in rows:
            if row[0].layer == move.layer and all(_apart(move, other) for other in row):
                row.append(move)
                break
        else:
            rows.append([move])
    return rows


def _apart(one: Move, other: Move) -> bool:
    lows, highs = zip(*(sorted((m.source, m.target)) for m in (one, other)), strict=True)
    return bool(max(lows) > min(highs))


def _name_layer(axes: Axes, edge: float, height: float, name: str) -> None:
    """Draw the lower edge of a layer across the figure, and write its name above it."""
    axes.axhline(edge, color=style.RULE, linewidth=1.0, zorder=0)
    write(axes, 0, edge - height / 2, name, ha="left", color=style.MUTED)


def _draw_move(axes: Axes, streams: list[float], level: float, move: Move) -> None:
    colour = style.SERIES[(move.layer - 1) % len(style.SERIES)]
    start, end = streams[move.source], streams[move.target]
    low = level if start != end else level + 0.34
    axes.plot(start, low, "o", color=colour, markersize=6.5, zorder=5)
    # An annotation is a text and an arrow; here the arrow's head is at the text, the head's box.
    axes.annotate(
        move.label, (start, low), (end, level), ha="center", va="center", weight="bold",
        color=colour, bbox=box_in(colour), zorder=5,
        arrowprops={"arrowstyle": "<|-", "mutation_scale": 12, "color": colour, "lw": 1.8,
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    if move.text:
        reach = text_width(move.text) / 2
        half = text_width(move.label, weight="bold") / 2 + 0.07
        middle = end if start == end else (start + end + (half if start > end else -half)) / 2
        # A long text stays inside the figure rather than centred.
        middle = max(min(middle, axes.get_xlim()[1] - reach), reach)
        write(axes, middle, level - (0.2 if start != end else 0.25), move.text, bbox=COVER)


def _describe_moves(tokens: list[str], moves: Sequence[Move], tops: Mapping[int, str]) -> list[str]:
    listed = ", ".join(f"{i} {token}" for i, token in enumerate(tokens))
    words = [f"Circuit over {count(len(tokens), 'token')}: {listed}."]
    for move in sorted(moves, key=lambda m: m.layer):
        source, target = (point_at(i, tokens) for i in (move.source, move.target))
        what = plain(move.text) or "information"
        words.append(
            f"Layer {move.layer}: {plain(move.label)} at {target} takes {what} from {source}."
        )
    if tops:
        ends = [f"{plain(text)} at {point_at(i, tokens)}" for i, text in sorted(tops.items())]
        words.append(f"At the top: {', '.join(ends)}.")
    return words


@takes_words
def plot_transformer(
    tokens: Sequence[object], guesses: Sequence[object], **words: Unpack[Words]
) -> Picture:
    """Draw tokens at the bottom, guesses at the top, and between them what each layer adds.

    Args:
        tokens: one label for each position.
        guesses: the next token that the model expects, one for each position.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the arguments where None.

    Returns:
        A Picture. A plus sign stands where something is added to a stream.

    Raises:
        ValueError: there are no tokens, or not one guess for each.

    Example:
        >>> plot_transformer(["a", "b"], ["b", "a"])  # doctest: +ELLIPSIS
        Transformer over 2 tokens, from the bottom up. Each of the tokens a and b is embedded ...
    """
    with drawing("plot_transformer", words) as figure:
        names = as_token_names(tokens)
        tops = as_labels(guesses, len(names), "guesses") or []
        wide = text_width("unembed") + 0.28
        longest = max(text_width(label, style.BODY, "bold") for label in [*names, *tops])
        left = text_width("attention") + 0.09 + wide / 2
        level = floor = _ENDS + sum(_HEIGHTS[kind] for kind in _LAYERS) + 0.1
        streams = [left + i * max(wide, 0.95, longest) for i in range(len(names))]
        axes = figure.add_sheet(streams[-1] + 0.62, floor + _BOX + 0.3)
        for x, token, guess in zip(streams, names, tops, strict=True):
            top = _ENDS - _BOX / 2
            arrow(axes, (x, floor), (x, top), style.STREAM, lw=2.0, zorder=1)
            write(axes, x, floor + _BOX / 2, "embed", bbox=box_in(style.MUTED))
            write(axes, x, top - _BOX / 2, "unembed", bbox=box_in(style.MUTED))
            write(axes, x, floor + _BOX + 0.16, token, **STRONG, parse_math=False)
            write(axes, x, 0.1, guess, **STRONG, color=style.GREEN, parse_math=False)
        for kind in _LAYERS:
            _name_layer(axes, level, _HEIGHTS[kind], kind)
            (_draw_attention if kind == "attention" else _draw_mlp)(axes, streams, level)
            level -= _HEIGHTS[kind]
        ends = join([f"{guess} after {token}" for token, guess in zip(names, tops, strict=True)])
        said = [
            f"Transformer over {count(len(names), 'token')}, from the bottom up.",
            f"Each of the tokens {join(names)} is embedded as the start of its residual stream.",
            *(f"Layer {n}: {_DOES[kind]}." for n, kind in enumerate(_LAYERS, 1)),
            f"At the top each stream is unembedded to a guess of the next token: {ends}.",
        ]
        return figure.finish(said)


def _draw_attention(axes: Axes, streams: list[float], level: float) -> None:
    low, high = level - 0.14, level - _HEIGHTS["attention"] + 0.18
    for i, target in enumerate(streams):
        for source in streams[:i]:
            # The arrow ends at the rim of the plus sign that it points to, in points.
            arrow(axes, (source, low), (target, high), style.BLUE, lw=1.3, mutation_scale=9,
                  shrinkB=72 * _PLUS)  # fmt: skip
        if i:
            _draw_plus(axes, target, high, style.BLUE)


def _draw_mlp(axes: Axes, streams: list[float], level: float) -> None:
    low, high = level - 0.1, level - _HEIGHTS["MLP"] + 0.16
    colour = style.ORANGE
    for stream in streams:
        beside = stream + 0.36
        axes.plot([stream, beside, beside], [low, low, high], color=colour, lw=1.3, zorder=3)
        arrow(axes, (beside, high), (stream + _PLUS, high), colour, lw=1.3, mutation_scale=9)
        write(axes, beside, (low + high) / 2, "MLP", weight="bold", color=colour,
              bbox=box_in(colour))  # fmt: skip
        _draw_plus(axes, stream, high, colour)


def _draw_plus(axes: Axes, x: float, y: float, colour: str) -> None:
    size = 2 * 72 * _PLUS  # Points.
    axes.plot(x, y, "o", color=colour, markerfacecolor=style.GROUND, markersize=size, zorder=6)
    axes.plot(x, y, "+", color=colour, markeredgewidth=1.4, markersize=0.6 * size, zorder=7)
