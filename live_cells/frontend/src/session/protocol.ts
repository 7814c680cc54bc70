/** Define the messages that the page and its Python worker exchange. */

export interface PackInfo {
  /** file name beside the other Python files */
  file: string;
  bytes: number;
  /** top-level modules that the pack brings */
  imports: string[];
  /** packs that must be there before */
  needs: string[];
  /** there because another needs it, or imports it for what a cell does: no cell imports it and no author names it */
  inner?: boolean;
  /** unpacked among Python's modules, unless it is a shared library or the book's own files */
  into?: "library" | "home";
}

/** File name -> where it is fetched, and the hash that it must have. */
export type Elsewhere = Readonly<Record<string, { url: string; integrity: string }>>;

export interface PythonInfo {
  /** folder of Pyodide and the packs, relative to the site's root, with a slash at its end */
  base: string;
  /** Pyodide's version, and that of the Python in it */
  version: string;
  language: string;
  /** Pyodide's own files and their sizes in bytes */
  core: Record<string, number>;
  packs: Record<string, PackInfo>;
  /** packs to have before the first cell runs */
  first: string[];
  /** files that come from another host than the site */
  elsewhere?: Elsewhere;
}

/** Pyodide's scripts, which a worker imports: their bytes are not counted. */
export const SCRIPTS = ["pyodide.js", "pyodide.asm.js"];

export interface CellCode {
  id: string;
  /** what the reader calls the cell */
  label: string;
  code: string;
  /** it is meant to end in an error */
  raises: boolean;
  /** what the page shows of it */
  shown: "code" | "output" | "nothing";
  /** its code, or the output of which alone the page shows, is as the book was built */
  built: boolean;
  /** the book's build does not run it */
  skipped: boolean;
}

export type ToWorker =
  /**
   * `folder`: of the page in its book, where its cells run as in a notebook;
   * `answer`: where the page puts what the reader types when a cell asks (see `TypedAnswer`)
   */
  | { type: "start"; base: string; store: string; folder: string; python: PythonInfo; interrupt: SharedArrayBuffer | null; answer: SharedArrayBuffer | null; wanted: string[] }
  | { type: "run"; cells: CellCode[]; targets: string[]; wanted: string[] };

/** One MIME bundle, as in a notebook's output. */
export type Bundle = Record<string, unknown>;

export type CellMessage =
  /**
   * `needs`: the cells whose code decides what this one computes, itself among them;
   * `follower`: the output that nobody asked for and that it runs for
   */
  | { type: "begin"; cell: string; needs: string[]; follower?: string | null }
  | { type: "stream"; cell: string; name: "stdout" | "stderr"; text: string }
  /** `id`: under what it can be changed later */
  | { type: "display"; cell: string; data: Bundle; id?: string }
  | { type: "change"; cell: string; data: Bundle; id: string }
  /** the cell waits for a line that the reader types */
  | { type: "ask"; cell: string; prompt: string }
  | { type: "clear"; cell: string }
  | { type: "error"; cell: string; name: string; text: string }
  /** the cell does not run, for it needs what another could not import */
  | { type: "skip"; cell: string; reason: string }
  /** `goesOn`: what waits runs all the same */
  | { type: "end"; cell: string; ok: boolean; goesOn: boolean };

export type FromWorker =
  | CellMessage
  | { type: "progress"; text: string; loaded: number; total: number }
  | { type: "ready" }
  | { type: "plan"; cells: string[] }
  | { type: "finished" }
  /** Python cannot start without files that do not come; `gone`: the site says that it has them not */
  | { type: "unfetched"; message: string; gone: boolean }
  | { type: "broken"; message: string };
