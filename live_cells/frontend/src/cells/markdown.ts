/** Render Markdown that a cell puts out as HTML, which is still to be made safe. */
import { Marked } from "marked";
import type { TokenizerAndRendererExtension } from "marked";

/** A formula between dollar signs, which Markdown must leave alone: `$a_b$` has no emphasis in it. */
const FORMULA = /^(?:\$\$([^$]+)\$\$|\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d))/;

const formulas: TokenizerAndRendererExtension = {
  name: "formula",
  level: "inline",
  start: (text) => text.indexOf("$"),
  tokenizer(text) {
    const found = FORMULA.exec(text);
    if (found === null) return undefined;
    return { type: "formula", raw: found[0], text: found[1] === undefined ? `\\(${found[2]}\\)` : `\\[${found[1]}\\]` };
  },
  renderer: ({ text }) => escape(text as string),
};

const marked = new Marked({ async: false, gfm: true }, { extensions: [formulas] });

export function render(text: string): string {
  return marked.parse(text) as string;
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
