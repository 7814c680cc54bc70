"""Figures under a reader's keys in JupyterLab, whose commands are keys as well."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

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
    notary = NotebookNotary(data_dir=data_dir)
    notary.sign(nbformat.read(place, as_version=4))
    notary.store.close()


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
    address = f"http://127.0.0.1:{port}/lab/tree/one.ipynb?token={TOKEN}"
    try:
        wait_until_it_answers(address)
        yield address
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)  # seconds; a kernel that is still starting would hold it up for minutes
        server.kill()
        server.wait()


def wait_until_it_answers(address: str) -> None:
    """Ask a server that may not be there yet until it gives its page."""
    for _ in range(600):
        with suppress(OSError), urlopen(address, timeout=60):
            return
        time.sleep(0.2)
    raise AssertionError("JupyterLab does not answer.")


def expect_untouched(page: Page) -> None:
    """Expect the notebook to be as it was: one code cell, and none of its editors entered."""
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(1)
    expect(page.locator(".jp-CodeCell")).to_have_count(1)
    expect(page.locator(".jp-Notebook")).to_have_class(re.compile("jp-mod-commandMode"))


def test_keys_move_a_figure_and_give_jupyterlab_no_commands(chromium: Browser, lab: str) -> None:
    with chromium.new_context(viewport={"width": 1200, "height": 1400}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(lab)
        cell = page.locator(".jp-CodeCell").first
        words = cell.locator("[data-explorable=model] .words")
        expect(words).to_contain_text("Behind “star” at 5", timeout=PATIENCE)
        # Buttons first: JupyterLab spares what one can type in, and after it all of this figure.
        cell.get_by_role("button", name="said twice").focus()
        page.keyboard.press("Enter")  # would go into the cell's editor
        expect(words).to_contain_text("Behind “past” at 8 the model says")
        for key in ("b", "a", "m", "x"):  # a cell below, one above, Markdown, cut
            page.keyboard.press(key)
        cell.get_by_role("button", name="one copy").press("Space")  # would scroll
        expect(words).to_contain_text("Behind “star” at 5 the model says “fish”")
        expect(cell.get_by_role("button", name="one copy")).to_be_focused()
        expect_untouched(page)
        line = cell.get_by_label("A line")
        line.fill("")
        line.press_sequentially("bread tea bread")  # a, b, d and x are commands of a notebook
        expect(words).to_contain_text("Behind “bread” at 3 the model says “tea”")
        asked = cell.get_by_role("slider", name="Ask behind token")
        asked.focus()
        for key in ("ArrowLeft", "b", "a", "x", "m"):
            page.keyboard.press(key)
        expect(asked).to_have_attribute("aria-valuetext", "2 (tea)")
        expect_untouched(page)
