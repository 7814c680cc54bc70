/** Build the front end into ../sphinx_live_cells/dist: the pages' module with its chunks, the two workers, the style. */
import { Buffer } from "node:buffer";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = join(here, "..", "sphinx_live_cells", "dist");
await rm(out, { recursive: true, force: true });

/** One file of a tar archive, without a time or an owner: the same file gives the same bytes. */
function archiveFile(name, bytes) {
  const header = Buffer.alloc(512);
  const octal = (value, length) => value.toString(8).padStart(length, "0") + "\0";
  header.write(name);
  header.write(octal(0o644, 7) + octal(0, 7) + octal(0, 7) + octal(bytes.length, 11) + octal(0, 11), 100);
  header.write(" ".repeat(8) + "0", 148); // the checksum counts its own place as spaces
  header.write("ustar\x0000", 257);
  header.write(octal(header.reduce((sum, byte) => sum + byte), 6), 148);
  return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 511)]);
}

const inPagePython = {
  name: "in-page-python",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^in-page-python$/ }, () => ({ path: "live_cells_page", namespace: "python" }));
    onLoad({ filter: /./, namespace: "python" }, async ({ path }) => {
      const folder = join(here, "src", "python", path);
      const names = (await readdir(folder)).filter((name) => name.endsWith(".py")).sort();
      const files = names.map(async (name) => archiveFile(`${path}/${name}`, await readFile(join(folder, name))));
      const archive = Buffer.concat([...(await Promise.all(files)), Buffer.alloc(1024)]);
      return { contents: gzipSync(archive), loader: "binary" };
    });
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  plugins: [inPagePython],
  legalComments: "none", // the licences stand in licences.txt, whole
  metafile: true,
  logLevel: "warning",
};
/** The packages of npm whose code is in what was built. */
const bundled = new Set();

async function make(options) {
  const { metafile } = await build(options);
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];
      if (name !== undefined && bytesInOutput > 0) bundled.add(name);
    }
  }
}

async function describePackage(name) {
  return JSON.parse(await readFile(join(here, "node_modules", name, "package.json"), "utf8"));
}

/** Every package's licence in full: whoever serves the pages passes its code on. */
async function listLicences() {
  // some packages are published with those that they need already inside
  for (const name of bundled) Object.keys((await describePackage(name)).dependencies ?? {}).forEach((need) => bundled.add(need));
  const parts = [...bundled].sort().map(async (name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = await describePackage(name);
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
    if (files.length === 0) throw new Error(`${name} is in the front end, and its folder holds no licence.`);
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
  });
  return (await Promise.all(parts)).join("\n" + "-".repeat(80) + "\n\n");
}

await make({
  ...shared,
  // formulas.js is known by its name, for it is kept later than the rest
  entryPoints: { main: "src/main.ts", formulas: "src/cells/formulas.ts" },
  format: "esm",
  splitting: true,
  outdir: out,
  chunkNames: "chunk-[hash]",
});
// named by its content, as the chunks are: a page never starts another build's worker
await make({ ...shared, entryPoints: ["src/session/worker.ts"], format: "iife", entryNames: "[name]-[hash]", outdir: out });
await make({ ...shared, entryPoints: { "live-cells-sw": "src/kept/service-worker.ts" }, format: "iife", outdir: out });
await make({ ...shared, entryPoints: { "live-cells": "src/style.css" }, outdir: out });
await writeFile(join(out, "licences.txt"), await listLicences());
