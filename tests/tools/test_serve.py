"""The server shows the site and nothing else, and says in one sentence what is wrong."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools.serve import explain, open_server, run_beside

ROOT = Path(__file__).resolve().parents[2]
SERVE = ROOT / "tools" / "serve.py"


@pytest.fixture
def site(tmp_path):
    """Return a small site, beside which lies a file that is none of its visitors' business."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "site"
    (folder / "book").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Welcome</h1>" * 50)
    (folder / "engine.wasm").write_bytes(b"\0asm")
    return folder


@pytest.fixture
def url(site):
    with run_beside(open_server(site, "127.0.0.1", 0)) as address:
        yield address


def fetch(url, **headers):
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60)


def test_the_front_page_is_served(url):
    assert b"Welcome" in fetch(url + "/").read()


def test_text_is_compressed_for_those_who_ask(url):
    response = fetch(url + "/index.html", **{"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert b"Welcome" in gzip.decompress(response.read())


def test_a_page_that_has_changed_is_served_anew(url, site):
    fetch(url + "/index.html", **{"Accept-Encoding": "gzip"}).read()
    (site / "index.html").write_text("changed")
    os.utime(site / "index.html", (1, 1))
    response = fetch(url + "/index.html", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(response.read()) == b"changed"


def test_the_page_may_share_memory_with_its_worker(url):
    headers = fetch(url + "/engine.wasm").headers
    assert headers["Content-Type"] == "application/wasm"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"


ODD_NAMES = [
    "/%00",
    "/book/%00.html",
    "/a%00/",
    "/%ed%a0%80.html",
    f"/{'a' * 300}.html",
    "/%ff%fe.js",
]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/book/", "/nothing", *ODD_NAMES]
)
def test_what_is_no_page_is_not_served(url, path):
    for accepted in ("gzip", "identity"):
        with pytest.raises(urllib.error.HTTPError) as error:
            fetch(url + path, **{"Accept-Encoding": accepted})
        assert error.value.code == 404


def test_where_nothing_is_the_site_s_own_page_says_so(url, site):
    (site / "404.html").write_text("nothing here")
    for method in ("GET", "HEAD"):
        request = urllib.request.Request(f"{url}/book/gone/deep.html", method=method)
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(request, timeout=60)
        assert error.value.code == 404
        assert error.value.read() == (b"nothing here" if method == "GET" else b"")


def test_everything_comes_with_its_policy(url):
    page = fetch(url + "/index.html").headers["Content-Security-Policy"]
    (scripts,) = re.findall(r"script-src ([^;]*)", page)
    allowed, others = scripts.split()[:2], scripts.split()[2:]
    assert allowed == ["'self'", "'wasm-unsafe-eval'"]
    assert all(each.startswith("'sha256-") for each in others)
    assert "connect-src 'self'" in page
    assert fetch(url + "/engine.wasm").headers["Content-Security-Policy"] == page
    with pytest.raises(urllib.error.HTTPError) as error:
        fetch(url + "/lite/nothing")
    assert "'unsafe-eval'" in error.value.headers["Content-Security-Policy"]


def test_a_port_in_use_is_one_sentence_with_the_remedy(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, SERVE, site, "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"Port {port} on 127.0.0.1 is taken" in result.stderr
    assert f"PORT={port + 1}" in result.stderr


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_cannot_be_is_one_sentence_too(site, port):
    result = subprocess.run(
        [sys.executable, SERVE, site, "--port", port], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1


def test_too_few_rights_are_explained():
    assert "above 1023" in explain(PermissionError(13, "Permission denied"), "127.0.0.1", 80)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_server_prints_its_address_and_ends_cleanly(site, ending):
    command = [sys.executable, SERVE, site, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as it:
        first = it.stdout.readline()
        address = next(word for word in first.split() if word.startswith("http://127.0.0.1:"))
        assert b"Welcome" in fetch(address).read()
        it.send_signal(ending)
        rest, errors = it.communicate(timeout=60)
    assert it.returncode == 0
    assert errors == ""
    assert "closed" in rest
