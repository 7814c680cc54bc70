/**
 * Fetch Python's files once, count the bytes as they come, and keep them for offline use.
 *
 * Pyodide fetches its own files by address; `serveFetches` lets those requests through unchanged
 * (so that the browser can keep the compiled WebAssembly) and only counts them.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { SCRIPTS } from "./protocol";
import type { Elsewhere } from "./protocol";
import { ownCaches } from "./close-stores";

const WORDS_EVERY = 100; // milliseconds between two lines of progress

/** Files that Python needs and that do not come; the message is a sentence for the reader. */
export class NotFetchedError extends Error {
  /** `gone`: the site answers, and has not the file, as after it was built anew. */
  constructor(
    message: string,
    readonly gone: boolean,
  ) {
    super(message);
  }
}

export class Downloads {
  private readonly expected = new Map<string, number>();
  private readonly arrived = new Map<string, number>();
  private spokenAt = 0;
  private started = false;
  /** why a file of Pyodide's own did not come; Pyodide tells it in other words */
  private failure: NotFetchedError | null = null;
  private fail: (error: NotFetchedError) => void = () => undefined;
  /** rejects when such a file does not come: Pyodide itself would wait for some of them for ever */
  readonly failed = new Promise<never>((_, reject) => {
    this.fail = reject;
  });
  private readonly fetchPlainly = self.fetch.bind(self);

  constructor(
    private readonly base: string,
    /** files of other hosts: they are kept under the addresses that they would have here */
    private readonly elsewhere: Elsewhere,
    /** name of the store that keeps the files */
    private readonly store: string,
    private readonly report: (text: string, loaded: number, total: number) => void,
  ) {
    this.failed.catch(() => undefined); // whoever does not wait for it does not hear of it
  }

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
    const url = this.base + file;
    const source = this.elsewhere[file];
    const came = this.request(file, source?.url ?? url);
    // what was kept of another host's file the service worker gives under its address here
    const kept = came instanceof NotFetchedError && source !== undefined ? this.request(file, url) : came;
    this.report("Running", 1, 1);
    const bytes = kept instanceof NotFetchedError ? came : kept;
    if (bytes instanceof NotFetchedError) throw bytes;
    void this.keep(url, new Response(bytes.slice(0)));
    return new Uint8Array(bytes);
  }

  /** Return what an address sends for a file while Python waits, or why it is not that file. */
  private request(file: string, url: string): ArrayBuffer | NotFetchedError {
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.responseType = "arraybuffer";
    try {
      request.send();
    } catch {
      return this.missing(file);
    }
    if (request.status !== 200) return this.refused(file, request.status);
    const bytes = request.response as ArrayBuffer;
    const source = this.elsewhere[file];
    return source === undefined || source.integrity === hash(bytes) ? bytes : changed(file, source.url);
  }

  /** Let Pyodide's own requests pass through here. */
  serveFetches(): void {
    self.fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const url = input instanceof Request ? input.url : String(input);
      const ours = url.startsWith(this.base) ? url.slice(this.base.length) : null;
      if (ours === null || !this.expected.has(ours)) return this.fetchPlainly(input, init);
      return this.fetchCounted(ours).catch((error: unknown) => {
        if (error instanceof NotFetchedError) {
          this.failure = error;
          this.fail(error);
        }
        throw error;
      });
    };
  }

  /** Return why Python did not start, in words for the reader if it is for want of a file. */
  async explain(error: unknown): Promise<unknown> {
    const scriptMissing = error instanceof DOMException && error.name === "NetworkError";
    if (this.failure !== null || !scriptMissing) return this.failure ?? error;
    for (const file of SCRIPTS) {
      const response = await this.fetchPlainly(this.base + file).catch(() => undefined);
      if (response?.ok === false) return this.refused(file, response.status);
    }
    return this.missing("pyodide.js");
  }

  /** Python has started: keep the two scripts that it loaded where the next visit finds them offline. */
  async keepScripts(): Promise<void> {
    this.started = true;
    const cache = await this.openStore();
    const wanted = SCRIPTS.map((file) => this.base + file);
    const kept = new Set((await cache?.keys())?.map((request) => request.url));
    // a full disk must not stop Python: what cannot be kept is fetched again next time
    await cache?.addAll(wanted.filter((url) => !kept.has(url))).catch(() => undefined);
  }

  private async fetchCounted(file: string): Promise<Response> {
    const url = this.base + file;
    // its address carries its version: what the browser has is right
    const { url: source, ...checked } = this.elsewhere[file] ?? { url };
    let came = await this.fetchPlainly(source, { cache: "force-cache", ...checked }).catch(() => undefined);
    // what the browser has kept may be a refusal, which holds no longer
    if (came?.ok === false) came = await this.fetchPlainly(source, { cache: "reload", ...checked }).catch(() => came);
    // a site that was built anew may have the file no more, and this browser still
    const response = came?.ok === true ? came : await (await this.openStore())?.match(url);
    if (response === undefined) {
      this.expected.delete(file); // nobody waits for it any more
      if (came !== undefined) throw this.refused(file, came.status);
      throw (await this.sendsAnother(file)) ? changed(file, source) : this.missing(file);
    }
    void this.count(file, response.clone());
    void this.keep(url, response.clone());
    return asWhatItIs(file, response);
  }

  /** The store of Python's files, or nothing where the browser allows none. */
  private async openStore(): Promise<Cache | undefined> {
    // none where the page came over plain http from another machine
    return ownCaches?.open(this.store).catch(() => undefined);
  }

  /** Keep a file for a visit without a network; its name carries its version, so once is enough. */
  private async keep(url: string, response: Response): Promise<void> {
    const store = await this.openStore();
    if (store === undefined || (await store.match(url)) !== undefined) {
      await response.body?.cancel();
      return;
    }
    await store.put(url, response).catch(() => undefined); // a full disk must not stop Python
  }

  /** A browser tells a hash that differs in the same words as a network that is gone; this tells them apart. */
  private async sendsAnother(file: string): Promise<boolean> {
    const source = this.elsewhere[file];
    if (source === undefined) return false;
    return this.fetchPlainly(source.url, { method: "HEAD", cache: "no-store" }).then(
      (response) => response.ok,
      () => false,
    );
  }

  private missing(file: string): NotFetchedError {
    const what = this.started ? file.replace(/-.*/, "") : "Python";
    return new NotFetchedError(`${what} has not been fetched yet and the network does not answer: connect once, then run the cell again.`, false);
  }

  /** Another host that has a file no more says nothing of a newer build of this site. */
  private refused(file: string, status: number): NotFetchedError {
    const source = this.elsewhere[file];
    const gone = source === undefined && (status === 404 || status === 410);
    const who = source === undefined ? "the server" : new URL(source.url).host;
    const what = gone ? "this page may have a newer version, so reload it (your answers are kept)" : "run the cell again in a moment, or tell whoever keeps this site";
    return new NotFetchedError(`${file} did not come, ${who} said ${status}: ${what}.`, gone);
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

/** The hash of a file, as an `integrity` says it. */
function hash(bytes: ArrayBuffer): string {
  return `sha256-${btoa(String.fromCharCode(...sha256(new Uint8Array(bytes))))}`;
}

function changed(file: string, url: string): NotFetchedError {
  return new NotFetchedError(`${file} did not come: ${new URL(url).host} sends another file than was published; tell whoever keeps this site.`, false);
}

/** Some servers call WebAssembly by another name, and a browser would not compile it then. */
function asWhatItIs(file: string, response: Response): Response {
  if (!file.endsWith(".wasm") || response.headers.get("Content-Type") === "application/wasm") return response;
  return new Response(response.body, { headers: { "Content-Type": "application/wasm" } });
}
