import { beforeEach, expect, test } from "vitest";
import { makeMark, readReport, showInContents, wordsFor } from "../src/marks/marks";
import type { Site } from "../src/site";
import { Store } from "../src/kept/store";

const TYPE = "application/vnd.any.report+json";
const PART = { id: "a", name: "(a)", title: "Part a", kind: "code" } as const;

beforeEach(() => localStorage.clear());

test.each([
  ["right", "right"],
  ["wrong", "tried"],
  ["malformed", "tried"],
  ["unattempted", "unattempted"],
])("a report that says %s makes the mark %s", (status, mark) => {
  const found = readReport({ [TYPE]: { part: "a", status, points: 1, max_points: 2 } }, TYPE);
  expect(found).toEqual(["a", { status: mark, points: 1, maxPoints: 2 }]);
});

test("what is no report makes no mark", () => {
  expect(readReport({ "text/plain": "right" }, TYPE)).toBeNull();
  expect(readReport({ [TYPE]: { status: "right" } }, TYPE)).toBeNull();
});

test("a mark has a shape, a name, and other words for answers in words", () => {
  expect(makeMark(PART, "tried").dataset.status).toBe("tried");
  expect(makeMark(PART, "right").title).toBe("(a): right");
  expect(wordsFor({ ...PART, kind: "text" }, "tried")).toBe("written");
});

test("the contents show each page's marks once, in words too", () => {
  document.body.innerHTML = '<div class="bd-sidebar-primary"><nav class="bd-links"><a href="one.html">One</a><a href="two.html">Two</a></nav></div>';
  const root = new URL("./", window.location.href);
  const pages = { one: { title: "One", parts: [PART, { ...PART, id: "b" }], notebook: null } };
  const site = { root, info: { pages } } as unknown as Site;
  const store = new Store("/", localStorage);
  showInContents(site, store);
  store.keepMark("b", { status: "right", points: 1, maxPoints: 1 });
  showInContents(site, store);
  const [one, two] = document.querySelectorAll("a");
  expect(one?.querySelectorAll(".live-mark")).toHaveLength(2);
  expect(one?.textContent).toBe("One (1 of 2 parts right)");
  expect(two?.textContent).toBe("Two");
});

test.each([
  [1, "One (0 of 1 part right)"],
  [2, "One (0 of 2 parts right)"],
])("%i parts are counted as one would say it", (number, said) => {
  document.body.innerHTML = '<div class="bd-sidebar-primary"><nav class="bd-links"><a href="one.html">One</a></nav></div>';
  const parts = Array.from({ length: number }, (_, index) => ({ ...PART, id: String(index) }));
  const site = { root: new URL("./", window.location.href), info: { pages: { one: { title: "One", parts, notebook: null } } } };
  showInContents(site as unknown as Site, new Store("/", localStorage));
  expect(document.querySelector("a")?.textContent).toBe(said);
});
