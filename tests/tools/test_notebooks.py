"""What a learner should not see in a notebook, or would miss there, is noticed."""

import pytest
from nbformat.v4 import new_output

from circuits.plots.drawing.picture import Picture
from tools.test.notebooks import look_over


def show(**data):
    """Return the output of a cell that shows these kinds of data."""
    kinds = {name.replace("_", "/"): value for name, value in data.items()}
    return new_output("display_data", data=kinds)


def test_a_figure_of_ours_is_whole_wherever_a_notebook_is_shown():
    picture = Picture(svg="<svg/>", alt="A dot.", caption="One dot", narrow="<svg/>")
    assert list(look_over(show(text_html=picture._repr_html_()))) == []


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (new_output("stream", name="stderr", text="a warning"), "on stderr: a warning"),
        (show(text_html='<img src="data:image/png;base64,AA">'), "without a text alternative"),
        (show(**{"image_svg+xml": "<svg/>"}), "without a text alternative"),
        (show(text_html='<script src="https://x.org/a.js"></script>'), "fetches https://x.org/a"),
        (show(text_html='<img alt="A dot" src="dot.png">'), "fetches dot.png"),
        (show(text_html='<picture><source srcset="//x.org/a.svg"></picture>'), "fetches //x.org"),
        (show(text_html='<svg><image xlink:href="//x.org/a.png"/></svg>'), "fetches //x.org"),
        (show(text_html="<p style=\"background: url('//x.org/a.png')\">a</p>"), "style fetches"),
    ],
)
def test_a_planted_problem_is_noticed(output, words):
    (problem,) = look_over(output)
    assert words in problem


def test_what_a_cell_prints_is_no_problem():
    assert list(look_over(new_output("stream", name="stdout", text="right"))) == []
    masked = '<svg><use href="#a" style="mask: url(#b)"/></svg>'
    links = f'<a href="https://x.org">x</a>{masked}<script>run()</script>'
    assert list(look_over(show(text_html=links))) == []
