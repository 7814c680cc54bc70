"""A server like ``python -m http.server``, under a sub-path and with a policy if wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.serve import run_beside

README = Path(__file__).parents[2] / "live_cells" / "README.md"


def read_policy() -> str:
    """Return the Content-Security-Policy that the README tells people to send."""
    found = re.search(r"^Content-Security-Policy: (.+)$", README.read_text(), re.MULTILINE)
    assert found is not None, "the README gives no policy"
    return found[1]


class Handler(SimpleHTTPRequestHandler):
    """Serves below ``prefix`` and sends ``policy`` with everything but JupyterLite."""

    prefix = "/"
    policy = ""

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return "/nowhere"  # a page that forgets its sub-path gets a 404
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def end_headers(self) -> None:
        if self.policy and not self.path.startswith(f"{self.prefix}lite/"):
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Stay quiet."""


@contextmanager
def serve(
    folder: Path, prefix: str = "/", policy: str = "", handler: type[Handler] = Handler
) -> Iterator[str]:
    """Serve ``folder`` on a free port of this machine; yield the address of its root."""
    handler = type("OneHandler", (handler,), {"prefix": prefix, "policy": policy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    with run_beside(server) as root:
        yield f"{root}{prefix}"
