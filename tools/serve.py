"""Serve the built site on this machine until Ctrl-C.

    python tools/serve.py _build/html --port 8000

Only the folder is served, and only to this machine unless ``--host`` says otherwise. Text is sent
compressed, and everything with the Content-Security-Policy that the pages carry themselves. The two
Cross-Origin headers give a page's worker shared memory, by which a running cell can be interrupted;
everything the site needs comes from the site itself.
"""

from __future__ import annotations

import argparse
import errno
import gzip
import io
import json
import math
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".ipynb", ".txt", ".map", ".py"}
POLICIES = Path(__file__).resolve().parent.parent / "live_cells/sphinx_live_cells/policy.json"
LARGEST_COMPRESSED = 4_000_000  # bytes; beyond this, compressing costs more than it saves


@lru_cache(maxsize=512)
def compress(path: str, modified_ns: int) -> bytes:
    """Return the file gzipped; ``modified_ns`` is part of the key, so that changes are seen."""
    del modified_ns
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


@lru_cache(maxsize=2)
def read_policy(name: str) -> str:
    """Return a policy of ``live_cells/sphinx_live_cells/policy.json`` as a header's value."""
    directives: dict[str, str] = json.loads(POLICIES.read_text(encoding="utf-8"))[name]
    return "; ".join(f"{key} {value}" for key, value in directives.items())


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves files with compression, quietly, and without letting the browser go stale."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - the base class's attribute
        **SimpleHTTPRequestHandler.extensions_map,
        ".ipynb": "application/x-ipynb+json",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # ask each time; 304 if unchanged
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("X-Content-Type-Options", "nosniff")
        policy = "lite" if getattr(self, "path", "").startswith("/lite/") else "pages"
        self.send_header("Content-Security-Policy", read_policy(policy))
        super().end_headers()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not self._should_compress(path):
            super().do_GET()
            return
        body = compress(str(path), path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        self.wfile.write(body)

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        try:
            return super().send_head()
        except ValueError:  # a NUL, or half a character: no file has such a name
            self.send_error(HTTPStatus.NOT_FOUND, "There is no page here")
            return None

    def _should_compress(self, path: Path) -> bool:
        return (
            path.suffix in COMPRESSED
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and "If-Modified-Since" not in self.headers
            and _find_size(path) <= LARGEST_COMPRESSED
        )

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            self.close_connection = True  # the browser went away: no news

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Keep the terminal for what the reader needs to know."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page where there is nothing, as hosts of static sites do."""
        dead_end = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not dead_end.is_file():
            super().send_error(code, message, explain)
            return
        body = dead_end.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def list_directory(self, path: object) -> None:
        """Show no folder's contents: a folder without an index page is no page."""
        self.send_error(HTTPStatus.NOT_FOUND, "There is no page here")


def _find_size(path: Path) -> float:
    """Return a file's size in bytes; infinity if there is none, or none can have this name."""
    try:
        return path.stat().st_size if path.is_file() else math.inf
    except (OSError, ValueError):
        return math.inf


class SiteServer(ThreadingHTTPServer):
    """A server whose threads end with it and whose port can be taken again at once."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_server(folder: Path, host: str, port: int) -> SiteServer:
    """Return a server for ``folder``, bound and ready; ``OSError`` if the address is taken."""
    SiteServer.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return SiteServer((host, port), partial(SiteHandler, directory=str(folder)))


def explain(error: OSError, host: str, port: int) -> str:
    """Return one sentence: why the address cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: end that program, "
            f"or choose another port, such as make serve PORT={port + 1}."
        )
    if error.errno == errno.EACCES:
        return (
            f"Port {port} needs more rights than you have: choose one above 1023, "
            "such as make serve PORT=8000."
        )
    return (
        f"The site cannot be served on {host}, port {port} ({error.strerror}): "
        "choose an address of this machine, such as make serve HOST=127.0.0.1."
    )


def address(server: ThreadingHTTPServer) -> str:
    """Return the URL to open in the browser."""
    host, port = str(server.server_address[0]), server.server_address[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def run_beside(server: ThreadingHTTPServer) -> Iterator[str]:
    """Let a server answer while the block runs; yield its address, and close it at the end."""
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield address(server)
        finally:
            server.shutdown()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Serve the built site until Ctrl-C.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--check", action="store_true", help="only see whether the port is free")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C; return the exit status."""
    options = parse(arguments)
    try:
        server = open_server(options.folder, options.host, options.port)
    except (OSError, OverflowError) as error:
        known = error if isinstance(error, OSError) else OSError(0, "ports end at 65535")
        print(explain(known, options.host, options.port), file=sys.stderr)
        return 1
    with server:
        if options.check:
            return 0
        # A program started in the background may inherit a deaf ear for Ctrl-C.
        signal.signal(signal.SIGINT, _stop)
        signal.signal(signal.SIGTERM, _stop)
        print(f"The course is at {address(server)} (Ctrl-C ends it).", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nThe course is closed.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
