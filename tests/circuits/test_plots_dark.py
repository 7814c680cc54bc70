"""A figure is one drawing for light pages and dark ones, and reads well on both."""

import io
import re

import numpy as np
import pytest

from circuits.plots import plot_matrix, plot_pattern
from circuits.plots.drawing import style
from circuits.plots.drawing.heat import colour_cells, colour_weights, ink_on_cell
from tests.circuits.test_plots import FIGURES

COLOUR = re.compile(r"(fill|stroke)(?:: |=\")(#[0-9a-f]{6})")


@pytest.fixture(params=FIGURES, scope="module")
def svg(request) -> str:
    return FIGURES[request.param]().svg


def contrast(one, other) -> float:
    low, high = sorted(style.luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_a_figure_has_its_counterpart_in_the_dark(svg):
    drawing, sheet = svg, re.search(r"@media screen.*?</style>", svg, re.DOTALL)[0]
    assert "(prefers-color-scheme: dark)" in sheet
    for kind, colour in set(COLOUR.findall(drawing.replace(sheet, ""))):
        rule = f'[style*="{kind}: {colour}"],[{kind}="{colour}"]{{{kind}:{style.DARK[colour]}!'
        assert rule in sheet, f"{kind} {colour}"


def test_a_heat_map_has_a_form_for_each_and_shows_one(svg):
    shown = re.findall(r"<image ([^>]*?)xlink", svg)
    assert len(shown) % 2 == 0
    for light, dark in zip(shown[::2], shown[1::2], strict=True):
        assert 'class="light"' in light
        assert "display" not in light
        assert 'class="dark" display="none"' in dark
    pictures = re.findall(r'base64,([^"]*)"', svg)
    assert not set(pictures[::2]) & set(pictures[1::2])


def test_letters_and_lines_stand_out_from_the_ground_of_either_page():
    for counterpart in (lambda colour: colour, style.DARK.__getitem__):
        ground = counterpart(style.GROUND)
        for colour in (style.INK, style.MUTED, *style.SERIES):
            assert contrast(counterpart(colour), ground) >= 4.5, colour
        for tint in (*style.TINTS, style.MASKED):
            assert contrast(counterpart(style.INK), counterpart(tint)) >= 4.5, tint


@pytest.mark.parametrize("colours", [colour_cells(np.linspace(-1, 1, 201)[None], 1.0),
                                     colour_weights(np.linspace(0, 1, 201)[None])])  # fmt: skip
def test_a_number_reads_on_its_cell_whatever_the_page(colours):
    for column in range(201):
        ink = ink_on_cell(colours, 0, column)
        for form, shown in zip(colours, (ink, style.DARK[ink]), strict=True):
            assert contrast(tuple(form[0, column]), shown) >= 3.9


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_follows_the_color_scheme_of_its_page(chromium, theme):
    from matplotlib.image import imread

    figures = plot_matrix([[1.0, 0.0]])._repr_html_(), plot_pattern(np.eye(14))._repr_html_()
    jupyter = str(theme == "light").lower()
    for page_is in (f'style="color-scheme: {theme}"', f'data-jp-theme-light="{jupyter}"'):
        page = chromium.new_page()
        page.set_content(f"<html {page_is}><body>{''.join(figures)}</body></html>")
        for image in page.query_selector_all("img"):
            pixels = imread(io.BytesIO(image.screenshot()))[..., :3]
            # The ground, inside the border; and the zero beside the 1, or off the diagonal.
            ground = tuple(pixels[6, pixels.shape[1] // 2])
            wanted = style.GROUND if theme == "light" else style.DARK[style.GROUND]
            assert contrast(ground, wanted) < 1.02
        page.close()
