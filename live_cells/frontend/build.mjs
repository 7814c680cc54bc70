/** Builds the front end into ../dist: the pages' module with its chunks, the two workers, the style. */
import { Buffer } from "node:buffer";
import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = join(here, "..", "dist");
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
  legalComments: "none",
  logLevel: "warning",
};
await build({
  ...shared,
  entryPoints: ["src/main.ts"],
  format: "esm",
  splitting: true,
  outdir: out,
  chunkNames: "chunk-[hash]",
});
// named by its content, as the chunks are: a page never starts another build's worker
await build({ ...shared, entryPoints: ["src/worker.ts"], format: "iife", entryNames: "[name]-[hash]", outdir: out });
await build({ ...shared, entryPoints: { "live-cells-sw": "src/service-worker.ts" }, format: "iife", outdir: out });
await build({ ...shared, entryPoints: { "live-cells": "src/style.css" }, outdir: out });
