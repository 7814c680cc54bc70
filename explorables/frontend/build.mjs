/**
 * Build the figures into ../dist:
 *
 *   host.js, NAME.js, chunk-*.js   for pages: what figures share comes once
 *   alone/NAME.js                  for notebooks: one script that shows the figure at once
 *   alone/NAME.mjs                 for hosts of anywidget's modules: all in one, with its numbers
 *   still/NAME-PRESET.svg          the same drawing, for print and where no script runs
 *   figures.json                   names, titles, tasks and text alternatives
 *
 * ../dist/parameters.json must be there: the numbers that the pictures are drawn with.
 */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { JSDOM } from "jsdom";

const here = import.meta.dirname;
const out = join(here, "..", "dist");
const STILL_WIDTH = 680; // CSS pixels: a column of the book
const parameters = JSON.parse(await readFile(join(out, "parameters.json"), "utf8"));
const names = (await readdir(join(here, "src", "figures"))).map((file) => file.replace(/\.ts$/, ""));
const entries = names.map((name) => ({ in: `src/figures/${name}.ts`, out: name }));

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  format: "esm",
  legalComments: "linked",
  logLevel: "warning",
};

/**
 * `worker:FILE` is where the program of a worker is: beside the pages' scripts, which the strictest
 * policy allows, or, for a notebook's output, which has nothing beside it, in a blob.
 */
const workers = (inside) => ({
  name: "workers",
  setup(plugin) {
    plugin.onResolve({ filter: /^worker:/ }, ({ path }) => ({ path, namespace: "worker" }));
    plugin.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
      const name = path.slice("worker:".length);
      const entryPoints = [{ in: `src/training/${name}.ts`, out: name }];
      const options = { ...shared, format: "iife", legalComments: "none", entryPoints };
      if (!inside) {
        await build({ ...options, outdir: out });
        return { contents: `export default () => new URL("./${name}.js", import.meta.url).href;` };
      }
      const [program] = (await build({ ...options, outdir: out, write: false })).outputFiles;
      const blob = `new Blob([${JSON.stringify(program.text)}], { type: "text/javascript" })`;
      return { contents: `export default () => URL.createObjectURL(${blob});` };
    });
  },
});
for (const old of await readdir(out))
  if (old !== "parameters.json") await rm(join(out, old), { recursive: true });
await build({ ...shared, entryPoints: ["src/explorables.css"], outdir: out });
await build({
  ...shared,
  plugins: [workers(false)],
  entryPoints: [...entries, { in: "src/host.ts", out: "host" }],
  splitting: true,
  outdir: out,
  chunkNames: "chunk-[hash]",
});
for (const name of names) {
  const figure = `import figure from "./src/figures/${name}";`;
  const alone = (contents, format, outfile) =>
    build({ ...shared, plugins: [workers(true)], format, stdin: { contents, resolveDir: here }, outfile });
  await alone(`${figure} import { wakeAll } from "./src/alone"; wakeAll(figure);`, "iife", join(out, "alone", `${name}.js`));
  await alone(
    `${figure} import { asAnywidget } from "./src/core/anywidget"; import parameters from "../dist/parameters.json";
      export default asAnywidget(figure, parameters);`,
    "esm",
    join(out, "alone", `${name}.mjs`),
  );
}

const { window } = new JSDOM("<!doctype html><body></body>");
Object.assign(globalThis, { document: window.document, window });
await mkdir(join(out, "still"));
const work = await mkdtemp(join(here, "node_modules", ".still-"));
await build({
  ...shared,
  plugins: [workers(true)],
  minify: false,
  stdin: {
    contents: `${names.map((name, i) => `import f${i} from "./src/figures/${name}";`).join("\n")}
      export { STILL_STYLE } from "./src/core/picture-style";
      export default [${names.map((_name, i) => `f${i}`).join(", ")}];`,
    resolveDir: here,
  },
  outfile: join(work, "all.mjs"),
});
const { default: modules, STILL_STYLE } = await import(pathToFileURL(join(work, "all.mjs")).href);
await rm(work, { recursive: true });

const figures = {};
for (const module of modules) {
  const { presets, ...about } = module.about;
  figures[about.name] = { ...about, presets: {} };
  for (const [preset, state] of Object.entries(presets)) {
    const place = window.document.createElement("div");
    const { alt } = module.drawStill(parameters, state, STILL_WIDTH, place);
    const picture = place.querySelector("svg");
    const style = window.document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = STILL_STYLE;
    picture.prepend(style);
    const text = new window.XMLSerializer().serializeToString(picture);
    await writeFile(
      join(out, "still", `${about.name}-${preset}.svg`),
      `${text.replace(/<!--.*?-->/gs, "").replace(/\s*\n\s*/g, "\n")}\n`,
    );
    figures[about.name].presets[preset] = { state, alt };
  }
}
await writeFile(join(out, "figures.json"), `${JSON.stringify(figures, null, 1)}\n`);
