"""Figures under a reader's keys in JupyterLab, whose commands are keys as well."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, Page, expect

from explorables import show

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("figures")]

TOKEN = "figures"
PATIENCE = 180_000  # milliseconds; a loaded machine is slow to start a server

expect.set_options(timeout=30_000)


def write_notebook(place: Path, data_dir: str) -> None:
    """Write a notebook that its reader has saved and trusts, so that no kernel has to run."""
    shown = nbformat.v4.new_output("display_data", show("model")._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("show('model')", outputs=[shown])
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
    nbformat.write(notebook, place)
    Path(data_dir).mkdir()
    with closing(NotebookNotary(data_dir=data_dir).store) as signatures:
        notary = NotebookNotary(data_dir=data_dir, store=signatures)
        notary.sign(nbformat.read(place, as_version=4))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab with one notebook, whose cell has shown a figure."""
    places = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / f".{kind.lower()}")
        for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    environment = os.environ | places | {"IPYTHONDIR": str(tmp_path / ".i")}
    write_notebook(tmp_path / "one.ipynb", places["JUPYTER_DATA_DIR"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    options = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "open_browser": False,
        "allow_root": True,
        "root_dir": tmp_path,
    }
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", f"--IdentityProvider.token={TOKEN}"),
            *(f"--ServerApp.{name}={value}" for name, value in options.items()),
            "--LabApp.news_url=",
        ],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}/lab/tree/one.ipynb?token={TOKEN}"
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)  # seconds; a kernel that is still starting would hold it up for minutes
        server.kill()
        server.wait()


def open_when_it_answers(page: Page, address: str) -> None:
    """Open an address whose server may not be there yet."""
    for _ in range(600):
        answer = None
        try:
            answer = page.goto(address)
        except Exception as error:
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
        if answer is not None and answer.ok:
            return
        page.wait_for_timeout(200)
    raise AssertionError("JupyterLab does not answer.")


def test_keys_move_a_figure_and_give_jupyterlab_no_commands(chromium: Browser, lab: str) -> None:
    with chromium.new_context(viewport={"width": 1200, "height": 1400}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        open_when_it_answers(page, lab)
        cell = page.locator(".jp-CodeCell").first
        words = cell.locator("[data-explorable=model] .words")
        expect(words).to_contain_text("Behind “star” at 5", timeout=PATIENCE)
        line = cell.get_by_label("A line")
        line.fill("")
        line.press_sequentially("bread tea bread")  # a, b, d and x are commands of a notebook
        expect(words).to_contain_text("Behind “bread” at 3 the model says “tea”")
        asked = cell.get_by_role("slider", name="Ask behind token")
        asked.focus()
        for key in ("ArrowLeft", "b", "a", "x", "m"):
            page.keyboard.press(key)
        expect(asked).to_have_attribute("aria-valuetext", "2 (tea)")
        # JupyterLab itself spares what one can type in; on a button its keys would be commands.
        cell.get_by_role("button", name="said twice").focus()
        page.keyboard.press("Enter")  # would go into the cell's editor
        expect(words).to_contain_text("Behind “past” at 8 the model says")
        for key in ("b", "a", "m", "x"):  # a cell below, one above, Markdown, cut
            page.keyboard.press(key)
        cell.get_by_role("button", name="one copy").press("Space")  # would scroll
        expect(words).to_contain_text("Behind “star” at 5 the model says “fish”")
        expect(cell.get_by_role("button", name="one copy")).to_be_focused()
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(1)
        expect(page.locator(".jp-CodeCell")).to_have_count(1)
        expect(page.locator(".jp-Notebook")).to_have_class(re.compile("jp-mod-commandMode"))
