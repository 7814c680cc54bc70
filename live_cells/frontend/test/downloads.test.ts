import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Downloads, NotFetchedError } from "../src/session/downloads";

const BASE = "https://book.example.org/live-cells/python/1/";
const CDN = "https://cdn.example.org/full/";
const FILE = "numpy-1.zip";
const INTEGRITY = "sha256-SGL0R/LH8nL6L0qvidrbOxrAkQW9WGT40aDJRSuwoiY="; // of the bytes below
const BYTES = new TextEncoder().encode("pack");

type Answer = { status: number; body: Uint8Array } | null; // null: the network is gone

let answers: Record<string, Answer>;
let asked: string[];

class PlainRequest {
  responseType = "";
  status = 0;
  response = new ArrayBuffer(0);
  private url = "";

  open(_method: string, url: string): void {
    this.url = url;
  }

  send(): void {
    asked.push(this.url);
    const answer = answers[this.url] ?? null;
    if (answer === null) throw new DOMException("", "NetworkError");
    this.status = answer.status;
    this.response = answer.body.slice().buffer;
  }
}

beforeEach(() => {
  answers = {};
  asked = [];
  vi.stubGlobal("XMLHttpRequest", PlainRequest);
  vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => {
    asked.push(url);
    const answer = answers[url] ?? null;
    const wrong = answer?.status === 200 && init.integrity !== undefined && init.method !== "HEAD" && new TextDecoder().decode(answer.body) !== "pack";
    // a browser tells a wrong hash as it tells a network that is gone
    if (answer === null || wrong) return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(new Response(answer.body.slice(), { status: answer.status }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function open(elsewhere: boolean): Downloads {
  return new Downloads(BASE, elsewhere ? { [FILE]: { url: CDN + FILE, integrity: INTEGRITY } } : {}, "python", () => undefined);
}

function good(): Answer {
  return { status: 200, body: BYTES };
}

function other(): Answer {
  return { status: 200, body: new TextEncoder().encode("other") };
}

/** Ask for the file early and late; return the one sentence that both say. */
async function fail(downloads: Downloads): Promise<NotFetchedError> {
  const early = await downloads.fetchBytes(FILE).catch((error: unknown) => error);
  let late: unknown;
  try {
    downloads.fetchNow(FILE);
  } catch (error) {
    late = error;
  }
  expect(late).toBeInstanceOf(NotFetchedError);
  expect(early).toEqual(late);
  return late as NotFetchedError;
}

test("a late import takes a file from the other host", () => {
  answers = { [CDN + FILE]: good() };
  expect(new TextDecoder().decode(open(true).fetchNow(FILE))).toBe("pack");
  expect(asked).toEqual([CDN + FILE]);
});

test.each([null, { status: 500, body: BYTES }, other()])("a late import finds what was kept of a file whose host sends %o", (answer) => {
  answers = { [CDN + FILE]: answer, [BASE + FILE]: good() };
  expect(new TextDecoder().decode(open(true).fetchNow(FILE))).toBe("pack");
  expect(asked).toEqual([CDN + FILE, BASE + FILE]);
});

test("what this site sends in the place of another host's file must be that file", async () => {
  answers = { [CDN + FILE]: null, [BASE + FILE]: other() };
  expect((await fail(open(true))).message).toContain("the network does not answer");
});

test.each([false, true])("a file that does not come says that the network does not answer (of another host: %s)", async (elsewhere) => {
  const error = await fail(open(elsewhere));
  expect(error.message).toBe("Python has not been fetched yet and the network does not answer: connect once, then run the cell again.");
  expect(error.gone).toBe(false);
});

test("a host that sends another file is named, and no network is blamed", async () => {
  answers = { [CDN + FILE]: other() };
  const error = await fail(open(true));
  expect(error.message).toBe("numpy-1.zip did not come: cdn.example.org sends another file than was published; tell whoever keeps this site.");
  expect(error.gone).toBe(false);
});

test("a file that the site has no more says to reload, one that another host has no more does not", async () => {
  const gone = { status: 404, body: BYTES };
  answers = { [BASE + FILE]: gone, [CDN + FILE]: gone };
  const own = await fail(open(false));
  expect(own.message).toBe("numpy-1.zip did not come, the server said 404: this page may have a newer version, so reload it (your answers are kept).");
  expect(own.gone).toBe(true);
  const others = await fail(open(true));
  expect(others.message).toBe("numpy-1.zip did not come, cdn.example.org said 404: run the cell again in a moment, or tell whoever keeps this site.");
  expect(others.gone).toBe(false);
});
