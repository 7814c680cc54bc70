"""Figures under a reader's keys in JupyterLab, whose commands are keys as well."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("figures")]

ROOT = Path(__file__).parents[2]
TOKEN = "figures"
PATIENCE = 180_000  # milliseconds; a loaded machine is slow to start a kernel

expect.set_options(timeout=30_000)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab with one notebook, whose cell shows a figure."""
    cell = nbformat.v4.new_code_cell("from explorables import show\nshow('model')")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    places = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / f".{kind.lower()}") for kind in ("CONFIG", "RUNTIME")
    }
    environment = (
        os.environ | places | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / ".i")}
    )
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
        cell.locator(".cm-content").wait_for()
        words = cell.locator("[data-explorable=model] .words")
        # JupyterLab drops what is run before its kernel is there, and so one would run it again.
        for patience in (20_000, 40_000, PATIENCE):
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            with contextlib.suppress(AssertionError):
                expect(words).to_contain_text("Behind “star” at 5", timeout=patience)
                break
        expect(words).to_contain_text("Behind “star” at 5")
        line = cell.get_by_label("A line")
        line.fill("")
        line.press_sequentially("bread tea bread")  # a, b, d and x are commands of a notebook
        expect(words).to_contain_text("Behind “bread” at 3 the model says “tea”")
        asked = cell.get_by_role("slider", name="Ask behind token")
        asked.focus()
        for key in ("ArrowLeft", "b", "a", "x", "m"):
            page.keyboard.press(key)
        expect(asked).to_have_attribute("aria-valuetext", "2 (tea)")
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(1)
        expect(page.locator(".jp-CodeCell")).to_have_count(1)
