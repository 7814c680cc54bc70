/** Run one page's Python, seen from the page: start it, run cells, interrupt it (Stop), replace it. */
import type { CellCode, CellMessage, FromWorker, PythonInfo, ToWorker } from "./protocol";
import { TypedLine } from "./typed-line";

const INTERRUPT = 2; // SIGINT
const PATIENCE = 3000; // milliseconds that an interrupted cell has to stop by itself

const NOT_THERE = "Did not run: Python is not there yet.";

export type SessionState = "off" | "starting" | "idle" | "running";

export interface SessionEvents {
  onState: (state: SessionState) => void;
  onProgress: (text: string, loaded: number, total: number) => void;
  /** `sent`: the cells of the page as the run found them */
  onCell: (message: CellMessage, sent: readonly CellCode[]) => void;
  onPlan: (cells: string[]) => void;
  /** Python is gone, and with it all that the cells had computed; `note` is for the cell that ran */
  /** `gone`: the site no longer has the files that this page starts Python with */
  onLost: (reason: string, note: string, gone: boolean) => void;
  /** an interrupted cell does not stop by itself */
  onStuck: () => void;
}

interface Job {
  cells: () => CellCode[];
  targets: string[];
}

export class Session {
  state: SessionState = "off";
  private worker: Worker | null = null;
  private interruptBuffer: Int32Array | null = null;
  private typed: TypedLine | null = null;
  private queue: Job[] = [];
  private sent: CellCode[] = [];
  private patience: number | undefined;

  constructor(
    private readonly workerUrl: string,
    private readonly base: string,
    /** name of the store that keeps Python's files */
    private readonly store: string,
    /** folder of the page in its book */
    private readonly folder: string,
    private readonly python: PythonInfo,
    private readonly events: SessionEvents,
  ) {}

  /** Run the target cells after those they need; `cells` is asked when their turn comes. */
  run(cells: () => CellCode[], targets: string[]): void {
    this.queue.push({ cells, targets });
    if (this.state === "off") this.start();
    else if (this.state === "idle") this.runNext();
  }

  /** Stop the running cell and forget what waits. */
  interrupt(): void {
    this.queue = [];
    if (this.state === "starting") {
      this.end("Stopped before Python had started.", "Stopped.");
    } else if (this.state === "running" && this.interruptBuffer !== null) {
      Atomics.store(this.interruptBuffer, 0, INTERRUPT);
      clearTimeout(this.patience);
      this.patience = window.setTimeout(() => {
        if (this.state === "running") this.events.onStuck();
      }, PATIENCE);
    } else if (this.state === "running") {
      this.end("Stopped. This visit could only end Python as a whole: what the cells had computed is gone, your text is not.", "Stopped.");
    }
  }

  /** Hand over the line that the running cell asks for. */
  answer(text: string): void {
    this.typed?.give(text);
  }

  /** End Python; the next run starts a new one. */
  restart(): void {
    this.queue = [];
    if (this.state !== "off") this.end("Python was restarted: what the cells had computed is gone, your text is not.", "Stopped: Python was restarted.");
  }

  private start(): void {
    const worker = openWorker(this.workerUrl);
    let heard = false;
    this.worker = worker;
    this.setState("starting");
    worker.onmessage = (event: MessageEvent<FromWorker>) => {
      heard = true;
      if (worker === this.worker) this.receive(event.data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.worker) return;
      if (heard) this.crash(event.message || "its script failed");
      else this.end("Python did not start, for its script did not come: run the cell again in a moment.", NOT_THERE, true);
    };
    const shared = window.crossOriginIsolated ? new SharedArrayBuffer(4) : null;
    this.interruptBuffer = shared === null ? null : new Int32Array(shared);
    this.typed = shared === null ? null : new TypedLine();
    this.events.onProgress("Fetching Python", 0, 1);
    this.send({
      type: "start",
      base: this.base,
      store: this.store,
      folder: this.folder,
      python: this.python,
      interrupt: shared,
      answer: this.typed?.memory ?? null,
      wanted: this.packsFor(this.queue),
    });
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        this.events.onProgress(message.text, message.loaded, message.total);
        break;
      case "ready":
      case "finished":
        clearTimeout(this.patience);
        if (this.interruptBuffer !== null) Atomics.store(this.interruptBuffer, 0, 0);
        this.setState("idle");
        this.runNext();
        break;
      case "plan":
        this.events.onPlan(message.cells);
        break;
      case "broken":
        this.crash(message.message);
        break;
      case "unfetched":
        this.end(message.message, NOT_THERE, message.gone);
        break;
      default:
        if (message.type === "end" && !message.goesOn) this.queue = []; // what waits was meant to follow a success
        this.events.onCell(message, this.sent);
    }
  }

  private runNext(): void {
    const job = this.queue.shift();
    if (job === undefined) return;
    this.setState("running");
    this.sent = job.cells();
    this.send({ type: "run", cells: this.sent, targets: job.targets, wanted: this.packsFor([job]) });
  }

  /** Packs that a job's cells name, to be fetched with a count of bytes before they are imported. */
  private packsFor(jobs: Job[]): string[] {
    const code = jobs.flatMap(({ cells, targets }) => cells().filter((cell) => targets.includes(cell.id)));
    const text = code.map((cell) => cell.code).join("\n");
    const late = Object.entries(this.python.packs).filter(([name]) => !this.python.first.includes(name));
    const named = late.filter(([, pack]) => pack.imports.some((name) => new RegExp(`\\b${name}\\b`).test(text)));
    return named.map(([name]) => name);
  }

  private crash(reason: string): void {
    this.end(`Python stopped working (${reason}): what the cells had computed is gone, your text is not.`, "Python stopped working while this cell ran.");
  }

  private end(reason: string, note: string, gone = false): void {
    clearTimeout(this.patience);
    this.worker?.terminate();
    this.worker = null;
    this.queue = [];
    this.setState("off");
    this.events.onLost(reason, note, gone);
  }

  private setState(state: SessionState): void {
    this.state = state;
    this.events.onState(state);
  }

  private send(message: ToWorker): void {
    this.worker?.postMessage(message);
  }
}

/**
 * Start a worker under the page's own policy. One that is started from an address has the policy of
 * that response, which on a plain server is none: what runs in it could then call any host.
 */
function openWorker(url: string): Worker {
  const script = new Blob([`importScripts(${JSON.stringify(url)});`], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = new Worker(address);
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // some browsers read it late
  return worker;
}
