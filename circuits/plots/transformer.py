"""A whole transformer: residual streams that run upwards, and layers that read and add."""

from collections.abc import Sequence
from typing import Literal

from . import style
from .inputs import as_labels
from .layout import Panel, lay_out
from .picture import Picture
from .sheet import Sheet
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
    names = [str(token) for token in tokens]
    if not names or isinstance(tokens, str):
        raise ValueError(f"{where}: expected a list of token labels, got {tokens!r}.")
    tops = as_labels(guesses, len(names), f"{where}: guesses") or []
    for kind in layers:
        if kind not in _HEIGHTS:
            raise ValueError(f"{where}: a layer is {kind!r}; it must be 'attention' or 'MLP'.")
    with style.house_style():
        panel = _panel(names, tops, layers)
        words = alt or " ".join([sentence(title), _describe(names, tops, layers)]).strip()
        return lay_out([panel], words, caption, title)


def _panel(tokens: list[str], guesses: list[str], layers: Sequence[Kind]) -> Panel:
    wide = max(style.text_width(word, style.SMALL) for word in ("embed", "unembed")) + 0.14
    labels = [*tokens, *guesses]
    step = max(wide + 0.14, 0.95, *(style.text_width(t, style.BODY, "bold") for t in labels))
    left = style.text_width("attention", style.SMALL) + 0.16 + wide / 2
    floor = _ENDS + sum(_HEIGHTS[kind] for kind in layers) + 0.1
    width = left + (len(tokens) - 1) * step + max(wide / 2, 0.62)

    def draw(sheet: Sheet, x: float, y: float) -> None:
        streams = [x + left + i * step for i in range(len(tokens))]
        for place, token, guess in zip(streams, tokens, guesses, strict=True):
            bottom, top = y + floor, y + _ENDS - _BOX / 2
            sheet.arrow((place, bottom), (place, top), colour=style.STREAM, line=2.0, above=1)
            for word, height in (("embed", bottom + _BOX / 2), ("unembed", top - _BOX / 2)):
                sheet.rounded(
                    place - wide / 2, height - _BOX / 2, wide, _BOX,
                    fill=style.GROUND, edge=style.MUTED,
                )  # fmt: skip
                sheet.text(place, height, word, size=style.SMALL)
            sheet.text(place, bottom + _BOX + 0.16, token, weight="bold", math=False)
            sheet.text(place, y + 0.1, guess, weight="bold", colour=style.GREEN, math=False)
        level = y + floor
        for kind in layers:
            rule = [((x, level), (streams[-1] + 0.62, level))]
            sheet.lines(rule, colour=style.RULE, line=1.0, above=0)
            middle = level - _HEIGHTS[kind] / 2
            sheet.text(x, middle, kind, size=style.SMALL, align="left", colour=style.MUTED)
            (_draw_attention if kind == "attention" else _draw_mlp)(sheet, streams, level)
            level -= _HEIGHTS[kind]

    return Panel(width, floor + _BOX + 0.3, draw)


def _draw_attention(sheet: Sheet, streams: list[float], level: float) -> None:
    low, high = level - 0.14, level - _HEIGHTS["attention"] + 0.18
    for i, target in enumerate(streams):
        for source in streams[:i]:
            # The arrow ends at the rim of the plus sign that it points to.
            across, up = target - source, low - high
            share = 1 - _PLUS / (across**2 + up**2) ** 0.5
            end = (source + across * share, low - up * share)
            sheet.arrow((source, low), end, colour=_COLOURS["attention"], line=1.3, size=9)
        if i:
            _draw_plus(sheet, target, high, _COLOURS["attention"])


def _draw_mlp(sheet: Sheet, streams: list[float], level: float) -> None:
    low, high = level - 0.1, level - _HEIGHTS["MLP"] + 0.16
    half = style.text_width("MLP", style.SMALL, "bold") / 2 + 0.07
    colour = _COLOURS["MLP"]
    for stream in streams:
        box = stream + 0.36
        beside = (low + high) / 2
        sheet.lines(
            [((stream, low), (box, low)), ((box, low), (box, beside))], colour=colour, line=1.3
        )
        sheet.lines([((box, beside), (box, high))], colour=colour, line=1.3)
        sheet.arrow((box, high), (stream + _PLUS, high), colour=colour, line=1.3, size=9)
        sheet.rounded(box - half, beside - _BOX / 2, 2 * half, _BOX, fill=style.GROUND, edge=colour)
        sheet.text(box, beside, "MLP", size=style.SMALL, weight="bold", colour=colour)
        _draw_plus(sheet, stream, high, colour)


def _draw_plus(sheet: Sheet, x: float, y: float, colour: str) -> None:
    sheet.rounded(x - _PLUS, y - _PLUS, 2 * _PLUS, 2 * _PLUS, fill=style.GROUND, edge=colour)
    arm = _PLUS * 0.6
    sheet.lines(
        [((x - arm, y), (x + arm, y)), ((x, y - arm), (x, y + arm))],
        colour=colour, line=1.4, above=7,
    )  # fmt: skip


def _describe(tokens: list[str], guesses: list[str], layers: Sequence[Kind]) -> str:
    ends = join([f"{guess} after {token}" for token, guess in zip(tokens, guesses, strict=True)])
    words = [
        f"Transformer over {len(tokens)} token{'s' * (len(tokens) != 1)}, from the bottom up.",
        f"Each of the tokens {join(tokens)} is embedded as the start of its residual stream.",
        *(f"Layer {n}: {_DOES[kind]}." for n, kind in enumerate(layers, 1)),
        f"At the top each stream is unembedded to a guess of the next token: {ends}.",
    ]
    return " ".join(words)
