"""Find what packages import only when a cell asks them for it: pandas jinja2 for ``df.style``.

No cell imports such a package, and the lock does not list it among what another needs. The table
has those that a book of numbers meets; whatever else is wanted, ``live_cells_packages`` names.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

# Package -> what a cell says -> the package that is then imported.
ASKED: Mapping[str, Mapping[str, str]] = {
    "pandas": {
        r"\.style\b(?!\.(?:use|context|library|available)\b)|\.to_latex\(": "jinja2",
        r"\.(?:plot|hist|boxplot|plotting)\b|\.(?:background|text)_gradient\(": "matplotlib",
        r"\b(?:read_html|read_xml|to_xml)\(": "lxml",
        r"\b(?:read|to)_(?:parquet|feather|orc)\(|\[pyarrow\]": "pyarrow",
        r"""["']pyarrow["']""": "pyarrow",
        r"""["']sqlite(?:\+\w+)?://""": "sqlalchemy",
        r"\bread_excel\([^)]*\.xls\b": "xlrd",
        r"""\.interpolate\([^)]*(?:method|order)|["'](?:kendall|spearman|kde)["']""": "scipy",
        r"""\.(?:kde|density)\(|kind=["']density|\bwin_type\b""": "scipy",
        r"\bto_xarray\(": "xarray",
    },
    "sympy": {r"\bplot\w*\(": "matplotlib"},
    "scipy": {r"\b(?:dendrogram|\w+_plot_2d|convex_hull_plot_\w+)\(": "matplotlib"},
    "networkx": {
        r"\b(?:pagerank|\w+_matrix|\w+_spectrum|\w*spectral\w*|\w+_numpy|\w+_scipy\w*)\(": "scipy",
        r"kamada_kawai\w*\(": "scipy",
    },
    "scikit-learn": {
        r"\bas_frame\b|\bset_output\(": "pandas",
        r"\.from_(?:estimator|predictions)\(|\bplot_tree\(|Display\(": "matplotlib",
    },
    "statsmodels": {r"plot\w*\(": "matplotlib"},
    "xarray": {
        r"\.plot\b": "matplotlib",
        r"\.interp\(": "scipy",
        r"\b(?:open|load)_(?:dataset|dataarray|datatree)\(|\bto_netcdf\(": "netcdf4",
    },
    "geopandas": {r"\.plot\b": "matplotlib"},
    "beautifulsoup4": {r"""['"]lxml""": "lxml", r"""['"]html5lib['"]""": "html5lib"},
}


def find_asked(codes: Iterable[str], packages: Container[str]) -> list[str]:
    """Return what those of the packages import that the cells ask for it.

    >>> find_asked(["table.style.format(precision=1)"], {"pandas"})
    ['jinja2']
    >>> find_asked(["plt.style.use('ggplot')"], {"matplotlib", "pandas"})
    []
    """
    text = "\n".join(codes)
    return sorted(
        {
            asked
            for package, ways in ASKED.items()
            if package in packages
            for pattern, asked in ways.items()
            if re.search(pattern, text)
        }
    )
