"""A page in Firefox as it is installed, driven by its own WebDriver BiDi.

Playwright drives a Firefox of its own making only. What the tests ask of it is small: open a page,
and evaluate in it.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

PATIENCE = 600  # seconds that the browser may take for one answer
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def find_firefox() -> str | None:
    """Return the path of a Firefox, if there is one."""
    return next((path for name in ("firefox-esr", "firefox") if (path := shutil.which(name))), None)


class Firefox:
    """A browser with a profile of its own."""

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        self.numbers = itertools.count(1)
        self.ask("session.new", {"capabilities": {}})

    def ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, address: str) -> FirefoxPage:
        """Open a page in a tab of its own."""
        context = self.ask("browsingContext.create", {"type": "tab"})["context"]
        page = FirefoxPage(self, context)
        page.go(address)
        return page


class FirefoxPage:
    """A tab."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self.firefox = firefox
        self.context = context

    def go(self, address: str) -> None:
        """Go to an address and wait until the page's cells are live."""
        asked = {"context": self.context, "url": address, "wait": "complete"}
        self.firefox.ask("browsingContext.navigate", asked)
        self.wait_for("document.documentElement.dataset.live === 'ready'")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, awaited."""
        wrapped = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        asked = {"expression": wrapped, "target": {"context": self.context}, "awaitPromise": True}
        result = self.firefox.ask("script.evaluate", asked)
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def wait_for(self, condition: str) -> None:
        """Wait until a condition holds in the page."""
        self.evaluate(
            "(async () => { while (!(" + condition + ")) "
            "await new Promise((resolve) => setTimeout(resolve, 100)); })()"
        )


@contextmanager
def start_firefox(path: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox without a window; it ends with the context."""
    (profile / "user.js").write_text(
        'user_pref("datareporting.policy.dataSubmissionEnabled", false);'
    )
    command = [path, "--headless", "--no-remote", "--remote-debugging-port", "0"]
    command += ["--profile", str(profile), "about:blank"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, map(LISTENING.search, process.stderr)))
            yield Firefox(found[1])
        finally:
            process.kill()
