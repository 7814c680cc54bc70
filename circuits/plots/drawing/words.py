"""Write numbers and names in words: for labels, for alt texts, for captions."""

import re
from collections.abc import Iterable, Sequence

_SYMBOLS = {
    r"\alpha": "α",
    r"\beta": "β",
    r"\lambda": "λ",
    r"\theta": "θ",
    r"\cdot": "·",
    r"\times": "×",
    r"\to": "→",
    r"\leq": "≤",
    r"\geq": "≥",
    r"\,": " ",
    r"\;": " ",
    r"\ ": " ",
}


def plain(text: str) -> str:
    r"""Return `text` with `$math$` turned into plain characters.

    Example:
        >>> plain(r"copy with $W_{out}^1$, turned by $-\alpha_i$")
        'copy with W_out^1, turned by -α_i'
    """
    return re.sub(r"(?<!\\)\$([^$]*)\$", lambda found: _plain_math(found.group(1)), text)


def _plain_math(math: str) -> str:
    math = re.sub(r"\\(?:mathrm|text|mathit|mathbf|operatorname)\s*\{([^{}]*)\}", r"\1", math)
    for command, symbol in _SYMBOLS.items():
        math = re.sub(re.escape(command) + r"(?![A-Za-z])", symbol, math)
    math = re.sub(r"\\([A-Za-z]+)", r"\1", math)
    return re.sub(r"[{}]", "", math).strip()


def number(value: float, digits: int = 3) -> str:
    """Return `value` with at most `digits` significant digits and a true minus sign.

    Example:
        >>> [number(v) for v in (1.0, -0.93333, 12345.6, 0.00012, 0.0)]
        ['1', '−0.933', '12300', '0.00012', '0']
    """
    if value == 0:
        return "0"
    shown = f"{value:.{digits}g}"
    if "e" in shown:
        exponent = int(shown.split("e")[1])
        shown = f"{float(shown):.0f}" if 0 < exponent < 6 else shown
    return shown.replace("-", "−")


def weight(value: float) -> str:
    """Return an attention weight with two decimals: .98, 1, 0.

    Example:
        >>> [weight(v) for v in (0.984, 0.9999, 0.3, 0.001)]
        ['.98', '1', '.30', '0']
    """
    rounded = f"{value:.2f}"
    return {"1.00": "1", "0.00": "0"}.get(rounded, rounded.lstrip("0"))


def join(parts: Sequence[str]) -> str:
    """Return the parts as a list in prose.

    Example:
        >>> join(["a", "b", "c"])
        'a, b and c'
    """
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def runs(indices: Iterable[int]) -> list[range]:
    """Return indices as runs without a gap.

    Example:
        >>> runs([0, 1, 2, 8])
        [range(0, 3), range(8, 9)]
    """
    found: list[range] = []
    for index in sorted(set(indices)):
        if found and index == found[-1].stop:
            found[-1] = range(found[-1].start, index + 1)
        else:
            found.append(range(index, index + 1))
    return found


def spans(indices: Iterable[int]) -> str:
    """Return indices with runs shortened.

    Example:
        >>> spans([0, 1, 2, 3, 8, 12, 13])
        '0–3, 8, 12–13'
    """
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs(indices))


def count(amount: int, noun: str) -> str:
    """Return an amount with its noun, in the right number.

    Example:
        >>> count(1, "token"), count(3, "token")
        ('1 token', '3 tokens')
    """
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def point_at(position: int, tokens: Sequence[str] | None) -> str:
    """Return a position with its token, if tokens have names.

    Example:
        >>> point_at(2, ["BOS", "star", "fish"])
        '2 (fish)'
    """
    return f"{position} ({tokens[position]})" if tokens else str(position)


def tell_marks(
    level: float | None, level_label: str, mark: float | None = None, mark_label: str = ""
) -> list[str]:
    """Return a sentence for a line across at a level, and one for a line upright at a mark.

    Example:
        >>> tell_marks(0.5, "needed")
        ['A line across marks 0.5 (needed).']
    """
    marks = ((level, level_label, "across"), (mark, mark_label, "upright"))
    return [
        f"A line {line} marks {number(value)}{f' ({plain(name)})' if name else ''}."
        for value, name, line in marks
        if value is not None
    ]


def sentence(text: str) -> str:
    """Return `text` ending in a full stop, ready to stand in an alt text; "" stays ""."""
    text = plain(text).strip()
    return text if not text or text[-1] in ".!?" else text + "."
