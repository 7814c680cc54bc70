/** Write the reader's answers into the assignment's notebook, and read them out of one. */
import { md5 } from "@noble/hashes/legacy.js"; // nbgrader's checksums are MD5, which browsers do not have
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A cell as a file may hold it: anyone may have written the file, so nothing is certain. */
interface NotebookCell {
  cell_type?: unknown;
  source?: unknown;
  metadata?: { grade_id?: unknown; nbgrader?: NbgraderMetadata | null } | null;
}

interface NbgraderMetadata {
  grade_id?: unknown;
  solution?: unknown;
  grade?: unknown;
  locked?: unknown;
  points?: unknown;
  checksum?: unknown;
}

export interface Notebook {
  cells: (NotebookCell | null)[];
  metadata: unknown;
  nbformat: number;
}

/** Tells whether a grade_id that stands by itself, without nbgrader's word, is of an answer. */
export type IsAnswer = (gradeId: string) => boolean;

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
export function fillNotebook(notebook: Notebook, answers: ReadonlyMap<string, string>, isAnswer: IsAnswer): Notebook {
  const cells = notebook.cells.map((cell) => {
    const text = answers.get(findGradeId(cell, isAnswer) ?? "");
    return text === undefined ? cell : { ...cell, source: splitLines(text) };
  });
  return { ...notebook, cells };
}

/** Return the answers that a notebook holds, by grade_id; cells that cannot be read are passed over. */
export function readAnswers(notebook: Notebook, isAnswer: IsAnswer): Map<string, string> {
  const answers = new Map<string, string>();
  for (const cell of notebook.cells) {
    const gradeId = findGradeId(cell, isAnswer);
    const text = joinLines(cell?.source);
    if (gradeId !== null && text !== null) answers.set(gradeId, text);
  }
  return answers;
}

/** Return the grade_ids of the answers that stand as nbgrader released them, whichever release it was. */
export function findUntouched(notebook: Notebook): Set<string> {
  const untouched = notebook.cells.filter((cell) => typeof cell?.metadata?.nbgrader?.checksum === "string" && cell.metadata.nbgrader.checksum === computeChecksum(cell));
  return new Set(untouched.flatMap((cell) => findGradeId(cell, () => false) ?? []));
}

/** Read either form of a cell's grade_id: nbgrader's, which says what is an answer, or the plain one of a text notebook. */
function findGradeId(cell: NotebookCell | null, isAnswer: IsAnswer): string | null {
  const { nbgrader, grade_id: plain } = cell?.metadata ?? {};
  if (typeof nbgrader?.grade_id === "string") return nbgrader.solution === true ? nbgrader.grade_id : null;
  return typeof plain === "string" && isAnswer(plain) ? plain : null;
}

/** Return a cell's checksum as nbgrader computes it (`nbgrader.utils.compute_checksum`, schema 3). */
function computeChecksum(cell: NotebookCell): string {
  const { grade_id: gradeId, grade, solution, locked, points } = cell.metadata?.nbgrader ?? {};
  const isLocked = solution !== true && (grade === true || locked === true);
  const flags = [grade === true, solution === true, isLocked].map((flag) => (flag ? "True" : "False"));
  const worth = grade === true ? asPythonFloat(Number(points)) : "";
  const text = [joinLines(cell.source), cell.cell_type, ...flags, gradeId, worth].join("");
  return bytesToHex(md5(utf8ToBytes(text)));
}

function asPythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
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
