/** The reader's answers into the assignment's notebook, and out of one. */

interface NotebookCell {
  cell_type: string;
  source: string | string[];
  outputs?: unknown[];
  execution_count?: number | null;
  metadata: { nbgrader?: { grade_id?: string; solution?: boolean } };
}

export interface Notebook {
  cells: NotebookCell[];
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

/** Return the answers that a notebook holds, by grade_id. */
export function readAnswers(notebook: Notebook): Map<string, string> {
  const answers = new Map<string, string>();
  for (const cell of notebook.cells) {
    const gradeId = gradeIdOf(cell);
    if (gradeId !== null) answers.set(gradeId, joinLines(cell.source));
  }
  return answers;
}

function gradeIdOf(cell: NotebookCell): string | null {
  const { grade_id: gradeId, solution } = cell.metadata.nbgrader ?? {};
  return solution === true && gradeId !== undefined ? gradeId : null;
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function joinLines(source: string | string[]): string {
  return typeof source === "string" ? source : source.join("");
}
