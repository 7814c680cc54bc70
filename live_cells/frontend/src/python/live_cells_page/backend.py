"""Draw for matplotlib in a page: its backend, Agg, whose ``plt.show()`` shows there and then."""

from __future__ import annotations

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from live_cells_page.figures import show_open_figures
from live_cells_page.ipython import display


class FigureManager(FigureManagerBase):
    """Shows figures where a window would open elsewhere."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Show every open figure, as ``plt.show()`` does in a notebook."""
        del block  # nothing here waits for a window to close
        show_open_figures(display)

    def show(self) -> None:
        """Show this figure, for ``figure.show()``."""
        display(self.canvas.figure)


class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas, with figures shown by the page."""

    manager_class = FigureManager
