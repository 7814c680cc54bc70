/**
 * Fetches Python's files once, counts the bytes as they come, and keeps them for offline use.
 *
 * Pyodide fetches its own files by address; `serveFetches` lets those requests through unchanged
 * (so that the browser can keep the compiled WebAssembly) and only counts them.
 */
import { ownCaches } from "./stores";

const CACHE = "live-cells-python";
const WORDS_EVERY = 100; // milliseconds between two lines of progress

/** Files that Python needs and that do not come; the message is a sentence for the reader. */
export class NotFetchedError extends Error {}

export class Downloads {
  private readonly expected = new Map<string, number>();
  private readonly arrived = new Map<string, number>();
  private spokenAt = 0;
  private started = false;
  /** why a file of Pyodide's own did not come; Pyodide tells it in other words */
  private failure: NotFetchedError | null = null;
  private readonly fetchPlainly = self.fetch.bind(self);

  constructor(
    private readonly base: string,
    private readonly report: (text: string, loaded: number, total: number) => void,
  ) {}

  /** Count `file` in what is to come. */
  expect(file: string, bytes: number): void {
    this.expected.set(file, bytes);
  }

  async fetchBytes(file: string): Promise<Uint8Array> {
    const response = await this.fetchCounted(file);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Fetch while Python waits, for an import nobody announced; a worker is allowed to. */
  fetchNow(file: string): Uint8Array {
    this.report(`Fetching ${file.replace(/-.*/, "")}`, 0, 0);
    const request = new XMLHttpRequest();
    request.open("GET", this.base + file, false);
    request.responseType = "arraybuffer";
    try {
      request.send();
    } catch {
      this.report("Running", 1, 1);
      throw this.missing(file);
    }
    if (request.status !== 200) throw refused(file, request.status);
    this.report("Running", 1, 1);
    const bytes = request.response as ArrayBuffer;
    void keep(this.base + file, new Response(bytes.slice(0)));
    return new Uint8Array(bytes);
  }

  /** Let Pyodide's own requests pass through here. */
  serveFetches(): void {
    self.fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const url = input instanceof Request ? input.url : String(input);
      const ours = url.startsWith(this.base) ? url.slice(this.base.length) : null;
      if (ours === null || !this.expected.has(ours)) return this.fetchPlainly(input, init);
      return this.fetchCounted(ours).catch((error: unknown) => {
        if (error instanceof NotFetchedError) this.failure = error;
        throw error;
      });
    };
  }

  /** Return why Python did not start, in words for the reader if it is for want of a file. */
  explain(error: unknown): unknown {
    const scriptMissing = error instanceof DOMException && error.name === "NetworkError";
    return this.failure ?? (scriptMissing ? this.missing("pyodide.js") : error);
  }

  /** Python has started: keep the two scripts that it loaded where the next visit finds them offline. */
  async keepScripts(): Promise<void> {
    this.started = true;
    const cache = await openCache();
    const wanted = ["pyodide.js", "pyodide.asm.js"].map((file) => this.base + file);
    const kept = new Set((await cache?.keys())?.map((request) => request.url));
    // a full disk must not stop Python: what cannot be kept is fetched again next time
    await cache?.addAll(wanted.filter((url) => !kept.has(url))).catch(() => undefined);
  }

  private async fetchCounted(file: string): Promise<Response> {
    const url = this.base + file;
    // its address carries its version: what the browser has is right
    const response = await this.fetchPlainly(url, { cache: "force-cache" }).catch(() => findKept(url));
    if (response?.ok !== true) {
      this.expected.delete(file); // nobody waits for it any more
      throw response === undefined ? this.missing(file) : refused(file, response.status);
    }
    void this.count(file, response.clone());
    void keep(url, response.clone());
    return response;
  }

  private missing(file: string): NotFetchedError {
    const what = this.started ? file.replace(/-.*/, "") : "Python";
    return new NotFetchedError(`${what} has not been fetched yet and the network does not answer: connect once, then run the cell again.`);
  }

  private async count(file: string, response: Response): Promise<void> {
    const reader = response.body?.getReader();
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      this.arrived.set(file, (this.arrived.get(file) ?? 0) + value.length);
      this.speak();
    }
    this.arrived.set(file, this.expected.get(file) ?? 0);
    this.speak();
  }

  private speak(): void {
    const total = [...this.expected.values()].reduce((sum, bytes) => sum + bytes, 0);
    const loaded = [...this.arrived.values()].reduce((sum, bytes) => sum + bytes, 0);
    const complete = loaded >= total;
    if (!complete && performance.now() - this.spokenAt < WORDS_EVERY) return;
    this.spokenAt = performance.now();
    this.report(complete ? "Starting Python" : "Fetching Python", Math.min(loaded, total), total);
  }
}

function refused(file: string, status: number): NotFetchedError {
  return new NotFetchedError(`${file} did not come, the server said ${status}: run the cell again in a moment, or tell whoever keeps this site.`);
}

async function findKept(url: string): Promise<Response | undefined> {
  return (await openCache())?.match(url);
}

/** The store of Python's files, or nothing where the browser allows none. */
async function openCache(): Promise<Cache | undefined> {
  // none where the page came over plain http from another machine
  return ownCaches?.open(CACHE).catch(() => undefined);
}

/** Keep a file for a visit without a network; its name carries its version, so once is enough. */
async function keep(url: string, response: Response): Promise<void> {
  const cache = await openCache();
  if (cache === undefined || (await cache.match(url)) !== undefined) {
    await response.body?.cancel();
    return;
  }
  await cache.put(url, response).catch(() => undefined); // a full disk must not stop Python
}
