/**
 * Write the course's directives for mystmd, on which Jupyter Book 2 is built: the same Markdown that
 * the Sphinx extensions write, parsed by MyST. `myst build` in book/ uses it: see book/myst.yml.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const FIGURES = join(root, "explorables", "dist");
const PYTHON = [join(root, ".venv", "bin", "python"), join(root, ".venv", "Scripts", "python.exe")].find(existsSync) ?? "python3";

let written;

/** All cards, hints and mistakes as Markdown, asked for once. */
function askForParts() {
  const command = [join(here, "course_parts.py")];
  written ??= JSON.parse(execFileSync(PYTHON, command, { cwd: root, encoding: "utf8", env: { ...process.env, PYTHONPATH: root } }));
  return written;
}

function makeBox(css, markdown, ctx) {
  return [{ type: "div", class: css, children: ctx.parseMyst(markdown).children }];
}

function findPart(id) {
  const part = askForParts().parts[id];
  if (part === undefined) throw new Error(`There is no part ${id} in the table of parts (circuits/exercises).`);
  return part;
}

const part = {
  name: "part",
  doc: "What a part asks for.",
  arg: { type: String, required: true },
  run: ({ arg }, _file, ctx) => makeBox("course-part", findPart(arg.trim()).card, ctx),
};

const hints = {
  name: "hints",
  doc: "The ladder of hints of a part, closed.",
  arg: { type: String, required: true },
  run: ({ arg }, _file, ctx) => makeBox("course-hints", findPart(arg.trim()).hints, ctx),
};

const mistakes = {
  name: "mistakes",
  doc: "Every name that a report may give to a mistake.",
  run: (_data, _file, ctx) => makeBox("course-mistakes", askForParts().mistakes, ctx),
};

/** A figure that a reader moves, by mystmd's own `anywidget`, or its caption where none is built. */
const explorable = {
  name: "explorable",
  doc: "A figure that a reader moves, with its caption.",
  arg: { type: String, required: true },
  body: { type: String },
  run({ arg, body }, _file, ctx) {
    const [name, preset] = arg.trim().split(/\s+/);
    const caption = makeBox("explorable", body ?? "", ctx);
    if (!existsSync(join(FIGURES, "alone", `${name}.mjs`))) return caption;
    const presets = JSON.parse(readFileSync(join(FIGURES, "figures.json"), "utf8"))[name]?.presets ?? {};
    const state = preset === undefined ? {} : (presets[preset]?.state ?? {});
    const widget = `:::{anywidget} ../explorables/dist/alone/${name}.mjs\n${JSON.stringify({ state })}\n:::`;
    return [...ctx.parseMyst(widget).children, ...caption];
  },
};

/** mystmd keeps no marks: where they would stand, a sentence says so. */
const progress = {
  name: "live-progress",
  doc: "The place of the reader's marks.",
  run: (_data, _file, ctx) => makeBox("live-progress", "Your marks are kept by the book's other form, whose cells run in the page.", ctx),
};

/** A figure of the page, which here has no number, in the author's words: `the figure below <label>`. */
const figure = {
  name: "figure",
  doc: "A reference to a figure.",
  body: { type: String, required: true },
  run: ({ body }) => [{ type: "text", value: body.replace(/\s*<[^<>]*>\s*$/, "") }],
};

export default { name: "The course's directives", directives: [part, hints, mistakes, explorable, progress], roles: [figure] };
