"""Figures in the pages of a book that is not this course, and in notebooks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from circuits import check, toy_stream
from explorables import FigureError, show
from explorables.figures import find_figure, load_figures
from grader.sanitize.clean import clean_html

ROOT = Path(__file__).parents[2]
PAGE = """# A page

```{explorable} clock three-back
Three steps *back*.
```

```{explorable} softness
```
"""


def build(
    folder: Path,
    page: str,
    builder: str = "html",
    extensions: tuple[str, ...] = ("myst_parser", "explorables"),
) -> subprocess.CompletedProcess[str]:
    """Build a book of one chapter in a folder below the root, warnings being errors."""
    source = folder / "source"
    (source / "chapter").mkdir(parents=True)
    settings = f'extensions = {list(extensions)}\nnb_execution_mode = "off"\n'
    (source / "conf.py").write_text(settings)
    (source / "index.md").write_text("# A book\n\n```{toctree}\nchapter/one\n```\n")
    (source / "chapter" / "one.md").write_text(page)
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "-b", builder]
    return subprocess.run(
        [*command, str(source), str(folder / "out")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_a_page_carries_the_still_picture_the_caption_and_the_script(
    figures: None, tmp_path: Path
) -> None:
    outcome = build(tmp_path, PAGE)
    assert outcome.returncode == 0, outcome.stderr
    out = tmp_path / "out"
    page = (out / "chapter" / "one.html").read_text()
    assert 'src="../explorables/still/clock-three-back.svg"' in page
    assert page.count('class="explorable-still dark-light"') == 2  # themes leave it as it is
    assert "<em>back</em>" in page
    assert page.count('type="module" src="../explorables/host.js') == 1
    assert "explorables" not in (out / "index.html").read_text().split("<body")[0]
    assert (out / "explorables" / "still" / "clock-three-back.svg").is_file()
    assert (out / "explorables" / "clock.js").is_file()


def test_a_book_that_is_no_page_says_in_words_what_the_figure_shows(
    figures: None, tmp_path: Path
) -> None:
    outcome = build(tmp_path, PAGE, "text")
    assert outcome.returncode == 0, outcome.stderr
    text = (tmp_path / "out" / "chapter" / "one.txt").read_text()
    assert "The head looks 3 tokens back" in " ".join(text.split())
    assert "Three steps" in text


@pytest.mark.parametrize(
    ("line", "told"),
    [("clok", "write one of beta, clock"), ("clock sideways", "write one of start, three-back")],
)
def test_a_figure_that_is_not_there_is_an_error_at_its_line(
    figures: None, tmp_path: Path, line: str, told: str
) -> None:
    outcome = build(tmp_path, f"# A page\n\n```{{explorable}} {line}\n```\n")
    assert outcome.returncode != 0
    assert told in outcome.stderr
    assert "one.md:3" in outcome.stderr


def test_a_page_with_cells_carries_the_script_for_what_their_outputs_bring(
    figures: None, tmp_path: Path
) -> None:
    head = "---\nfile_format: mystnb\nkernelspec: {name: python3, language: python}\n---\n"
    cells = head + "# A page\n\n```{code-cell} python\n1\n```\n"
    outcome = build(tmp_path, cells, extensions=("myst_nb", "explorables"))
    assert outcome.returncode == 0, outcome.stderr
    assert "explorables/host.js" in (tmp_path / "out" / "chapter" / "one.html").read_text()


def test_feedback_keeps_the_still_picture_and_nothing_that_acts() -> None:
    report = check("ex2c", *[toy_stream().u_cont[:4]] * 2)._repr_html_()
    assert 'data-explorable="pattern"' in report
    kept = clean_html(report)
    assert "data-" not in kept
    assert kept.count("<table") == report.count("<table") > 0


def test_without_built_figures_a_book_has_its_captions(tmp_path: Path) -> None:
    copied = tmp_path / "extension" / "explorables"
    unbuilt = shutil.ignore_patterns("dist", "frontend", "__pycache__")
    shutil.copytree(ROOT / "explorables", copied, ignore=unbuilt)
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(copied.parent)!r})\n"
        'extensions = ["myst_parser", "explorables"]\n'
    )
    (source / "index.md").write_text(PAGE)
    command = [sys.executable, "-m", "sphinx", "-W", "-q", str(source), str(tmp_path / "out")]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr.count("The figures are not built") == 1
    assert "<em>back</em>" in (tmp_path / "out" / "index.html").read_text()


def test_a_cell_shows_the_figure_with_its_still_picture_and_words(figures: None) -> None:
    bundle = show("beta")._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Weigh the two wishes: The attention pattern")
    page = bundle["text/html"]
    assert page.count("</script>") == 1  # nothing within the script ends it
    assert 'src="data:image/svg+xml;base64,' in page
    assert "http" not in page.replace("http://www.w3.org/", "")


def test_a_name_that_is_not_there_names_those_that_are(figures: None) -> None:
    with pytest.raises(FigureError, match="no figure 'clcok': write one of beta, clock"):
        show("clcok")


@pytest.mark.parametrize(("name", "curves"), [("formation", [2, 5]), ("train", [4])])
def test_curves_can_be_told_apart_without_their_colours(
    figures: None, name: str, curves: list[int]
) -> None:
    samples = re.findall(
        r'class="line ([^"]*)" d="M\S+ (\S+)h34"', find_figure(name).still.read_text()
    )
    legends: list[list[frozenset[str]]] = []
    last = -100.0
    for classes, y in samples:
        if float(y) - last > 40:  # CSS pixels: the next plot's
            legends.append([])
        last = float(y)
        forms = {"dashed", "dotted", "dashdot", "thick", "thin"} & set(classes.split())
        legends[-1].append(frozenset(forms))
    assert [len(forms) for forms in legends] == curves
    for forms in legends:
        assert len(set(forms)) == len(forms), forms


def test_every_still_picture_says_what_it_shows(figures: None) -> None:
    for presets in load_figures().values():
        for figure in presets.values():
            text = figure.still.read_text()
            assert 'role="img"' in text
            assert len(figure.alt) > 60
            assert figure.size[0] == 680
            assert "prefers-color-scheme: dark" in text
    assert find_figure("clock", "three-back").alt.endswith("less.")
