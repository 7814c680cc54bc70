"""What our extensions do to a real, if small, Jupyter Book."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from fresh_outputs import KEPT_SECONDS, choose_cache, find_outdated, fingerprint

from live_cells.tests.test_another_book import lay_out_python

ROOT = Path(__file__).resolve().parents[2]
JUPYTER_BOOK = Path(sys.executable).parent / "jupyter-book"
GOOD_PAGE = """# Welcome

Mathematics: $x^2$, and a citation {cite:p}`elhage2021framework`.

## A part

### Within it

```{part} ex2c
```

```{hints} ex2c
```

```{bibliography}
```
"""


def build_book(folder, page):
    """Build a book of one page with the course's own configuration."""
    (folder / "book").mkdir()
    shutil.copytree(ROOT / "book" / "_extensions", folder / "book" / "_extensions")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (folder / "book" / "index.md").write_text(page)
    (folder / "build").mkdir()
    lay_out_python(folder / "build" / "python")
    return run_build(folder)


def run_build(folder):
    """Build the book in a folder, or what of it is out of date."""
    return subprocess.run(
        [JUPYTER_BOOK, "build", ".", "-W", "--keep-going", "-n"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )


@pytest.fixture(scope="module")
def built_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    result = build_book(folder, GOOD_PAGE)
    assert result.returncode == 0, result.stderr
    return folder / "_build" / "html" / "book" / "index.html"


def test_the_page_shows_the_card_and_the_ladder(built_page):
    html = built_page.read_text()
    assert "difficulty 2 of 3" in html or "difficulty 3 of 3" in html
    assert "Hint 1: a nudge" in html
    assert "W_Q_prev" in html


def test_the_contents_list_parts_and_not_what_is_within_them(built_page):
    html = built_page.read_text()
    contents = re.findall(r'<li class="toc-h\d nav-item.*?href="([^"]+)"', html, re.DOTALL)
    assert set(contents) == {"#a-part"}
    assert 'id="within-it"' in html


def test_mathematics_is_drawn_by_the_site_itself(built_page):
    assert "mathjax/tex-chtml.js" in built_page.read_text()
    static = built_page.parents[1] / "_static" / "mathjax"
    assert (static / "tex-chtml.js").stat().st_size > 1_000_000
    assert list((static / "output" / "chtml" / "fonts").rglob("*.woff"))


def test_the_page_asks_nobody_else_for_scripts(built_page):
    html = built_page.read_text()
    assert "thebe" not in html.lower()
    assert "unpkg" not in html
    assert 'src="http' not in html


def test_the_type_of_the_text_is_asked_for_before_the_style_has_been_read(built_page):
    html = built_page.read_text()
    links = re.findall(r'<link rel="preload" as="font"[^>]*href="([^"]+)"', html)
    faces = re.findall(r'"Source Serif 4";[^}]*url\("([^"]+)"\)', html)  # as the style names them
    assert sorted(links) == sorted(faces)
    assert len(links) == 3
    for link in links:
        assert (built_page.parent / link).resolve().is_file()
        assert html.index(link) < html.index("<style")


def test_an_unknown_part_is_an_error_with_page_and_line(tmp_path):
    result = build_book(tmp_path, "# Welcome\n\nText.\n\n```{part} ex9\n```\n")
    assert result.returncode != 0
    assert "index.md:5: ERROR: There is no part 'ex9'" in result.stderr
    assert "ex2c" in result.stderr  # the ones there are


def test_the_configuration_executes_pages_and_treats_stderr_as_news():
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert config["execute"]["execute_notebooks"] == "cache"
    assert config["execute"]["stderr_output"] == "warn"


def test_a_change_to_the_toolkit_changes_its_fingerprint(tmp_path):
    (tmp_path / "attention.py").write_text("one")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "attention.py").write_text("two")
    assert fingerprint(tmp_path) != before


def test_pages_are_read_again_only_when_the_toolkit_has_changed():
    env = SimpleNamespace(all_docs={"book/index": 0.0, "book/warmup": 0.0})
    nothing = set()
    assert find_outdated(None, env, nothing, nothing, nothing) == ["book/index", "book/warmup"]
    assert find_outdated(None, env, nothing, nothing, nothing) == []
    env.course_toolkit = "an older one"
    assert find_outdated(None, env, nothing, nothing, nothing) == ["book/index", "book/warmup"]


PLANTED_CODE = """
def drop_unused(app, page, template, context, tree):
    context["metatags"] = context.get("metatags", "") + '<meta name="planted">'
"""


@pytest.mark.parametrize(
    ("changed", "added", "seen"),
    [
        ("book/_static/reading.css", ".course-part { --planted: 1px }", "--planted: 1px"),
        ("book/_static/previews.js", "\nconst planted = 1;", "planted = 1"),
        ("book/_extensions/lean_pages.py", PLANTED_CODE, '<meta name="planted">'),
    ],
)
def test_a_change_of_a_static_file_or_an_extension_alone_reaches_the_page(
    built_page, changed, added, seen
):
    folder = built_page.parents[3]
    path = folder / changed
    before = path.read_text()
    path.write_text(before + added)
    try:
        result = run_build(folder)
    finally:
        path.write_text(before)
    assert result.returncode == 0, result.stderr
    scripts = (built_page.parents[1] / "_static").glob("theme-*.js")
    assert seen in "".join(file.read_text() for file in [built_page, *scripts])


def test_only_caches_long_out_of_use_are_dropped(tmp_path):
    caches = tmp_path / "_build" / ".jupyter_cache"
    for name, age in (("young", 0), ("old", KEPT_SECONDS + 60)):
        (caches / name).mkdir(parents=True)
        then = time.time() - age
        os.utime(caches / name, (then, then))
    config = SimpleNamespace()
    choose_cache(SimpleNamespace(srcdir=str(tmp_path)), config)
    assert [path.name for path in caches.iterdir()] == ["young"]
    assert config.nb_execution_cache_path == str(caches / fingerprint())
