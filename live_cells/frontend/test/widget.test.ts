import { beforeEach, expect, test, vi } from "vitest";
import type { SiteInfo } from "../src/site";
import { show } from "../src/widget";

const ROOT = new URL("http://here/");
const PAGE = { name: "one", root: "", version: "1", cells: [], shown: [], texts: [] };
const INFO = {
  ...{ version: "1", worker: "worker.js", python: { base: "python/", core: {}, packs: {}, first: [] }, pages: {}, book: [], frontend: [], late: [], isolates: true, lite: null, launchers: {} },
  ...{ reportMimetype: "x", words: { download: "Your answers as {name}", text: "Markdown." } },
} as unknown as SiteInfo;
const model = { get: (name: string) => ({ kind: "page", page: "one" })[name] };

beforeEach(() => vi.spyOn(console, "error").mockImplementation(() => undefined));

test("a page that did not come is asked for anew by the next widget, and one that came is not", async () => {
  const come = vi.fn(() => Promise.resolve(Response.json(PAGE))).mockRejectedValueOnce(new TypeError("no network"));
  vi.stubGlobal("fetch", come);
  const el = document.createElement("div");
  expect(await show(ROOT, INFO, model, el)).toBeUndefined();
  expect(el.hasChildNodes()).toBe(false);
  expect(await show(ROOT, INFO, model, el)).toBeTypeOf("function");
  expect(el.querySelector(".live-bar")).not.toBeNull();
  await show(ROOT, INFO, model, el);
  expect(come).toHaveBeenCalledTimes(2);
});

test("a site that was not there is looked for anew", async () => {
  const come = vi.fn(() => Promise.reject(new TypeError("no network")));
  vi.stubGlobal("fetch", come);
  // @ts-expect-error: mystmd takes the module as it is, without types
  const { default: widget } = (await import("../../sphinx_live_cells/plugin/widget.mjs")) as { default: { render: (given: object) => Promise<unknown> } };
  for (const asked of [2, 4]) {
    expect(await widget.render({ model, el: document.createElement("div") })).toBeUndefined();
    expect(come).toHaveBeenCalledTimes(asked); // the site's root is one of two
  }
});
