import { beforeEach, expect, test, vi } from "vitest";

const FILE = "http://here/film.webm";

/** Load the worker anew beside a network and a store; return what it answers to a request of the page. */
async function load(response: Response, put: () => Promise<void>) {
  vi.resetModules();
  const heard = new Map<string, (event: object) => void>();
  const store = { put: vi.fn(put), match: () => Promise.resolve(undefined) };
  vi.stubGlobal("caches", { open: () => Promise.resolve(store) });
  vi.stubGlobal("fetch", () => Promise.resolve(response));
  vi.stubGlobal("self", {
    registration: { scope: "http://here/" },
    location: { href: "http://here/service-worker.js" },
    addEventListener: (name: string, listen: (event: object) => void) => heard.set(name, listen),
  });
  await import("../src/kept/service-worker");
  const ask = () =>
    new Promise<Response>((resolve) => heard.get("fetch")?.({ request: new Request(FILE), respondWith: resolve }));
  return { ask, put: store.put };
}

beforeEach(() => vi.unstubAllGlobals());

test("a part of a file passes as it came, and is not kept", async () => {
  const { ask, put } = await load(new Response("part", { status: 206 }), () => Promise.reject(new TypeError("a part")));
  expect((await ask()).status).toBe(206);
  expect(put).not.toHaveBeenCalled();
});

test("a store that takes nothing more is no missing network", async () => {
  const { ask, put } = await load(new Response("whole"), () => Promise.reject(new Error("QuotaExceededError")));
  expect(await (await ask()).text()).toBe("whole");
  expect(put).toHaveBeenCalledTimes(1);
});
