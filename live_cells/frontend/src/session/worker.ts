/**
 * Hold the page's Python in a worker. It may block for as long as a cell takes: the page
 * stays alive, can interrupt it, and can end it and start another.
 */
import { Downloads, NotFetchedError } from "./downloads";
import pagePython from "in-page-python";
import { listPackages } from "./packs";
import { closeStores } from "./close-stores";
import { TypedLine } from "./typed-line";
import type { FromWorker, PythonInfo, ToWorker } from "./protocol";

interface Pyodide {
  unpackArchive(bytes: Uint8Array, format: string, options: { extractDir: string }): void;
  runPython(code: string, options?: { globals: unknown }): unknown;
  toPy(value: object): { destroy(): void };
  /** Emscripten's own list of shared libraries, which Pyodide writes to in the same way */
  _module: { LDSO: { loadedLibsByName: Record<string, unknown> } };
  setInterruptBuffer(buffer: Int32Array): void;
  pyimport(name: string): { open_page(...args: unknown[]): PythonPage };
}

interface PythonPage {
  run(cells: string, targets: string): Promise<void>;
  cancel(): void;
}

interface Pack {
  name: string;
  bytes: Uint8Array;
}

interface WorkerScope {
  loadPyodide(options: object): Promise<Pyodide>;
  importScripts(url: string): void;
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

const HOME = "/home/reader";
const FOLDERS = { library: "/usr/lib", home: HOME };
const LOAD_LIBRARIES = `
import ctypes, pathlib
paths = [str(file) for file in pathlib.Path("/usr/lib").glob("*.so*")]
for path in paths:
    ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
"\\n".join(paths)
`;
const WATCH = 100; // milliseconds between two looks for an interrupt while a cell awaits something

const scope = self as unknown as WorkerScope;

closeStores();

const say = (message: FromWorker): void => {
  scope.postMessage(message);
};

class PythonWorker {
  private readonly downloads: Downloads;
  private readonly loaded = new Set<string>();
  private readonly typed: TypedLine | null;
  private pyodide!: Pyodide;
  private page!: PythonPage;

  constructor(
    private readonly base: string,
    store: string,
    private readonly folder: string,
    private readonly python: PythonInfo,
    private readonly interrupt: SharedArrayBuffer | null,
    answer: SharedArrayBuffer | null,
  ) {
    this.typed = answer === null ? null : new TypedLine(answer);
    this.downloads = new Downloads(base, python.elsewhere ?? {}, store, (text, loaded, total) => {
      say({ type: "progress", text, loaded, total });
    });
  }

  async start(wanted: string[]): Promise<void> {
    const { core } = this.python;
    for (const [file, bytes] of Object.entries(core)) this.downloads.expect(file, bytes);
    const arriving = this.withNeeds(this.python.first).map((name) => this.fetchPack(name));
    // Nothing is lost if a pack fails before it is awaited: the rejection is kept for later.
    for (const pack of arriving) pack.catch(() => undefined);
    const early = this.fetchEarly(wanted);
    this.downloads.serveFetches();
    let packs: Pack[];
    try {
      scope.importScripts(this.base + "pyodide.js");
      const started = Promise.all([scope.loadPyodide({ indexURL: this.base, packages: [], env: { HOME } }), ...arriving]);
      [this.pyodide, ...packs] = await Promise.race([started, this.downloads.failed]);
    } catch (error) {
      throw await this.downloads.explain(error);
    }
    for (const { name, bytes } of [...packs, ...(await early)]) this.install(name, bytes);
    this.openPage();
    say({ type: "ready" });
    void this.downloads.keepScripts();
  }

  async run(message: Extract<ToWorker, { type: "run" }>): Promise<void> {
    for (const { name, bytes } of await this.fetchEarly(message.wanted)) this.install(name, bytes);
    let watch: ReturnType<typeof setInterval> | undefined;
    // Where a cell ends Python itself, what was awaited never comes: then a call of Python fails.
    const end = new Promise<never>((_, reject) => {
      watch = setInterval(() => {
        try {
          this.cancelIfAsked();
          this.pyodide.runPython("None");
        } catch (error) {
          if (String(error).includes("KeyboardInterrupt")) this.page.cancel(); // asked for just now
          else reject(error instanceof Error ? error : new Error(String(error)));
        }
      }, WATCH);
    });
    try {
      await Promise.race([this.page.run(JSON.stringify(message.cells), JSON.stringify(message.targets)), end]);
    } finally {
      clearInterval(watch);
    }
    say({ type: "finished" });
  }

  /** Python looks for an interrupt while it works; while a cell awaits something, this does. */
  private cancelIfAsked(): void {
    if (this.wasInterrupted()) this.page.cancel();
  }

  private wasInterrupted(): boolean {
    return this.interrupt !== null && Atomics.exchange(new Int32Array(this.interrupt), 0, 0) !== 0;
  }

  /** Fetch packs before a cell imports them; one that does not come is asked for again by the import. */
  private async fetchEarly(wanted: string[]): Promise<Pack[]> {
    const first = this.withNeeds(this.python.first);
    const names = this.withNeeds(wanted).filter((name) => !first.includes(name) && !this.loaded.has(name));
    const settled = await Promise.allSettled(names.map((name) => this.fetchPack(name)));
    return settled.flatMap((pack) => (pack.status === "fulfilled" ? [pack.value] : []));
  }

  private async fetchPack(name: string): Promise<Pack> {
    const { file, bytes } = this.info(name);
    this.downloads.expect(file, bytes);
    return { name, bytes: await this.downloads.fetchBytes(file) };
  }

  /** Bring a pack while Python waits for it; return why it does not come, or nothing. */
  private fetchLate(name: string): string {
    try {
      for (const each of this.withNeeds([name])) {
        if (!this.loaded.has(each)) this.install(each, this.downloads.fetchNow(this.info(each).file));
      }
      return "";
    } catch (error) {
      if (error instanceof NotFetchedError) return error.message;
      throw error;
    }
  }

  private openPage(): void {
    this.pyodide.unpackArchive(pagePython, "gztar", { extractDir: this.sitePackages() });
    if (this.interrupt !== null) this.pyodide.setInterruptBuffer(new Int32Array(this.interrupt));
    const late = Object.entries(this.python.packs).filter(([name]) => !this.loaded.has(name));
    const imports = Object.fromEntries(late.map(([name, pack]) => [name, pack.imports]));
    this.page = this.pyodide.pyimport("live_cells_page.page").open_page(
      (text: string) => {
        const message = JSON.parse(text) as FromWorker;
        if (message.type === "ask") this.typed?.forget(); // what was typed for an earlier question
        say(message);
      },
      JSON.stringify(imports),
      JSON.stringify(listPackages(this.python.packs)),
      (name: string) => this.fetchLate(name),
      this.folder === "" ? HOME : `${HOME}/${this.folder}`,
      this.typed === null ? undefined : () => this.typed?.take(() => this.wasInterrupted(), WATCH) ?? undefined,
    );
  }

  private install(name: string, bytes: Uint8Array): void {
    if (this.loaded.has(name)) return;
    this.loaded.add(name);
    const { into } = this.info(name);
    const folder = into === undefined ? this.sitePackages() : FOLDERS[into];
    this.pyodide.unpackArchive(bytes, "zip", { extractDir: folder });
    if (into === "library") this.loadLibraries();
  }

  /**
   * Load the shared libraries that are there, as Pyodide does for its own packages. Modules ask for one
   * by its bare name, and Emscripten knows it only by its path.
   */
  private loadLibraries(): void {
    const scope = this.pyodide.toPy({});
    const paths = String(this.pyodide.runPython(LOAD_LIBRARIES, { globals: scope })).split("\n");
    scope.destroy();
    const loaded = this.pyodide._module.LDSO.loadedLibsByName;
    for (const path of paths) loaded[path.replace(/.*\//, "")] ??= loaded[path];
  }

  private sitePackages(): string {
    return "/lib/python3.12/site-packages";
  }

  private info(name: string) {
    const pack = this.python.packs[name];
    if (pack === undefined) throw new Error(`The site has no pack named ${name}.`);
    return pack;
  }

  /** The named packs after the packs that they need, each once. */
  private withNeeds(names: string[]): string[] {
    const all = names.flatMap((name) => [...this.withNeeds(this.info(name).needs), name]);
    return [...new Set(all)];
  }
}

let worker: PythonWorker | undefined;

async function handle(message: ToWorker): Promise<void> {
  if (message.type === "start") {
    worker = new PythonWorker(message.base, message.store, message.folder, message.python, message.interrupt, message.answer);
    await worker.start(message.wanted);
  } else {
    await worker?.run(message);
  }
}

scope.onmessage = (event) => {
  handle(event.data).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    say(error instanceof NotFetchedError ? { type: "unfetched", message, gone: error.gone } : { type: "broken", message });
  });
};
