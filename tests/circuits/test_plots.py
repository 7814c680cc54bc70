"""Every figure says in words what it shows, stands alone, and leaves no trace."""

import base64
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest

from circuits import plots
from circuits.plots import (
    Move,
    Picture,
    plot_arrows,
    plot_capacity,
    plot_circuit,
    plot_clock,
    plot_lines,
    plot_matrices,
    plot_matrix,
    plot_pattern,
    plot_patterns,
    plot_points,
    plot_residual_stream,
    plot_scores,
    plot_singular_values,
    plot_transformer,
)
from tests.programs import run_python

TOKENS = ["BOS", "the", "dog", "the", "dog"]


def previous(n):
    """Return the exact previous-token pattern."""
    A = np.eye(n, k=-1)
    A[0, 0] = 1
    return A


FIGURES = {
    "matrix": lambda **k: plot_matrix(np.diag([1.0, -2.0]), title="M", **k),
    "large matrix": lambda **k: plot_matrix(np.outer(np.arange(48.0) - 20, np.ones(48)), **k),
    "equation": lambda **k: plot_matrices(
        [np.eye(16, 4), np.eye(4, 16), np.eye(16, 4) @ np.eye(4, 16)], symbols=["@", "="], **k
    ),
    "pattern": lambda **k: plot_pattern(previous(5), tokens=TOKENS, wanted=[(1, 0)], **k),
    "large pattern": lambda **k: plot_pattern(previous(96), **k),
    "patterns": lambda **k: plot_patterns(
        [previous(8), np.eye(8)], titles=["wanted", "seen"], wanted=previous(8) > 0, **k
    ),
    "stream": lambda **k: plot_residual_stream(
        {"content": 8, "scratch": 8}, reads={"head 1": "content"}, writes={"head 1": 8}, **k
    ),
    "circuit": lambda **k: plot_circuit(
        TOKENS, [Move("head 1", 1, 2, "content"), Move("head 2", 2, 4, layer=2)], **k
    ),
    "transformer": lambda **k: plot_transformer(["a", "dog"], ["dog", "a"], **k),
    "stream of directions": lambda **k: plot_residual_stream(
        {"content": 8, "scratch": 8}, reads={"head 1": [0, 2]}, axes=False, **k
    ),
    "arrows": lambda **k: plot_arrows({"cat": [1, 0], "tree": [0, -2]}, **k),
    "clock": lambda **k: plot_clock(2 * np.pi / np.array([19, 7, 5]), range(12), **k),
    "lines": lambda **k: plot_lines([1, 2, 4], {"a": [1, 2, 3], "b": [3, 2, 1]}, log_x=True, **k),
    "lines apart": lambda **k: plot_lines(
        range(61),
        {name: np.cos(np.arange(61) / rate) for name, rate in (("a", 3), ("b", 4), ("c", 5))},
        title="L",
        apart=True,
        label_at=(0, 19, 38, 57),
        mark=5,
        **k,
    ),
    "scores": lambda **k: plot_scores([-3.0, 5.0], tokens=["a", "b"], targets=[1], **k),
    "many scores": lambda **k: plot_scores(
        np.cos(np.arange(32)), targets=[4], one_scale=False, **k
    ),
    "scores below a level": lambda **k: plot_scores(
        np.cos(np.arange(32)), level=1.5, level_label="tau", **k
    ),
    "points": lambda **k: plot_points(
        [0.1, 0.2, 0.4],
        {"a": [1, 2, 3], "b": [3, 1, 1]},
        names=list("xyz"),
        labelled=["y", "z"],
        level=2,
        level_label="L",
        mark=0.3,
        **k,
    ),
    "singular values": lambda **k: plot_singular_values({"a": [2, 1], "b": [1, 0]}, **k),
    "capacity": lambda **k: plot_capacity({"one back": 7, "two back": 1}, **k),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


@pytest.fixture(scope="module", params=FIGURES.values(), ids=FIGURES.keys())
def picture(request):
    return request.param()


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def first(self, tag):
        return next(attributes for name, attributes in self.tags if name == tag)


def test_every_public_name_exists_and_every_function_draws_here():
    drawn = {name for name in plots.__all__ if name.startswith("plot_")}
    assert drawn == {name for name in dir(plots) if name.startswith("plot_")}
    assert len(FIGURES) >= len(drawn)


def test_a_figure_is_a_well_formed_svg_of_modest_size_and_nothing_outside_it(picture):
    for svg in filter(None, (picture.svg, picture.narrow)):
        ET.fromstring(svg)
        assert len(svg) < 60_000
        assert "<text" not in svg
        assert "<script" not in svg
        assert "<!--" not in svg
        for target in re.findall(r'href="([^"]*)"', svg):
            assert target.startswith(("#", "data:image/png;base64,"))


def test_a_figure_has_an_opaque_white_ground(picture):
    first = re.search(r'id="patch_1">\s*<path[^>]*style="([^"]*)"', picture.svg)
    assert first is not None
    assert "fill: #ffffff" in first.group(1)


@each_figure
def test_equal_input_gives_equal_bytes(draw):
    assert draw() == draw()


def test_a_figure_says_more_than_its_title(picture):
    alt = picture.alt
    assert len(alt) > 40
    assert re.search(r"\d", alt)
    assert repr(picture) == alt


@each_figure
def test_an_alt_text_of_the_author_replaces_the_composed_one(draw):
    assert draw(alt="Said otherwise.").alt == "Said otherwise."


@each_figure
def test_the_html_shows_image_words_and_caption_and_needs_nothing_else(draw):
    picture = draw(caption="a < b & c")
    sheet, drawn = (
        re.fullmatch(r"(?s)(<figure[^>]*>)<style>(.*?)</style>(.*)", picture._repr_html_())
        .expand(r"\2|\1\3")
        .split("|", 1)
    )
    # All that it says is that our own figures are dark where the notebook is.
    selectors, rule = re.fullmatch(r"@media screen\{(.*)(\{.*\})\}", sheet).groups()
    assert rule == "{color-scheme:dark}"
    assert all(each.endswith(" .circuits-figure img") for each in selectors.split(","))
    page = Reader(drawn)
    assert page.first("figure")["class"] == "circuits-figure"
    image = page.first("img")
    assert image["alt"] == " ".join(picture.alt.split())
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == picture.svg
    assert int(image["width"]) > 0
    assert "max-width:100%" in image["style"]
    assert page.text == "a < b & c"
    assert not {"script", "link", "style"} & {tag for tag, _ in page.tags}


@each_figure
def test_the_callers_settings_neither_change_a_figure_nor_are_changed_by_it(draw):
    plain = draw()
    with mpl.rc_context({"svg.fonttype": "none", "figure.facecolor": "black", "font.size": 30}):
        before = dict(mpl.rcParams)
        assert draw() == plain
        assert dict(mpl.rcParams) == before


def test_no_letter_is_smaller_than_nine_points_and_a_phone_keeps_most_of_it(picture):
    # Indices and exponents inside $math$ are smaller by nature, and sit in no group of their own.
    scales = re.findall(r"scale\(([\d.]+) -[\d.]+\)", picture.svg)
    assert min(map(float, scales)) >= 0.09
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', picture.narrow or picture.svg).group(1))
    assert width <= 5.75 * 72


def test_what_comes_from_the_author_is_escaped():
    hostile = '"><script>alert(1)</script>'
    picture = plot_pattern(np.eye(2), tokens=[hostile, "$5"], title=hostile, caption=hostile)
    page = Reader(picture._repr_html_())
    assert "script" not in {tag for tag, _ in page.tags}
    assert hostile in page.first("img")["alt"]


def test_a_letter_that_the_font_lacks_raises_no_warning(recwarn):
    plot_pattern(np.eye(2), tokens=["猫", "犬"])
    assert not recwarn.list


def test_side_by_side_figures_stack_on_a_phone():
    picture = plot_patterns([previous(8), np.eye(8)])
    page = Reader(picture._repr_html_())
    assert page.first("source")["media"] == "(max-width: 600px)"
    assert int(page.first("source")["width"]) < int(page.first("img")["width"])


def test_a_figure_that_fits_a_phone_has_no_second_layout():
    assert plot_matrix(np.eye(3)).narrow == ""
    assert "<picture>" not in plot_matrix(np.eye(3))._repr_html_()


def test_plots_never_import_pyplot_and_circuits_never_imports_matplotlib():
    code = (
        "import sys, circuits; assert 'matplotlib' not in sys.modules\n"
        "import circuits.plots as p; p.plot_matrix([[1]]); p.plot_lines([1], {'a': [1]})\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    run_python(code)


def test_a_picture_cannot_be_changed():
    with pytest.raises(AttributeError):
        Picture(svg="<svg/>", alt="a").alt = "b"
