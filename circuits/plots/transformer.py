"""Draw a whole transformer: residual streams that run upwards, and layers that read and add."""

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes

from . import style
from .inputs import as_labels, as_tokens
from .layout import Panel, lay_out
from .marks import arrow, frame, write
from .picture import Picture
from .words import join, sentence

Kind = Literal["attention", "MLP"]
_HEIGHTS: dict[Kind, float] = {"attention": 0.84, "MLP": 0.62}
_COLOURS: dict[Kind, str] = {"attention": style.BLUE, "MLP": style.ORANGE}
_DOES: dict[Kind, str] = {
    "attention": "an attention layer takes something from the streams of earlier tokens and adds "
    "it to the streams of later ones",
    "MLP": "an MLP layer reads each stream by itself and adds what it computes to the same stream",
}
_BOX, _ENDS, _PLUS = 0.25, 0.75, 0.075


def plot_transformer(
    tokens: Sequence[object],
    guesses: Sequence[object],
    *,
    layers: Sequence[Kind] = ("attention", "MLP", "attention", "MLP"),
    title: str = "",
    caption: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw tokens at the bottom, guesses at the top, and between them what each layer adds.

    Args:
        tokens: one label for each position.
        guesses: the next token that the model expects, one for each position.
        layers: "attention" or "MLP", from the bottom up.
        title: a line above; `$math$` is typeset.
        caption: a line below.
        alt: the figure in words; composed from the arguments where None.

    Returns:
        A Picture. A plus sign stands where something is added to a stream.

    Raises:
        ValueError: there are no tokens, not one guess for each, or a layer is neither kind.

    Example:
        >>> plot_transformer(["a", "b"], ["b", "a"], layers=["MLP"])  # doctest: +ELLIPSIS
        Transformer over 2 tokens, from the bottom up. Each of the tokens a and b is embedded ...
    """
    where = "plot_transformer"
    names = as_tokens(tokens, where)
    tops = as_labels(guesses, len(names), f"{where}: guesses") or []
    for kind in layers:
        if kind not in _HEIGHTS:
            raise ValueError(f"{where}: a layer is {kind!r}; it must be 'attention' or 'MLP'.")
    with style.house_style():
        panel = _panel(names, tops, layers)
        words = alt or " ".join([sentence(title), _describe(names, tops, layers)]).strip()
        return lay_out([panel], words, caption, title)


def _panel(tokens: list[str], guesses: list[str], layers: Sequence[Kind]) -> Panel:
    wide = style.text_width("unembed", style.SMALL) + 0.28
    labels = [*tokens, *guesses]
    step = max(wide, 0.95, *(style.text_width(t, style.BODY, "bold") for t in labels))
    left = style.text_width("attention", style.SMALL) + 0.09 + wide / 2
    floor = _ENDS + sum(_HEIGHTS[kind] for kind in layers) + 0.1
    streams = [left + i * step for i in range(len(tokens))]
    width = streams[-1] + 0.62

    def draw(axes: Axes) -> None:
        for x, token, guess in zip(streams, tokens, guesses, strict=True):
            top = _ENDS - _BOX / 2
            arrow(axes, (x, floor), (x, top), style.STREAM, lw=2.0, zorder=1)
            for word, y in (("embed", floor + _BOX / 2), ("unembed", top - _BOX / 2)):
                write(axes, x, y, word, fontsize=style.SMALL, bbox=frame(style.MUTED))
            write(axes, x, floor + _BOX + 0.16, token, weight="bold", parse_math=False)
            write(axes, x, 0.1, guess, weight="bold", color=style.GREEN, parse_math=False)
        level = floor
        for kind in layers:
            axes.hlines(level, 0, width, colors=style.RULE, linewidth=1.0, zorder=0)
            write(axes, 0, level - _HEIGHTS[kind] / 2, kind, ha="left", fontsize=style.SMALL,
                  color=style.MUTED)  # fmt: skip
            (_draw_attention if kind == "attention" else _draw_mlp)(axes, streams, level)
            level -= _HEIGHTS[kind]

    return Panel(width, floor + _BOX + 0.3, draw)


def _draw_attention(axes: Axes, streams: list[float], level: float) -> None:
    low, high = level - 0.14, level - _HEIGHTS["attention"] + 0.18
    colour = _COLOURS["attention"]
    for i, target in enumerate(streams):
        for source in streams[:i]:
            # The arrow ends at the rim of the plus sign that it points to, in points.
            rim = 72 * _PLUS
            arrow(axes, (source, low), (target, high), colour, lw=1.3, mutation_scale=9,
                  shrinkB=rim)  # fmt: skip
        if i:
            _draw_plus(axes, target, high, colour)


def _draw_mlp(axes: Axes, streams: list[float], level: float) -> None:
    low, high = level - 0.1, level - _HEIGHTS["MLP"] + 0.16
    colour = _COLOURS["MLP"]
    for stream in streams:
        beside = stream + 0.36
        axes.plot([stream, beside, beside], [low, low, high], color=colour, lw=1.3, zorder=3)
        arrow(axes, (beside, high), (stream + _PLUS, high), colour, lw=1.3, mutation_scale=9)
        write(axes, beside, (low + high) / 2, "MLP", fontsize=style.SMALL, weight="bold",
              color=colour, bbox=frame(colour))  # fmt: skip
        _draw_plus(axes, stream, high, colour)


def _draw_plus(axes: Axes, x: float, y: float, colour: str) -> None:
    size = 2 * 72 * _PLUS  # Points.
    axes.plot(x, y, "o", color=colour, markerfacecolor=style.GROUND, markersize=size, zorder=6)
    axes.plot(x, y, "+", color=colour, markeredgewidth=1.4, markersize=0.6 * size, zorder=7)


def _describe(tokens: list[str], guesses: list[str], layers: Sequence[Kind]) -> str:
    ends = join([f"{guess} after {token}" for token, guess in zip(tokens, guesses, strict=True)])
    words = [
        f"Transformer over {len(tokens)} token{'s' * (len(tokens) != 1)}, from the bottom up.",
        f"Each of the tokens {join(tokens)} is embedded as the start of its residual stream.",
        *(f"Layer {n}: {_DOES[kind]}." for n, kind in enumerate(layers, 1)),
        f"At the top each stream is unembedded to a guess of the next token: {ends}.",
    ]
    return " ".join(words)
