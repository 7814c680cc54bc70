"""What MyST says, a plain notebook says too, without a directive or a role."""

import re

import pytest

from circuits.exercises import PARTS
from course.errors import WeaveError
from course.weave.markdown import Prose


@pytest.fixture
def convert(tiny):
    prose = Prose(tiny.book / "tiny.md", tiny, PARTS)
    return lambda text, line=1: prose.convert(text, line)


def test_plain_markdown_stays_to_the_letter(convert):
    text = (
        "# A heading\n\nWords *and* `code` and $x_i^T W_Q$, [a link](https://example.org).\n\n"
        "- one\n- two\n  more of two\n\n| a | b |\n|---|---|\n| $x$ | `{ref}` |\n\n"
        "```python\nx = 1\n\n\n\n# $not math$ {ref}`no-role`\n```\n\n$$\ny = x\n$$"
    )
    assert convert(text) == text


@pytest.mark.parametrize(
    ("role", "plain"),
    [
        ("{ref}`a-place`", "A place there"),
        ("{ref}`over there <a-place>`", "over there"),
        ("{figure}`the dial below <dial>`", "the dial below"),
        ("{doc}`other`", "Another page"),
        ("{doc}`the page <other>`", "the page"),
        ("[there](other.md#a-place)", "there"),
        ("[`W_Q` there](other.md)", "`W_Q` there"),
        ("[](#a-place)", "A place there"),
        ("[](other.md)", "Another page"),
        ("[](other.md#a-place)", "A place there"),
        ("<project:#a-place>", "A place there"),
        ("{cite:t}`many2003`", "[A et al. (2003)](https://example.org/many)"),
        ("{cite:p}`many2003`", "([A et al., 2003](https://example.org/many))"),
        ("{cite:t}`pair2002`", "Weiss and Yahav (2002)"),
        (
            "{cite:p}`alone2001,pair2002`",
            "([Kramár, 2001](https://example.org/one); Weiss and Yahav, 2002)",
        ),
        ("{math}`x^2`", "$x^2$"),
        ("{abbr}`QK (query and key)`", "QK"),
        ("{code}`W_Q`", "`W_Q`"),
        ("`{ref}` and ``{doc}`x` ``", "`{ref}` and ``{doc}`x` ``"),
        (r"$\{a\}$ and \{ref} and $a`b`c$", r"$\{a\}$ and \{ref} and $a`b`c$"),
        ("[a](https://example.org/x_(y))", "[a](https://example.org/x_(y))"),
        ("{ref}`words that\nbreak <a-place>`", "words that break"),
    ],
)
def test_roles_and_links_become_words(convert, role, plain):
    assert convert(f"See {role}, and go on.") == f"See {plain}, and go on."


def test_a_figure_that_moves_becomes_its_caption_and_says_where_it_is(convert):
    text = "```{explorable} clock three-back\nTurn *both* hands, see {ref}`a-place`.\n```"
    assert convert(text) == (
        "*In the book, a figure that you can move stands here.* "
        "Turn *both* hands, see A place there."
    )


def test_a_role_in_a_heading_a_list_and_a_table_becomes_words(convert):
    text = "## See {ref}`a-place`\n\n- {ref}`a-place`\n\n| a |\n|---|\n| {ref}`a-place` |"
    assert convert(text) == text.replace("{ref}`a-place`", "A place there")


def test_labels_comments_and_breaks_leave_no_trace(convert):
    assert convert("(a-label)=\n## H\n\n% a comment\n\nWords.\n\n+++\n\nMore.") == (
        "## H\n\nWords.\n\nMore."
    )


def test_a_dropdown_becomes_details_with_room_for_markdown(convert):
    text = ":::{dropdown} A *title* of `W_Q`\n:open:\n\nA body with $x$.\n:::"
    assert convert(text) == (
        "<details>\n<summary>A <em>title</em> of <code>W_Q</code></summary>\n\n"
        "A body with $x$.\n\n</details>"
    )


def test_an_admonition_becomes_a_quote_with_a_bold_title(convert):
    assert convert("```{note}\nOne.\n\nTwo {ref}`a-place`.\n```") == (
        "> **Note.**\n>\n> One.\n>\n> Two A place there."
    )
    assert convert(":::{admonition} Why $\\beta$?\nBecause.\n:::") == (
        "> **Why $\\beta$?**\n>\n> Because."
    )
    assert convert("```{tip} It begins here\nand goes on.\n```") == (
        "> **Tip.**\n>\n> It begins here\n> and goes on."
    )


def test_a_closed_admonition_becomes_details(convert):
    text = "```{admonition} Look\n---\nclass: dropdown\n---\nInside.\n```"
    assert convert(text) == "<details>\n<summary>Look</summary>\n\nInside.\n\n</details>"


def test_directives_inside_directives_are_converted(convert):
    text = "````{note}\nOuter.\n\n```{dropdown} Inner\nDeep {ref}`a-place`.\n```\n````"
    written = convert(text)
    assert "> <summary>Inner</summary>\n>\n> Deep A place there." in written
    assert "{" not in written


def test_a_directive_in_a_list_keeps_its_place(convert):
    text = "- one\n\n  ```{note}\n  In the list.\n  ```\n\n- two"
    assert convert(text) == "- one\n\n  > **Note.**\n  >\n  > In the list.\n\n- two"


def test_displayed_mathematics_in_a_quote_takes_one_line(convert):
    # Jupyter would take the quote's own marks for a part of the formula.
    text = "```{note}\n$$\na &= b \\\\\nc &= d\n$$\n```"
    assert convert(text) == "> **Note.**\n>\n> $$a &= b \\\\ c &= d$$"


def test_displayed_mathematics_loses_its_label(convert):
    assert convert("$$\na = b\n$$ (eq-label)") == "$$a = b$$"
    assert convert("```{math}\n:label: eq-label\na = b\n```") == "$$\na = b\n$$"


def test_an_amsmath_environment_gets_dollars(convert):
    text = "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}"
    assert convert(text) == f"$$\n{text}\n$$"


def test_a_definition_list_becomes_a_list(convert):
    assert convert("Term `x`\n: What it *means*.\n") == "**Term `x`**\n\n- What it *means*."


def test_a_code_block_keeps_its_language(convert):
    assert convert("```{code-block} python\nx = {ref}\n```") == "```python\nx = {ref}\n```"


def test_a_card_and_hints_come_from_the_table(convert):
    card, hints = convert("```{part} ex2c\n```"), convert("```{hints} ex2c\n```")
    part = PARTS["ex2c"]
    for words in (part.objective, "4 points", "about 15 minutes", "`W_Q_prev`", "matrix (4, 48)"):
        assert words in card
    assert all(prop.claim in card for prop in part.properties)
    assert hints.count("<details>") == hints.count("</details>") == len(part.hints)
    assert all(hint in hints for hint in part.hints)


@pytest.mark.parametrize("part", PARTS)
def test_every_card_is_plain(convert, part):
    written = convert(f"```{{part}} {part}\n```\n\n```{{hints}} {part}\n```")
    assert find_raw(written) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("```{mystery}\n```", "directive {mystery}"),
        ("{mystery}`x`", "role {mystery}"),
        ("{ref}`nowhere`", "'nowhere'"),
        ("[](other.md#nowhere)", "'other.md#nowhere'"),
        ("{cite:t}`nobody1999`", "'nobody1999'"),
        ("![a figure](figure.png)", "figure.png"),
        ("```{part} ex9z\n```", "'ex9z'"),
    ],
)
def test_what_has_no_plain_form_is_refused_with_its_line(convert, text, words):
    with pytest.raises(WeaveError, match=re.escape(words)) as caught:
        convert(f"Before.\n\n{text}\n", 40)
    assert caught.value.line == 42
    assert str(caught.value).startswith("book/tiny.md, line 42: ")


def find_raw(text):
    """Return what looks like a directive, a role, a label or a private macro outside of code."""
    outside = re.sub(r"(?ms)^([> ]*)(`{3,})(?!\{).*?^\1\2`*\s*$", "", text)
    outside = re.sub(r"(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)", _keep_roles, outside)
    return re.findall(
        r"^[> ]*[`:~]{3,}\{[^}]+\}.*$|\{[a-z][\w:-]*\}`|^\([\w-]+\)=$|^\+\+\+.*$|^%.*$"
        r"|\\newcommand|\]\([\w/.-]+\.md[^)]*\)|\]\(#[^)]*\)",
        outside,
        re.MULTILINE,
    )


def _keep_roles(match):
    before = match.string[: match.start()]
    return match.group() if re.search(r"\{[a-z][\w:-]*\}$", before) else "code"


def test_the_finder_of_raw_directives_finds_them():
    raw = "```{note}\nx\n```\n\n:::{tip}\n:::\n\nsee {ref}`x`\n\n(label)=\n\n[x](page.md)\n\n+++"
    assert len(find_raw(raw)) == 6
    assert find_raw("`{ref}` and\n\n```python\n{ref}`x`\n```\n") == []
