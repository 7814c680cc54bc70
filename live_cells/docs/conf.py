"""The documentation of sphinx-live-cells, a book that is built with itself.

    sphinx-build -b html docs docs/_build/html

The table of settings is written from the package's own, and the part on serving is the README's.
"""

from pathlib import Path

from sphinx_live_cells.settings import write_table

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")

project = "sphinx-live-cells"
author = "The sphinx-live-cells authors"
extensions = ["myst_nb", "sphinx_live_cells"]
exclude_patterns = ["_build", "_made"]
html_theme = "sphinx_book_theme"
html_title = "sphinx-live-cells"
html_show_sourcelink = False
html_copy_source = False
nb_execution_mode = "off"  # the reader runs the cells
myst_enable_extensions = ["colon_fence", "dollarmath"]
live_cells_policy = True
live_cells_report = "application/vnd.live-cells.report+json"

made = {"settings": write_table(), "serving": README.split("## Serving\n")[1].split("\n## ")[0]}
(HERE / "_made").mkdir(exist_ok=True)
for name, text in made.items():
    (HERE / "_made" / f"{name}.md").write_text(text.strip() + "\n", encoding="utf-8")
