"""Build JupyterLite beside the book: the learner's notebooks as notebooks, in the browser.

    python -m tools.build.lite _build/html      into _build/html/lite

Everything it needs lies in the site itself: Pyodide, its packages and the course's own wheel, which
is in Pyodide's lock, so that a plain ``import circuits`` works in a notebook.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from email.parser import Parser
from pathlib import Path
from typing import Any

from sphinx_live_cells.policy import POLICIES, add_policy
from sphinx_live_cells.pyodide import PyodideError, link, list_hashes
from sphinx_live_cells.scripts import INLINE, is_script

from tools.build.last_success import fingerprint, is_same, remember
from tools.build.learner_wheel import build_learner_wheel
from tools.build.pyodide_assets import bring_pyodide, bring_wheel, cut_lock
from tools.build.stopping import run_until_stopped

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "build" / "lite-source"
OUTPUT = ROOT / "build" / "lite"
KEPT = ROOT / ".cache" / "wheels"
COMM = "comm==0.2.3"  # without it the kernel waits for ever and says nothing
KERNEL = "@jupyterlite/pyodide-kernel-extension"
APP = "notebooks"  # the one that is built
ICON = f"{APP}/favicon.ico"  # comes with it
FIGURES = "../../explorables"  # of the site, from the app's page
INPUTS = (
    "circuits",
    "live_cells/sphinx_live_cells/pyodide-files.json",
    "live_cells/sphinx_live_cells/pyodide-lock.json",
    "live_cells/sphinx_live_cells/policy.json",
    "pyproject.toml",
    "requirements.txt",
)


def bring_comm() -> Path:
    """Return the wheel of ``comm``, which the kernel asks for and Pyodide does not have."""
    KEPT.mkdir(parents=True, exist_ok=True)
    return next(KEPT.glob("comm-*.whl"), None) or bring_wheel(COMM, KEPT)


def describe_wheel(wheel: Path) -> dict[str, Any]:
    """Return a wheel's entry for Pyodide's lock, read from the wheel itself."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata_name = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(metadata_name).decode())
    modules = {name.split("/")[0] for name in names if name.endswith("/__init__.py")}
    return {
        "name": metadata["Name"],
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(modules),
        "depends": ["numpy", "matplotlib"] if metadata["Name"] != "comm" else [],
        "unvendored_tests": False,
    }


# Before Pyodide's own script. Some hosts send WebAssembly as a mere file, which browsers refuse to
# compile as it comes; Pyodide then only says so on the console, and waits for ever.
NAME_WASM = """\
self.fetch = ((plainly) => async (...request) => {
  const answer = await plainly(...request);
  const kind = "application/wasm";
  const other = answer.ok && answer.headers.get("Content-Type") !== kind;
  if (!other || !new URL(answer.url).pathname.endsWith(".wasm")) return answer;
  return new Response(answer.body, { headers: { "Content-Type": kind } });
})(self.fetch.bind(self));
"""


def prepare_pyodide(files: Path, wheels: Sequence[Path], target: Path) -> None:
    """Lay out the Pyodide that notebooks use: its files, our wheels, and a lock that names both."""
    target.mkdir(parents=True)
    lock = cut_lock()
    for name in list_hashes(lock["packages"].values()):
        link(files / name, target / name)
    script = target / "pyodide.js"
    text = script.read_text(encoding="utf-8")
    script.unlink()  # it may be another name of the file that is kept
    script.write_text(NAME_WASM + text, encoding="utf-8")
    for wheel in wheels:
        link(wheel, target / wheel.name)
        entry = describe_wheel(wheel)
        lock["packages"][entry["name"]] = entry
    (target / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def write_settings(source: Path, wheels: Sequence[Path]) -> None:
    """Write what the build needs to be told."""
    extension = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / KERNEL
    build = {
        "LiteBuildConfig": {
            "apps": [APP],
            "contents": ["files"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            # Otherwise the extensions of this environment's own JupyterLab leak in.
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(extension)],
        },
        "PipliteAddon": {"piplite_urls": [str(wheel) for wheel in wheels]},
    }
    (source / "jupyter_lite_config.json").write_text(json.dumps(build), encoding="utf-8")


def settle_pages(output: Path) -> None:
    """Keep the kernel from asking a registry; its addon leaves out what it does not know."""
    settings = output / "jupyter-lite.json"
    page = json.loads(settings.read_text(encoding="utf-8"))
    kernel = page["jupyter-config-data"]["litePluginSettings"][f"{KERNEL}:kernel"]
    kernel |= {"pyodideUrl": "./static/pyodide/pyodide.js", "disablePyPIFallback": True}
    page["jupyter-config-data"]["faviconUrl"] = f"./{ICON}"
    settings.write_text(json.dumps(page, indent=1), encoding="utf-8")
    for path in output.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if path.name == "index.html":
            text = name_icon(text, len(path.relative_to(output).parts) - 1)
        if path == output / APP / "index.html":
            text = bring_figures(text)
        for script in find_unlisted(text):
            raise PyodideError(
                f"{path} has an inline script that policy.json of sphinx_live_cells does not "
                f"list: look it over, then add {script} to the script-src of lite."
            )
        path.write_text(add_policy(text, "lite"), encoding="utf-8")


def find_unlisted(page: str) -> list[str]:
    """Return the hashes of the page's inline scripts that its policy does not list."""
    bodies = [found["body"] for found in INLINE.finditer(page) if is_inline(found["attributes"])]
    digests = (base64.b64encode(hashlib.sha256(body.encode()).digest()) for body in bodies)
    sources = POLICIES["lite"]["script-src"].split()
    return [name for each in digests if (name := f"'sha256-{each.decode()}'") not in sources]


def is_inline(attributes: str) -> bool:
    """Tell a script that stands in the page from one with an address, and from data."""
    return "src=" not in attributes and is_script(attributes)


def name_icon(page: str, depth: int) -> str:
    """Return the page with its icon named in its head; a script does so too late.

    Until then a browser asks the host's root for one, which is not ours.

    >>> name_icon("<head><title>x</title>", 1)
    '<head><link rel="icon" href="../notebooks/favicon.ico" /><title>x</title>'
    """
    link = f'<link rel="icon" href="{"../" * depth}{ICON}" />'
    return page if link in page else page.replace("<head>", f"<head>{link}", 1)


def bring_figures(page: str) -> str:
    r"""Return the page of notebooks with the script that lets figures in outputs move.

    The policy forbids the script that an output may bring itself. Its figure's state stands in
    attributes, which this one reads, as it does on the pages of the book.

    >>> print(bring_figures("<head></head>").replace("><", ">\n<"))
    <head>
    <link rel="stylesheet" href="../../explorables/explorables.css" />
    <script type="module" src="../../explorables/host.js">
    </script>
    </head>
    """
    tags = (
        f'<link rel="stylesheet" href="{FIGURES}/explorables.css" />'
        f'<script type="module" src="{FIGURES}/host.js"></script>'
    )
    return page if tags in page else page.replace("</head>", f"{tags}</head>", 1)


def build_lite(notebooks: Path) -> Path:
    """Build JupyterLite with these notebooks and return its folder."""
    files = bring_pyodide()
    for folder in (SOURCE, OUTPUT):
        shutil.rmtree(folder, ignore_errors=True)
    (SOURCE / "wheels").mkdir(parents=True)
    wheels = [build_learner_wheel(SOURCE / "wheels"), bring_comm()]
    prepare_pyodide(files, wheels, SOURCE / "static" / "pyodide")
    shutil.copytree(notebooks, SOURCE / "files")
    write_settings(SOURCE, wheels)
    jupyter = str(Path(sys.executable).parent / "jupyter")
    command = [jupyter, "lite", "build", "--lite-dir", str(SOURCE), "--output-dir", str(OUTPUT)]
    # Its own reports would fill the screen; they are kept for when something fails.
    log = SOURCE / "build.log"
    with log.open("w") as stream:
        outcome = subprocess.run(command, cwd=SOURCE, stdout=stream, stderr=subprocess.STDOUT)
    if outcome.returncode != 0:
        raise PyodideError(f"JupyterLite did not build: its own words are in {log}.")
    settle_pages(OUTPUT)
    return OUTPUT


def main(arguments: Sequence[str]) -> int:
    """Build unless nothing changed and put the result into the site; return the exit status."""
    if len(arguments) != 1:
        print("usage: lite.py SITE", file=sys.stderr)
        return 2
    site = Path(arguments[0]).resolve()
    notebooks = site / "notebooks"
    if not notebooks.is_dir():
        print(f"There are no notebooks in {site} yet: release them first.", file=sys.stderr)
        return 1
    shown = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(notebooks.iterdir())]
    before = fingerprint((*INPUTS, "tools/build/lite.py"), ["lite", *shown])
    if (OUTPUT / "index.html").is_file() and is_same("lite", before):
        print("The notebooks in the browser: nothing changed.", flush=True)
    else:
        print("The notebooks in the browser: building JupyterLite.", flush=True)
        try:
            build_lite(notebooks)
        except (PyodideError, subprocess.CalledProcessError) as error:
            print(error, file=sys.stderr)
            return 1
        remember("lite", before)
    shutil.rmtree(site / "lite", ignore_errors=True)
    shutil.copytree(OUTPUT, site / "lite", copy_function=lambda a, b: link(Path(a), Path(b)))
    return 0


if __name__ == "__main__":
    sys.exit(run_until_stopped(lambda: main(sys.argv[1:])))
