"""A Sphinx project whose cells run in the page: the second extension is all that it takes."""

project = "Falling bodies"
author = "An author"
extensions = ["myst_nb", "sphinx_live_cells"]
nb_execution_mode = "off"  # the reader runs the cells
live_cells_files = ["drops.csv", "falling.py"]  # what the cells open and import
exclude_patterns = ["_build"]
