/**
 * Make the packs that a page loads (numpy, matplotlib, the book's own package) out of Pyodide's
 * wheels: trimmed, compiled, with matplotlib's font list made beforehand. Then draws a figure with
 * nothing but the packs, so that a pack trimmed too far is noticed here and not by a reader.
 *
 *   node make.mjs PYODIDE_DIR OUT_DIR [WHEEL...]
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDir, outDir, ...wheels] = process.argv.slice(2).map((path) => resolve(path));
const STDLIB = "python_stdlib.zip";
const here = import.meta.dirname;
const { packs, library } = JSON.parse(await readFile(join(here, "packs.json"), "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(pyodideDir, "pyodide.mjs")));
const lock = JSON.parse(await readFile(join(pyodideDir, "pyodide-lock.json"), "utf8"));

async function start(stdLibURL = join(pyodideDir, STDLIB)) {
  const python = await loadPyodide({ indexURL: pyodideDir + "/", packages: [], stdLibURL });
  python.runPython("import sys; sys.path.insert(0, '/packs')");
  return python;
}

async function installWheel(python, path) {
  python.unpackArchive(new Uint8Array(await readFile(path)), "wheel", { extractDir: sitePackages(python) });
}

async function makePacks() {
  const python = await start();
  for (const { packages } of Object.values(packs)) {
    for (const name of packages) await installWheel(python, join(pyodideDir, lock.packages[name].file_name));
  }
  for (const wheel of wheels) await installWheel(python, wheel);
  python.FS.mkdirTree("/packs");
  python.FS.writeFile("/packs/pack.py", await readFile(join(here, "pack.py")));
  const pack = python.pyimport("pack");
  const made = {};
  let modules = [];
  for (const [name, { packages, drop, undocumented }] of Object.entries(packs)) {
    const extras = { matplotlib: pack.make_font_cache, numpy: pack.make_f2py_notice };
    const extra = extras[name]?.() ?? null;
    made[name] = pack.make_pack(python.toPy(packages), python.toPy(drop), python.toPy(undocumented), extra).toJs();
  }
  if (wheels.length > 0) {
    // the distribution's name is what stands before the first hyphen of a wheel's file name
    const names = wheels.map((wheel) => basename(wheel).split("-")[0]);
    made.own = pack.make_pack(python.toPy(names)).toJs();
    modules = pack.list_modules(python.toPy(names)).toJs();
  }
  return { made, modules, stdlib: pack.make_library(python.toPy(library.drop)).toJs() };
}

async function tryPacks(made) {
  const python = await start(join(outDir, STDLIB));
  for (const bytes of Object.values(made)) python.unpackArchive(bytes, "zip", { extractDir: sitePackages(python) });
  python.runPython(`
import io, os
os.environ["MPLBACKEND"] = "agg"
exec("from numpy import *", {})
import numpy as np
np.testing.assert_allclose(np.linalg.inv(np.eye(3)), np.eye(3))
import matplotlib.pyplot as plt
from matplotlib import font_manager
listed = font_manager.json_load(font_manager.__file__.replace("font_manager.pyc", "fontlist.json"))
assert listed._version == font_manager.FontManager.__version__, "the font list would be made again"
figure, axes = plt.subplots(1, 2, layout="constrained")
axes[0].imshow(np.eye(4)); axes[0].set_title(r"$W_Q^\\top W_K$"); axes[1].plot([1, 2], label="a"); axes[1].legend()
for form in ("png", "svg"):
    figure.savefig(io.BytesIO(), format=form)
`);
}

function sitePackages(python) {
  return python.runPython("import site; site.getsitepackages()[0]");
}

// Pyodide's stack traces quote a megabyte of its own source: only the message is worth reading.
process.on("uncaughtException", (error) => {
  console.error(`packs: ${error.message}`);
  process.exit(1);
});

const { made, modules, stdlib } = await makePacks();
await writeFile(join(outDir, STDLIB), stdlib);
await tryPacks(made);
const index = {};
for (const [name, bytes] of Object.entries(made)) {
  const file = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.zip`;
  await writeFile(join(outDir, file), bytes);
  const { imports = modules, needs = ["numpy"] } = packs[name] ?? {};
  index[name] = { file, bytes: bytes.length, imports, needs };
}
await writeFile(join(outDir, "packs.json"), JSON.stringify(index, null, 1) + "\n");
console.log(`standard library: ${(stdlib.length / 1e6).toFixed(1)} MB, ` + Object.entries(index).map(([name, { bytes }]) => `${name}: ${(bytes / 1e6).toFixed(1)} MB`).join(", "));
