"""Nothing that a learner wrote acts in somebody else's browser."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbformat.v4 import new_output

from circuits.report import REPORT_MIME
from grader.feedback.browsers import clean_output
from grader.feedback.clean import clean_html
from grader.feedback.markdown import render_markdown
from grader.feedback.scrub import scrub
from grader.gatekeeper.disarm import disarm_markdown

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
    html = markdown2html(disarm_markdown(attack))
    assert not TAGS.search(html)
    assert not re.search(r"<[a-z][^>]*\son\w+\s*=", html, re.IGNORECASE)
    for address in re.findall(r'href="([^"]*)"', html):
        plain = re.sub(r"[\x00-\x20]", "", address).lower()
        assert not plain.startswith(("javascript:", "vbscript:", "data:")), address


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(list("<>&;#`~[]()!\"'=\n\t \\/:scriptonerimgjavhf1")), max_size=60))
def test_no_combination_of_marks_makes_a_tag(text):
    html = markdown2html(disarm_markdown(text))
    tags = {tag.lower() for tag in re.findall(r"<\s*([a-zA-Z]+)", html)}
    known = {"p", "a", "code", "pre", "em", "strong", "ul", "ol", "li", "h", "br", "hr", "div"}
    lists = {"dl", "dt", "dd"}
    assert tags <= known | lists | {"blockquote", "img", "span", "del", "table", "thead", "tbody"}


def test_harmless_links_stay_links():
    html = markdown2html(disarm_markdown("[x](https://a.example/b?c=1) and [y](#part)"))
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
