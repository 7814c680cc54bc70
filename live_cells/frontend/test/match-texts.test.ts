import { beforeEach, describe, expect, test } from "vitest";
import { matchTexts } from "../src/kept/match-texts";
import type { Spot } from "../src/kept/match-texts";
import type { Book } from "../src/site";
import { hashText, Store } from "../src/kept/store";

/** A page is its cells: a stub, or `id: stub` for one with a grade_id. */
type Page = string[];
type Site = Record<string, Page>;

function asSpots(page: Page): Spot[] {
  return page.map((cell, index) => {
    const [, gradeId = null, stub = cell] = /^(\w+): (.*)$/.exec(cell) ?? [];
    return { gradeId, stub, label: `cell ${index + 1}` };
  });
}

function asBook(site: Site): Book {
  const has = (name: string, gradeId: string) => asSpots(site[name] ?? []).some((spot) => spot.gradeId === gradeId);
  return { pagesWith: (gradeId) => Object.keys(site).filter((name) => has(name, gradeId)), hasPage: (name) => name in site };
}

/** What stands in each cell of a page, and what is offered on it. */
function open(site: Site, name: string) {
  const store = new Store("/", localStorage);
  const spots = asSpots(site[name] ?? []);
  const { places, left } = matchTexts(name, spots, store.listTexts(), asBook(site));
  const shown = places.map(({ key }, index) => store.findText(key, spots[index]?.stub ?? "")?.text ?? "");
  return { shown, left: left.map(({ text }) => text), places, spots, store };
}

/** Write a text into a cell of a page, as the page does. */
function write(site: Site, name: string, cell: number, text: string) {
  const { places, spots, store } = open(site, name);
  const { key, from } = places[cell] ?? { key: "", from: null };
  store.keepText(key, spots[cell]?.stub ?? "", text, from);
}

beforeEach(() => localStorage.clear());

/** What is written where, what becomes of the page, what stands in its cells then, and what is offered. */
const CASES: Record<string, { before: Page; written: Record<number, string>; after: Page; shown: string[]; left?: string[] }> = {
  "nothing changed": { before: ["a: x", "y"], written: { 0: "A", 1: "Y" }, after: ["a: x", "y"], shown: ["A", "Y"] },
  "grade_id: inserted before": { before: ["a: x"], written: { 0: "A" }, after: ["b: x", "a: x"], shown: ["", "A"] },
  "grade_id: reordered": { before: ["a: x", "b: x"], written: { 0: "A", 1: "B" }, after: ["b: x", "a: x"], shown: ["B", "A"] },
  "grade_id: changed stub": { before: ["a: x"], written: { 0: "A" }, after: ["a: y"], shown: ["A"] },
  "grade_id: renamed": { before: ["a: x"], written: { 0: "A" }, after: ["b: x"], shown: [""], left: ["A"] },
  "grade_id: taken away": { before: ["a: x", "y"], written: { 0: "A" }, after: ["y"], shown: [""], left: ["A"] },
  "grade_id: lost": { before: ["a: x"], written: { 0: "A" }, after: ["x"], shown: [""], left: ["A"] },
  "grade_id: given": { before: ["x"], written: { 0: "X" }, after: ["a: x"], shown: [""], left: ["X"] },
  "grade_id: twice on the page": { before: ["a: x"], written: { 0: "A" }, after: ["a: x", "a: x"], shown: ["A", ""] },
  "none: inserted before": { before: ["x"], written: { 0: "X" }, after: ["y", "x"], shown: ["", "X"] },
  "none: reordered": { before: ["x", "y"], written: { 0: "X", 1: "Y" }, after: ["y", "x"], shown: ["Y", "X"] },
  "none: changed stub": { before: ["x"], written: { 0: "X" }, after: ["x2"], shown: [""], left: ["X"] },
  "none: taken away": { before: ["x", "y"], written: { 0: "X" }, after: ["y"], shown: [""], left: ["X"] },
  "identical stub inserted before": { before: ["p", "x", "q"], written: { 1: "X" }, after: ["x", "p", "x", "q"], shown: ["", "", "X", ""] },
  "identical stub inserted after": { before: ["p", "x", "q"], written: { 1: "X" }, after: ["p", "x", "q", "x"], shown: ["", "X", "", ""] },
  "identical stub inserted beside it": { before: ["p", "x", "q"], written: { 1: "X" }, after: ["p", "x", "x", "q"], shown: ["", "", "", ""], left: ["X"] },
  "one of two identical stubs, nothing changed": { before: ["x", "x"], written: { 1: "X" }, after: ["x", "x"], shown: ["", "X"] },
  "a third identical stub inserted": { before: ["p", "x", "q", "x", "r"], written: { 1: "X1", 3: "X2" }, after: ["p", "x", "x", "q", "x", "r"], shown: ["", "", "", "", "X2", ""], left: ["X1"] },
  "the first of two identical stubs taken away": { before: ["p", "x", "q", "x", "r"], written: { 1: "X1", 3: "X2" }, after: ["p", "q", "x", "r"], shown: ["", "", "X2", ""], left: ["X1"] },
  "the first of two taken away, nothing in the second": { before: ["p", "x", "q", "x", "r"], written: { 1: "X1" }, after: ["p", "q", "x", "r"], shown: ["", "", "", ""], left: ["X1"] },
  "two of three in a row": { before: ["x", "x", "x"], written: { 1: "X" }, after: ["x", "x"], shown: ["", ""], left: ["X"] },
  "alone, but with other neighbours": { before: ["p", "x"], written: { 1: "X" }, after: ["x", "q"], shown: ["X", ""] },
};

describe("an answer is never shown in a cell that it was not written in, and never gone", () => {
  test.each(Object.entries(CASES))("%s", (_, { before, written, after, shown, left = [] }) => {
    for (const [cell, text] of Object.entries(written)) write({ one: before }, "one", Number(cell), text);
    expect(open({ one: after }, "one")).toMatchObject({ shown, left });
  });

  test.each(Object.entries(CASES))("also after something was written in every cell since: %s", (_, { before, written, after, shown, left = [] }) => {
    for (const [cell, text] of Object.entries(written)) write({ one: before }, "one", Number(cell), text);
    for (const cell of after.keys()) write({ one: after }, "one", cell, `new ${cell}`);
    expect(open({ one: after }, "one").shown).toEqual(after.map((_cell, index) => `new ${index}`));
    expect(open({ one: after }, "one").left).toEqual(left);
    expect(shown).toHaveLength(after.length);
  });
});

describe("in a book of several pages", () => {
  test("a renamed page offers what was written on it, on the pages that there are", () => {
    write({ old: ["x", "y"] }, "old", 0, "X");
    expect(open({ new: ["x", "y"] }, "new")).toMatchObject({ shown: ["", ""], left: ["X"] });
  });

  test("an answer with a grade_id goes with its cell to another page", () => {
    write({ one: ["a: x"], two: ["y"] }, "one", 0, "A");
    const moved = { one: ["y"], two: ["a: x"] };
    expect(open(moved, "two")).toMatchObject({ shown: ["A"], left: [] });
    expect(open(moved, "one")).toMatchObject({ shown: [""], left: [] });
  });

  test("a text is offered on its own page, not on others", () => {
    write({ one: ["a: x", "z"], two: ["y"] }, "one", 0, "A");
    write({ one: ["a: x", "z"], two: ["y"] }, "one", 1, "Z");
    const after = { one: ["b: x", "z2"], two: ["y"] };
    expect(open(after, "one").left).toEqual(["A", "Z"]);
    expect(open(after, "two").left).toEqual([]);
  });

  test("two pages with the same grade_id do not share an answer", () => {
    const site = { one: ["a: x"], two: ["a: x"] };
    write(site, "one", 0, "of one");
    expect(open(site, "two")).toMatchObject({ shown: [""], left: [] });
    write(site, "two", 0, "of two");
    expect(open(site, "one").shown).toEqual(["of one"]);
  });

  test("a grade_id that a second page takes too stays with the first", () => {
    write({ one: ["a: x"], two: ["y"] }, "one", 0, "A");
    const after = { one: ["a: x"], two: ["a: x"] };
    expect(open(after, "one")).toMatchObject({ shown: ["A"], left: [] });
    expect(open(after, "two")).toMatchObject({ shown: [""], left: [] });
  });

  test("an answer whose grade_id went to two other pages is offered on both", () => {
    write({ one: ["a: x"] }, "one", 0, "A");
    const after = { one: ["y"], two: ["a: x"], three: ["a: x"] };
    expect(open(after, "two")).toMatchObject({ shown: [""], left: ["A"] });
    expect(open(after, "three").left).toEqual(["A"]);
  });

  test("a page below another has its own texts", () => {
    const site = { one: ["x"], "one/two": ["x"] };
    write(site, "one/two", 0, "X");
    expect(open(site, "one")).toMatchObject({ shown: [""], left: [] });
    expect(open(site, "one/two").shown).toEqual(["X"]);
  });
});

/** What version 1.0.0 kept: no origin, and a cell without grade_id by its stub and how often that came before. */
describe("what today's readers have kept is carried over", () => {
  const keep = (key: string, text: string, stub: string) => localStorage.setItem(`live-cells:/:text/${key}`, JSON.stringify({ text, stub: hashText(stub) }));
  const old = (stub: string, repeat: number) => `page/one/${hashText(stub)}/${repeat}`;

  test("an answer with a grade_id, and one whose stub no other cell has", () => {
    keep("answer/a", "A", "x");
    keep(old("y", 0), "Y", "y");
    expect(open({ one: ["a: x", "y"] }, "one")).toMatchObject({ shown: ["A", "Y"], left: [] });
    write({ one: ["a: x", "y"] }, "one", 1, "Y2");
    expect(open({ one: ["y", "a: x2"] }, "one")).toMatchObject({ shown: ["Y2", "A"], left: [] });
    expect(localStorage).toHaveLength(2);
  });

  test("what cannot be told apart is offered", () => {
    keep(old("x", 0), "X1", "x");
    keep(old("x", 1), "X2", "x");
    expect(open({ one: ["x", "p", "x"] }, "one")).toMatchObject({ shown: ["", "", ""], left: ["X1", "X2"] });
    expect(open({ one: ["x", "p"] }, "one")).toMatchObject({ shown: ["", ""], left: ["X1", "X2"] });
  });

  test("and so is what has lost its cell: by its page where that is known, everywhere else", () => {
    keep("answer/gone", "A", "x");
    keep(old("gone", 0), "Y", "gone");
    const site = { one: ["y"], two: ["z"] };
    expect(open(site, "one").left).toEqual(["A", "Y"]);
    expect(open(site, "two").left).toEqual(["A"]);
  });
});

test("what is kept in a wrong shape breaks nothing, and is found again where a text is left", () => {
  for (const [index, kept] of ["{", "null", "7", '{"text": 7}', '{"text": "T", "from": 7}', '{"text": "U", "from": {"page": 3}}'].entries()) {
    localStorage.setItem(`live-cells:/:text/answer/${index}`, kept);
  }
  expect(open({ one: ["x"] }, "one")).toMatchObject({ shown: [""], left: ["T", "U"] });
});
