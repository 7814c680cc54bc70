"""Nothing that a learner wrote acts in somebody else's browser."""

import base64
import io
import re
import struct
import zlib
from html import unescape

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_output

from circuits import check, toy_stream
from circuits.plots import plot_matrix
from circuits.reports.report import REPORT_MIME
from grader.feedback.outputs import render_markdown
from grader.feedback.page import scrub
from grader.sanitize.clean import clean_html, clean_markdown, clean_output, clean_style
from grader.sanitize.pictures import find_svg_fault
from tests.explorables.test_same_mathematics import build_reference

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='http://a.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='http://a.example'><input name=x></form>",
    "<style>body{background:url(http://a.example)}</style>",
    "<div style='background:url(http://a.example/x.png)'>x</div>",
    "<div style='position:fixed;top:0'>x</div>",
    "<meta http-equiv=refresh content='0;url=http://a.example'>",
    "<base href='http://a.example/'>",
    "<link rel=stylesheet href='http://a.example/x.css'>",
    "<img src='http://a.example/pixel.png'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "</main></body><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
HARMFUL = re.compile(
    r"<(?:script|iframe|object|embed|form|input|meta|base|link|style|svg)\b"
    r"|<[a-z][^>]*\son\w+\s*=|(?:href|src)\s*=\s*[\"']?\s*(?:java|vb)script:"
    r"|src=[\"']?https?:|url\(|position:|</main",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_come_out_harmless(attack):
    assert not HARMFUL.search(clean_html(attack))
    assert not HARMFUL.search(render_markdown(f"Some *text*.\n\n{attack}\n"))


TAGS = re.compile(r"<(?:script|iframe|svg|object|embed|meta|style|form)\b", re.IGNORECASE)
MARKDOWN_ATTACKS = [
    *ATTACKS,
    "[x](javascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](https://a.example](javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[x][y]\n\n[y]:\n  javascript:alert(1)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "\\`<img src=x onerror=alert(1)>`",
    "```\n<b>\n```\n<img src=x onerror=alert(1)>",
    "~~~ x ` ~~~\n<script>alert(1)</script>",
]


@pytest.mark.parametrize("attack", MARKDOWN_ATTACKS)
def test_markdown_that_formgrader_renders_is_disarmed(attack):
    html = markdown2html(clean_markdown(attack))
    assert not TAGS.search(html)
    assert not re.search(r"<[a-z][^>]*\son\w+\s*=", html, re.IGNORECASE)
    for address in re.findall(r'href="([^"]*)"', html):
        plain = re.sub(r"[\x00-\x20]", "", address).lower()
        assert not plain.startswith(("javascript:", "vbscript:", "data:")), address


@settings(max_examples=100)
@given(st.text(st.sampled_from(list("<>&;#`~[]()!\"'=\n\t \\/:scriptonerimgjavhf1")), max_size=60))
def test_no_combination_of_marks_makes_a_tag(text):
    html = markdown2html(clean_markdown(text))
    tags = {tag.lower() for tag in re.findall(r"<\s*([a-zA-Z]+)", html)}
    known = {"p", "a", "code", "pre", "em", "strong", "ul", "ol", "li", "h", "br", "hr", "div"}
    lists = {"dl", "dt", "dd"}
    assert tags <= known | lists | {"blockquote", "img", "span", "del", "table", "thead", "tbody"}


def test_harmless_links_stay_links():
    html = markdown2html(clean_markdown("[x](https://a.example/b?c=1) and [y](#part)"))
    assert 'href="https://a.example/b?c=1"' in html
    assert 'href="#part"' in html


def test_ordinary_markdown_is_rendered():
    html = render_markdown("**Bold**, $a_1 < b_2$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<strong>Bold</strong>" in html
    assert "$a_1 &lt; b_2$" in html
    assert "<table>" in html


def test_long_markdown_is_shown_as_it_was_typed():
    assert "<pre>" in render_markdown("\\begin{a}" * 100_000)


def bundle(**data):
    data = {mime.replace("_", "/", 1): value for mime, value in data.items()}
    return clean_output(new_output("display_data", data=data)).data


def test_only_safe_kinds_of_output_stay():
    kept = bundle(
        text_plain="x",
        text_latex="<script>",
        application_javascript="alert(1)",
        **{"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    )
    assert kept == {"text/plain": "x"}


def test_a_learner_cannot_make_a_report():
    data = {REPORT_MIME: {"points": 100}, "text/plain": "x"}
    assert clean_output(new_output("display_data", data=data)).data == {"text/plain": "x"}


def test_a_vector_picture_becomes_an_image():
    html = bundle(**{"image/svg+xml": "<svg onload='alert(1)'/>"})["text/html"]
    assert html.startswith('<img src="data:image/svg+xml;base64,')


def test_a_picture_that_is_none_is_dropped():
    assert "image/png" not in bundle(image_png='"><script>alert(1)</script>', text_plain="x")


def test_colours_of_a_terminal_are_taken_out():
    output = new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m \x1b]0;title\x07")
    assert "\x1b[" not in clean_output(output).text


def test_private_paths_are_scrubbed():
    text = "File /srv/course/solutions/x.py, /srv/course-old"
    assert scrub(text, ("/srv/course",)) == "File …/solutions/x.py, /srv/course-old"


REMOTE = [
    "![seen](http://a.example/x.png)",
    "![seen][1]\n\n[1]: http://a.example/x.png",
    "![1]\n\n[1]: <http://a.example/x.png>",
    "[![seen](http://a.example/x.png)](https://b.example)",
    "![seen](//a.example/x.png)",
    "![seen](HTTPS://a.example/x.png 'title')",
    "<img src='http://a.example/x.png' alt=seen>",
    "| ![seen](http://a.example/x.png) |\n|---|\n",
]


@pytest.mark.parametrize("text", REMOTE)
def test_a_picture_from_elsewhere_is_a_line_of_text_that_says_so(text):
    for html in (render_markdown(text), markdown2html(clean_markdown(text))):
        assert "<img" not in html
        assert "a.example/x.png" in html  # a person reads what was there
    assert "A picture is not shown" in render_markdown(text)


STYLES_THAT_LOAD = [
    "background:url(http://a.example/x)",
    "background:image-set('http://a.example/x' 1x)",
    "background:-webkit-image-set(url(http://a.example/x) 1x)",
    "list-style:url(http://a.example/x)",
    "list-style:image-set('http://a.example/x' 1x)",
    "background:u\\72l(http://a.example/x)",
    "background:cross-fade(url(http://a.example/x),red)",
    "background:src('http://a.example/x')",
    "cursor:url(http://a.example/x),auto",
    "content:url(http://a.example/x)",
    "color:red;}@import 'http://a.example/x';{",
    "--x:url(http://a.example/x)",
]


@pytest.mark.parametrize("style", STYLES_THAT_LOAD)
def test_no_style_loads_anything(style):
    html = clean_html(f'<p style="{style}">x</p>')
    assert "a.example" not in html
    assert "a.example" not in clean_style(style)


@pytest.mark.parametrize(
    "style",
    ["position:fixed", "inset:0", "margin:-99px", "outline:9999px solid red", "z-index:9",
     "font-size:9999px", "transform:scale(9)", "width:999999999px"],
)  # fmt: skip
def test_no_style_covers_the_page(style):
    assert clean_style(style) == ""


def test_styles_of_reports_stay():
    report = "border-left:.35em solid #1a7f37;padding:.2em 0 .2em .8em;color:rgb(1,2,3)"
    assert clean_style(report).count(":") == 3


def test_classes_of_the_page_that_shows_it_are_taken_off():
    html = clean_html('<b class="circuits-report navbar-fixed-top btn">x</b><i class="modal">y</i>')
    assert html == '<b class="circuits-report">x</b><i>y</i>'


def test_a_formula_makes_no_link():
    for text in (r"$\href{javascript:go()}{x}$", r"$\mmlToken{mi}[href=x]{y}$"):
        for html in (clean_html(f"<p>{text}</p>"), markdown2html(clean_markdown(text))):
            assert not re.search(r"\\(href|mmlToken)", unescape(html))
            assert "operatorname" in html


HARMLESS = [
    "**Bold**, `a<b`, $x_1 < y$ & more\n\n- one\n- [x] two\n\n| a | b |\n|:-:|---|\n| 1 | 2 |\n",
    "# Title\n\n> quoted\n\n```python\nif a<b: pass\n```\n\n1. [x](https://a.example) <https://b.example>",
    "$$\na \\le b \\\\\nc\n$$\n\n\\begin{align}a&=b\\end{align}",
    "a < b, &lt; c; x & y &amp; 'z' \"q\" \\* ~~gone~~  \nnext line",
    "",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_that_does_nothing_stays_to_the_letter(text):
    assert clean_markdown(text) == text


def test_what_is_stored_cleaned_reads_the_same_in_formgrader_and_feedback():
    text = "One **bold** <b>tag</b>\n\n    code\n\n    more\n\nand ![x](http://a.example/b)"
    stored = clean_markdown(text)
    assert "\n" not in stored
    for html in (markdown2html(stored), render_markdown(stored)):
        assert "<strong>bold</strong> &lt;b&gt;tag&lt;/b&gt;" in html
        assert "code\n\nmore" in unescape(html)
    long = clean_markdown("x < y\n" * 10_000)
    assert "x &lt; y\nx" in unescape(render_markdown(long)).replace("x < y", "x &lt; y")
    assert render_markdown(long).count("<pre>") == 1


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def render_in_formgrader(text, pictures):
    kept = {name: {"image/png": data} for name, data in pictures.items()}
    renderer = IPythonRenderer(escape=False, attachments=kept)
    return MarkdownWithMath(renderer=renderer).render(clean_markdown(text, kept))


def test_attached_pictures_are_shown_and_others_are_told_of():
    assert PIXEL in render_in_formgrader("![x](attachment:a.png)", {"a.png": PIXEL})
    assert PIXEL in render_in_formgrader("![x](attachment:a%20b.png)", {"a b.png": PIXEL})
    for name in ("gone.png", "", "%00", "a.png?x"):
        html = render_in_formgrader(f"![x](attachment:{name})", {"a.png": PIXEL})
        assert "<img" not in html
        assert "not" in html


NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
LEVELS = "".join(
    f'<g id="l{n + 1}">{"".join(f"""<use xlink:href="#l{n}"/>""" for _ in range(10))}</g>'
    for n in range(9)
)
DEAR = {
    "uses": f'<g id="l0"><path d="M0 0"/></g>{LEVELS}',
    "a circle of uses": '<use id="a" href="#b"/><use id="b" href="#a"/>',
    "clips": LEVELS.replace("<use xlink:href=", "<g clip-path=")
    .replace('"#', '"url(#')
    .replace('"/>', ')"/>'),
    "many uses of a long path": f'<path id="p" d="{"M0 0" * 8000}"/>' + '<use href="#p"/>' * 500,
    "depth": "<g>" * 100 + "</g>" * 100,
    "a filter": '<filter id="f"><feTurbulence numOctaves="9"/></filter>',
    "a filter in a style": '<rect style="filter:blur(9px)"/>',
    "a mask": '<mask id="m"/>',
    "motion": "<style>*{animation:a 1s infinite}</style>",
    "motion in elements": '<rect><animate attributeName="x" dur="1s"/></rect>',
    "clips in a style sheet": "<style>*{clip-path:url(#c)}</style>",
    "foreign elements": "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
    "a drawing in a drawing": '<image href="data:image/svg+xml;base64,AAAA"/>',
    "another file": '<use href="https://a.example/x.svg#y"/>',
}


@pytest.mark.parametrize("inside", DEAR.values(), ids=DEAR)
def test_a_drawing_that_would_hang_a_browser_is_told_of(inside):
    svg = f"<svg {NS}>{inside}</svg>"
    data = base64.b64encode(svg.encode()).decode()
    for html in (
        bundle(**{"image/svg+xml": svg})["text/html"],
        clean_html(f'<img src="data:image/svg+xml;base64,{data}" alt="x">'),
        render_markdown("![x](attachment:x.svg)", {"x.svg": {"image/svg+xml": data}}),
    ):
        assert "<img" not in html
        assert "A picture is not shown: the drawing" in html


def test_entities_and_odd_encodings_of_drawings_are_refused():
    assert find_svg_fault(f'<!DOCTYPE svg [<!ENTITY a "aa">]><svg {NS}><text>&a;</text></svg>')
    assert find_svg_fault(f'<?xml version="1.0" encoding="utf-16"?><svg {NS}/>')
    assert find_svg_fault(f'<?xml-stylesheet href="data:text/css,x"?><svg {NS}/>')
    assert find_svg_fault(f'<svg {NS} width="999999999"/>')
    assert find_svg_fault("<svg")


def test_figures_of_the_course_and_of_matplotlib_are_shown():
    figure, axes = plt.subplots()
    axes.imshow([[1, 2], [3, 4]])
    axes.scatter(range(300), range(300), marker="s")
    axes.bar([1, 2], [3, 4], hatch="/")
    written = io.StringIO()
    figure.savefig(written, format="svg")
    plt.close(figure)
    assert find_svg_fault(written.getvalue()) is None
    picture = plot_matrix(np.eye(16), title="x")
    assert find_svg_fault(picture.svg) is None
    assert clean_html(picture._repr_html_()).count("<img src=") == 1


def test_feedback_keeps_the_sentences_of_a_circuit_and_not_its_numbers():
    one, two = build_reference("notes", toy_stream())
    first = {f"{name}_1": matrix for name, matrix in vars(one).items()}
    kept = clean_html(check("ex3b", two.W_Q, two.W_K, **first)._repr_html_())
    assert "data-" not in kept
    assert "your head 2 gives 1.00" in kept


def test_a_picture_of_more_pixels_than_a_browser_can_hold_is_told_of():
    content = bytearray(base64.b64decode(PIXEL))
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    kept = bundle(image_png=base64.b64encode(content).decode())
    assert set(kept) == {"text/html"}
    assert "A picture is not shown" in kept["text/html"]


TANGLES = {
    "deep": "<div>" * 100_000,
    "deep and closed": "<div>" * 1000 + "</div>" * 1000,
    "many": "<b>x</b>" * 100_000,
    "attributes": f"<b {' '.join(f'a{n}' for n in range(20_000))}>",
    "attributes without blanks": "<b " + "".join(f"a{n}=''" for n in range(9_000)) + ">",
    "crossing": "<p>" + "".join(f"<b title={n}>" for n in range(50)) + "</p>" + "<p>x</p>" * 9_000,
}


@pytest.mark.parametrize("html", TANGLES.values(), ids=TANGLES)
def test_html_that_takes_a_parser_too_long_is_told_of(html):
    assert clean_html(html).startswith("<p>[HTML of ")
    assert len(clean_html(html)) < 20_000


def test_a_large_table_is_no_tangle():
    row = "<tr><th>1</th>" + "<td>0.25</td>" * 20 + "</tr>"
    html = f"<table><tbody>{row * 400}</tbody></table>"
    assert clean_html(html).count("<td>") == 8_000
