import { expect, test } from "vitest";
// @ts-expect-error: the front end, which the types are for, has no Node.js
import { readFileSync } from "node:fs";

// the page's one inline script stands in the module that puts it there
const read = readFileSync as (path: string, encoding: string) => string;
const text = read("../sphinx_live_cells/scripts.py", "utf8");

/** Run the script as a page does, in a window whose storage answers or throws. */
function chooseColours(storage: () => Partial<Storage>): DOMStringMap {
  const script = document.createElement("script");
  script.textContent = /COLOURS = """(.*?)"""/s.exec(text)?.[1] ?? "";
  const page = (globalThis as unknown as { jsdom: { window: Window } }).jsdom.window;
  page.matchMedia = () => ({ matches: true }) as MediaQueryList;
  Object.defineProperty(page, "localStorage", { get: storage, configurable: true });
  document.head.append(script);
  return document.documentElement.dataset;
}

test("a page's colours are those that its reader asked for", () => {
  expect(chooseColours(() => ({ getItem: () => "light" }))).toMatchObject({ mode: "light", theme: "light" });
});

test("where the storage is blocked they are the system's", () => {
  const blocked = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  expect(chooseColours(blocked)).toMatchObject({ mode: "auto", theme: "dark" });
});
