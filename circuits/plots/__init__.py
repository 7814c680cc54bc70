"""Draw figures that say in words what they show, and that read without colour.

Every function returns a `Picture`; a notebook shows it when it is the last line of a cell. This is
the only part of `circuits` that needs matplotlib. It never touches pyplot or the global settings,
and equal input gives equal bytes.
"""

from .arrows import plot_arrows, plot_clock
from .bars import plot_capacity, plot_scores, plot_singular_values
from .circuit import Move, plot_circuit, plot_transformer
from .curves import plot_lines, plot_points
from .drawing.picture import Picture
from .matrices import plot_matrices, plot_matrix
from .patterns import plot_pattern, plot_patterns
from .stream import plot_residual_stream

__all__ = [
    "Move",
    "Picture",
    "plot_arrows",
    "plot_capacity",
    "plot_circuit",
    "plot_clock",
    "plot_lines",
    "plot_matrices",
    "plot_matrix",
    "plot_pattern",
    "plot_patterns",
    "plot_points",
    "plot_residual_stream",
    "plot_scores",
    "plot_singular_values",
    "plot_transformer",
]
