"""Build attention heads as data, and check them by what they do.

>>> from circuits import Head, check, toy_stream
"""

from circuits.attention import Head, attention_pattern, attention_scores, causal_mask
from circuits.checking import check
from circuits.sample import draw_sample
from circuits.stream import ToyStream, toy_stream

__all__ = [
    "Head",
    "ToyStream",
    "__version__",
    "attention_pattern",
    "attention_scores",
    "causal_mask",
    "check",
    "draw_sample",
    "toy_stream",
]

__version__ = "1.1.0"
