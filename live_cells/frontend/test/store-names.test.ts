import { expect, test } from "vitest";
import { isOfInnerBook, nameStore, takeOver } from "../src/kept/store-names";

const HOST = "http://here";

/** The browser's stores, as far as they are used here. */
class FakeCaches {
  readonly stores = new Map<string, Map<string, Response>>();
  has = (name: string) => Promise.resolve(this.stores.has(name));
  delete = (name: string) => Promise.resolve(this.stores.delete(name));
  open = (name: string) => {
    const store = this.stores.get(name) ?? new Map<string, Response>();
    this.stores.set(name, store);
    return Promise.resolve({
      keys: () => Promise.resolve([...store.keys()].map((url) => ({ url }))),
      match: ({ url }: { url: string }) => Promise.resolve(store.get(url)),
      put: ({ url }: { url: string }, response: Response) => Promise.resolve(store.set(url, response)),
      delete: ({ url }: { url: string }) => Promise.resolve(store.delete(url)),
    });
  };
  async fill(name: string, ...paths: string[]) {
    const store = await this.open(name);
    for (const path of paths) await store.put({ url: HOST + path }, new Response(path));
  }
  list = () => Object.fromEntries([...this.stores].map(([name, store]) => [name, [...store.keys()].map((url) => url.slice(HOST.length)).sort()]));
}

test("two books on one host keep their files apart", () => {
  expect(nameStore("python", `${HOST}/`)).not.toBe(nameStore("python", `${HOST}/other/`));
  expect(nameStore("python", `${HOST}/`)).not.toBe(nameStore("pages", `${HOST}/`));
  expect(isOfInnerBook(`${HOST}/`, `${HOST}/other/live-cells/python/x.zip`)).toBe(true);
  expect(isOfInnerBook(`${HOST}/`, `${HOST}/live-cells/python/x.zip`)).toBe(false);
  expect(isOfInnerBook(`${HOST}/other/`, `${HOST}/other/live-cells/python/x.zip`)).toBe(false);
});

test("each takes over what was kept for it when all books shared their stores", async () => {
  const caches = new FakeCaches();
  await caches.fill("live-cells-python", "/live-cells/python/1/a.zip", "/other/live-cells/python/1/a.zip");
  await caches.fill("live-cells-pages", "/one.html", "/live-cells/site.json", "/other/two.html", "/other/live-cells/site.json");
  await takeOver(caches as unknown as CacheStorage, `${HOST}/`);
  expect(caches.list()).toEqual({
    "live-cells-python": ["/other/live-cells/python/1/a.zip"],
    "live-cells-python:/": ["/live-cells/python/1/a.zip"],
    "live-cells-pages": ["/other/live-cells/site.json", "/other/two.html"],
    "live-cells-pages:/": ["/live-cells/site.json", "/one.html"],
  });
  await takeOver(caches as unknown as CacheStorage, `${HOST}/other/`);
  expect(Object.keys(caches.list()).sort()).toEqual(["live-cells-pages:/", "live-cells-pages:/other/", "live-cells-python:/", "live-cells-python:/other/"]);
});
