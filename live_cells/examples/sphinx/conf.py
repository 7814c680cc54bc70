"""A Sphinx project whose cells run in the page: the second extension is all that it takes."""

project = "Falling bodies"
author = "An author"
extensions = ["myst_nb", "sphinx_live_cells"]
nb_execution_mode = "off"  # the reader runs the cells
exclude_patterns = ["_build"]
