"""A chapter says where one can work on it, and what each place installs."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from workplaces import WHEEL, offer_places, write_places

NOTEBOOK = "../notebooks/exercise-1.ipynb"


@pytest.fixture
def app_for():
    """An application of Sphinx that has one chapter with a notebook, and the builder named."""

    def make(name):
        builder = StandaloneHTMLBuilder.__new__(StandaloneHTMLBuilder)
        builder.name, builder.out_suffix = name, ".html"
        builder.get_target_uri = lambda page, typ=None: f"{page}.html"
        pages = {"book/exercise-1": "notebooks/exercise-1.ipynb"}
        config = SimpleNamespace(live_cells_notebooks=pages, html_baseurl="")
        return SimpleNamespace(builder=builder, config=config)

    return make


def test_every_place_says_what_it_installs():
    places = write_places(NOTEBOOK, f"../{WHEEL}", "https://example.org/course/").split("<li>")[1:]
    assert len(places) == 4
    assert all("install" in place for place in places)
    assert f"pip install jupyterlab https://example.org/course/{WHEEL}<" in places[-1]


def test_a_site_that_does_not_know_its_address_gives_the_toolkit_as_a_file_and_no_colab():
    block = write_places(NOTEBOOK, f"../{WHEEL}", "")
    assert "Colab" not in block
    links = re.findall('href="([^"]*)"', block)
    assert links == [NOTEBOOK, f"../{WHEEL}"]


@pytest.mark.parametrize("first", [nodes.container("", classes=["cell"]), nodes.section()])
def test_the_block_ends_the_introduction(app_for, first):
    introduction = nodes.paragraph("", nodes.Text("Read this line."))
    with_figure = nodes.section("", nodes.container("", classes=["cell"]))
    chapter = nodes.section("", nodes.title(), introduction, first.deepcopy(), with_figure)
    offer_places(app_for("html"), nodes.container("", chapter), "book/exercise-1")
    assert NOTEBOOK in chapter.children[2].astext()
    assert len(list(chapter.findall(nodes.raw))) == 1


def test_no_other_page_and_nothing_printed_has_it(app_for):
    for builder, page in (("html", "book/index"), ("singlehtml", "book/exercise-1")):
        document = nodes.container("", nodes.container("", classes=["cell"]))
        offer_places(app_for(builder), document, page)
        assert len(document.children) == 1
