/**
 * Place a widget at each Python cell and each answer in words: a plugin for mystmd, on which Jupyter
 * Book 2 is built. What the cells are stands in the page's data, `grade_id` included;
 * `python -m sphinx_live_cells.mystmd` reads it there and brings Python into the built site.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const WIDGET = join(here, "widget.mjs");
const FRONT_END = join(here, "..", "dist", "main.js");
const PYTHON = /^(?:i?python3?|py)$/i;
const SHOWN = { remove: "output", hide: "folded" };
const CELL = /^(`{3,}|~{3,}|:{3,})\{code-cell\}[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;
const HEADER = /^(?:---\n([\s\S]*?)^---[ \t]*\n|((?::[^\n]*\n)+))/m;
const ANSWER = /^\+\+\+ (\{.*\})[ \t]*\n([\s\S]*?)(?=^\+\+\+|^`{3,}\{code-cell\}|$(?![\s\S]))/gm;

/** A cell's grade_id in either form; nbgrader keeps one also for cells that are only to be read. */
function findGradeId(metadata) {
  const own = metadata?.nbgrader;
  if (typeof own?.grade_id === "string") return own.solution || own.grade ? own.grade_id : null;
  return typeof metadata?.grade_id === "string" ? metadata.grade_id : null;
}

/** The same out of a cell's header, of which mystmd drops what it does not know. */
function readHeader(header) {
  const gradeId = /(?:^|[\s{,:"'])grade_id["']?\s*:\s*["']?([^\s"',}]+)/.exec(header)?.[1] ?? null;
  const read = /\bnbgrader\b/.test(header) && !/\b(?:solution|grade)["']?\s*:\s*true\b/i.test(header);
  return read ? null : gradeId;
}

/** What the tree has lost of a file: the grade_id of each code cell, and answers as they are written. */
function readSource(path) {
  const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  if (extname(path) === ".ipynb") {
    const cells = JSON.parse(text).cells.map((cell) => ({ ...cell, source: [cell.source].flat().join("") }));
    const codes = cells.filter(({ cell_type: type }) => type === "code").map(({ source, metadata }) => ({ code: source, gradeId: findGradeId(metadata) }));
    const words = cells.filter(({ cell_type: type, metadata }) => type === "markdown" && findGradeId(metadata) !== null);
    return { codes, texts: new Map(words.map(({ source, metadata }) => [findGradeId(metadata), source.trim()])) };
  }
  const codes = [...text.matchAll(CELL)].map(([, , inside]) => {
    const [whole = "", block, lines] = inside.search(HEADER) === 0 ? HEADER.exec(inside) : [];
    return { code: inside.slice(whole.length), gradeId: readHeader(block ?? lines ?? "") };
  });
  const texts = new Map();
  for (const [, metadata, stub] of text.matchAll(ANSWER)) {
    try {
      texts.set(findGradeId(JSON.parse(metadata)), stub.trim());
    } catch {
      // mystmd itself says what is wrong with it
    }
  }
  return { codes, texts };
}

/** What a page is called: its path from the project's root, without an ending. */
function namePage(path) {
  let root = dirname(path);
  while (!existsSync(join(root, "myst.yml")) && dirname(root) !== root) root = dirname(root);
  const folder = relative(existsSync(join(root, "myst.yml")) ? root : dirname(path), dirname(path));
  return [...folder.split(sep), basename(path, extname(path))].filter(Boolean).join("/");
}

function collectText(node) {
  return node.value ?? (node.children ?? []).map(collectText).join("");
}

/** Whether two texts of a cell are the same but for the lines of options that mystmd takes off. */
function isSame(one, other) {
  const plain = (text) => text.replace(/^#\s?\| .*\n?/gm, "").trim();
  return plain(one) === plain(other);
}

class Page {
  constructor(path, depth) {
    this.path = path;
    this.depth = depth;
    this.name = namePage(path);
    this.source = readSource(path);
    this.heading = "";
    this.cells = 0;
    this.found = 0;
  }

  makeWidget(model) {
    const esm = relative(dirname(this.path), WIDGET).split(sep).join("/");
    return { type: "anywidget", esm, class: "live-cells", model: { page: this.name, ...model } };
  }

  /** Go through the tree in the order of the page. */
  visit(node) {
    if (node.type === "heading" && node.depth === this.depth) this.heading = collectText(node);
    if (node.type === "block" && node.kind === "notebook-code") this.addToCell(node);
    else if (node.type === "block" && findGradeId(node.data) !== null) this.addToAnswer(node);
    else for (const child of node.children ?? []) this.visit(child);
  }

  addToCell(block) {
    const at = block.children.findIndex(({ type, executable }) => type === "code" && executable);
    const code = block.children[at];
    if (code === undefined || !PYTHON.test(code.lang ?? "python") || code.value.trim() === "") return;
    const places = block.children.filter(({ type }) => type === "outputs");
    const outputs = places.flatMap(({ children }) => children ?? []);
    const removed = code.visibility === "remove" && places.some(({ visibility }) => visibility === "remove");
    const widget = this.makeWidget({
      kind: "cell",
      index: this.cells++,
      code: code.value,
      gradeId: this.findGradeId(code.value) ?? findGradeId(block.data),
      raises: (block.data?.tags ?? []).includes("raises-exception") || outputs.some((output) => output.jupyter_data?.output_type === "error"),
      skipped: (block.data?.tags ?? []).includes("skip-execution"),
      shown: block.visibility === "remove" || removed ? "not" : (SHOWN[code.visibility] ?? "open"),
      heading: this.heading,
    });
    block.children.splice(at + 1, 0, widget);
  }

  /** Cells stand in the tree in the order of the source; one from elsewhere is passed over. */
  findGradeId(code) {
    const at = this.source.codes.findIndex((each, index) => index >= this.found && isSame(each.code, code));
    if (at < 0) return null;
    this.found = at + 1;
    return this.source.codes[at].gradeId;
  }

  addToAnswer(block) {
    const gradeId = findGradeId(block.data);
    const stub = this.source.texts.get(gradeId);
    if (stub === undefined) return;
    const widget = this.makeWidget({ kind: "text", gradeId, stub, heading: this.heading });
    block.children = [{ type: "div", children: block.children }, widget];
  }
}

const liveCells = {
  name: "live-cells",
  doc: "Cells that run in the reader's page.",
  stage: "project", // by then mystmd has said which code is shown, and has cut the page into its cells
  plugin: (_options, { selectAll }) => (tree, file) => {
    if (!existsSync(FRONT_END) || ![".md", ".ipynb"].includes(extname(file.path))) return;
    const depths = selectAll("heading", tree).map(({ depth }) => depth);
    const page = new Page(resolve(file.path), Math.min(...depths));
    page.visit(tree);
    if (selectAll("anywidget", tree).some(({ class: css }) => css === "live-cells")) {
      tree.children.unshift({ type: "block", children: [page.makeWidget({ kind: "page" })] });
    }
  },
};

export default { name: "Cells that run in the page", transforms: [liveCells] };
