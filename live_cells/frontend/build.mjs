/** Builds the front end into ../dist: the pages' module with its chunks, the two workers, the style. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = join(here, "..", "dist");
await rm(out, { recursive: true, force: true });

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  loader: { ".py": "text" },
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
