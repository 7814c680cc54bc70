/** The reader's answers into the assignment's notebook, and out of one. */

/** A cell as a file may hold it: anyone may have written the file, so nothing is certain. */
interface NotebookCell {
  source?: unknown;
  metadata?: { nbgrader?: { grade_id?: unknown; solution?: unknown } | null } | null;
}

export interface Notebook {
  cells: (NotebookCell | null)[];
  metadata: unknown;
  nbformat: number;
}

/** Read a notebook's text; what is wrong with it becomes a sentence for the reader. */
export function parseNotebook(text: string): Notebook {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("This file is not a notebook: it is not even JSON.");
  }
  const notebook = parsed as Partial<Notebook> | null;
  if (!Array.isArray(notebook?.cells) || notebook.nbformat !== 4) {
    throw new Error("This file is not a notebook of format 4, which Jupyter has written since 2014.");
  }
  return notebook as Notebook;
}

/** Return a copy of `notebook` in which each answered cell holds the reader's text. */
export function fillNotebook(notebook: Notebook, answers: ReadonlyMap<string, string>): Notebook {
  const cells = notebook.cells.map((cell) => {
    const text = answers.get(gradeIdOf(cell) ?? "");
    return text === undefined ? cell : { ...cell, source: splitLines(text) };
  });
  return { ...notebook, cells };
}

/** Return the answers that a notebook holds, by grade_id; cells that cannot be read are passed over. */
export function readAnswers(notebook: Notebook): Map<string, string> {
  const answers = new Map<string, string>();
  for (const cell of notebook.cells) {
    const gradeId = gradeIdOf(cell);
    const text = joinLines(cell?.source);
    if (gradeId !== null && text !== null) answers.set(gradeId, text);
  }
  return answers;
}

function gradeIdOf(cell: NotebookCell | null): string | null {
  const { grade_id: gradeId, solution } = cell?.metadata?.nbgrader ?? {};
  return solution === true && typeof gradeId === "string" ? gradeId : null;
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A source is one text or a list of lines; null if it is neither. */
function joinLines(source: unknown): string | null {
  if (typeof source === "string") return source;
  const lines: unknown[] | null = Array.isArray(source) ? source : null;
  return lines?.every((line) => typeof line === "string") ? lines.join("") : null;
}
