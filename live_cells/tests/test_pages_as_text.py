"""What the extension does to the text of pages: answers found, scripts moved, pages repaired."""

from __future__ import annotations

import re
from pathlib import Path

import pydata_sphinx_theme
import pytest
from sphinx_live_cells.answers import is_ungraded, wrap_lines
from sphinx_live_cells.policy import POLICIES, add_policy, write_meta
from sphinx_live_cells.repairs import finish_pages, repair
from sphinx_live_cells.scripts import COLOURS, FOLDER, find_hash, move_out

FENCE = "`" * 10


def wrap(text: str) -> str:
    return "\n".join(wrap_lines(text.split("\n")))


def test_text_answer_is_put_in_its_directive_line_by_line() -> None:
    page = '# Title\n\n+++ {"grade_id": "w1"}\n\n*Write here.*\n\n+++\n\nMore.'
    wrapped = wrap(page)
    assert wrapped == f"# Title\n\n{FENCE}{{live-answer}} w1\n\n*Write here.*\n\n{FENCE}\n\nMore."
    assert len(wrapped.split("\n")) == len(page.split("\n"))


@pytest.mark.parametrize(
    "end", ["```{code-cell} ipython3\nx\n```", '+++ {"grade_id": "w2"}\n\nThere.\n\n+++', "+++ {}"]
)
def test_text_answer_ends_where_another_cell_begins(end: str) -> None:
    wrapped = wrap(f'+++ {{"grade_id": "w1"}}\n\nHere.\n{end}')
    assert wrapped.count(FENCE) == 2 * wrapped.count("{live-answer}")
    assert wrapped.index("Here.") < wrapped.index(f"\n{FENCE}\n")


def test_text_answer_at_the_end_of_a_page_is_closed() -> None:
    assert wrap('+++ {"grade_id": "w1"}\nHere.').endswith(f"Here.\n{FENCE}")


@pytest.mark.parametrize("line", ["+++", '+++ {"tags": ["a"]}', "+++ not JSON", "+++a", "text +++"])
def test_other_breaks_stay_as_they_are(line: str) -> None:
    assert wrap(f"one\n{line}\ntwo") == f"one\n{line}\ntwo"


def test_a_folder_of_solutions_is_ungraded_and_its_namesakes_are_not() -> None:
    assert is_ungraded("solutions/one", ["solutions"])
    assert is_ungraded("solutions", ["solutions"])
    assert not is_ungraded("solutions-of-mine/one", ["solutions"])


def test_inline_scripts_move_to_files_at_the_same_place(tmp_path: Path) -> None:
    page = '<body><script>let a = 1;</script><p>x</p><script src="b.js"></script></body>'
    moved = move_out(page, tmp_path, "../")
    found = re.fullmatch(
        r'<body><script src="\.\./(.*)"></script><p>x</p><script src="b.js"></script></body>', moved
    )
    assert found is not None
    assert (tmp_path / Path(found[1]).name).read_text() == "let a = 1;"
    assert found[1].startswith(FOLDER)
    assert move_out(moved, tmp_path, "../") == moved


def test_a_script_that_stands_twice_is_kept_once(tmp_path: Path) -> None:
    moved = move_out("<script>let a = 1;</script>\n<script>let a = 1;</script>", tmp_path, "")
    assert moved.count("<script") == 1


def test_the_script_for_the_colours_stays_in_the_page_and_the_policy_names_it(
    tmp_path: Path,
) -> None:
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    layout = (theme / "layout.html").read_text(encoding="utf-8")
    (body,) = re.findall(r'<script data-cfasync="false">(.*?)</script>', layout, re.DOTALL)
    own = body.replace("{{ default_mode }}", "auto")
    moved = move_out(f'<script data-cfasync="false">{own}</script>', tmp_path, "")
    assert moved == f'<script data-cfasync="false">{COLOURS}</script>'
    assert move_out(moved, tmp_path, "") == moved
    assert f"'sha256-{find_hash(COLOURS)}'" in POLICIES["pages"]["script-src"].split()


def test_another_policy_replaces_the_one_that_a_page_has() -> None:
    old = '<head><meta http-equiv="Content-Security-Policy" content="old">'
    assert add_policy(old, "pages") == f"<head>{write_meta('pages')}"


def test_data_in_a_script_element_stays(tmp_path: Path) -> None:
    page = '<script type="application/json" id="d">{"a": 1}</script>'
    assert move_out(page, tmp_path, "") == page


def test_event_handlers_become_listeners(tmp_path: Path) -> None:
    page = '<body><button class="b" onclick="go(&quot;x&quot;)">Go</button></body>'
    moved = move_out(page, tmp_path, "")
    assert " onclick=" not in moved
    assert 'class="b"' in moved
    script = next(tmp_path.iterdir()).read_text()
    assert 'go("x")' in script
    assert "addEventListener('click'" in script


def test_a_page_that_leads_on_asks_for_no_icon() -> None:
    page = '<meta http-equiv="Refresh" content="0; url=book/index.html" />'
    assert repair(page).startswith('<link rel="icon" href="data:,">')
    assert repair(repair(page)) == repair(page)


def test_repairs_are_made_once(tmp_path: Path) -> None:
    sidebar = '<div class="bd-sidebar-primary bd-sidebar">'
    once = repair(sidebar)
    assert 'role="complementary"' in once
    assert repair(once) == once
    page = tmp_path / "deep" / "page.html"
    page.parent.mkdir()
    page.write_text(f"{sidebar}<script>let a;</script>")
    finish_pages(tmp_path, policy=True)
    first = page.read_text()
    assert 'src="../live-cells/inline/' in first
    finish_pages(tmp_path, policy=True)
    assert page.read_text() == first


def test_scripts_of_the_theme_may_stay_inline(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<script>let a;</script>")
    finish_pages(tmp_path, policy=False)
    assert (tmp_path / "page.html").read_text() == "<script>let a;</script>"
