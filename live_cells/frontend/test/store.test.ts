import { beforeEach, describe, expect, test } from "vitest";
import { hashText, Store } from "../src/kept/store";

const KEY = "answer/ex1a";

const UNREADABLE = ["{broken", "", "null", "7", '"x"', "[]", "{}", '{"text": 7}', '{"text": null, "stub": "a"}', '{"text": ["x"]}'];

beforeEach(() => localStorage.clear());

describe("what the reader wrote", () => {
  test("is found again with the same stub, by another visit", () => {
    new Store("/book/", localStorage).keepText(KEY, "x = ...", "x = 1");
    expect(new Store("/book/", localStorage).findText(KEY, "x = ...")).toEqual({ text: "x = 1", stubChanged: false });
  });

  test("is found after the stub changed, and said to be older than it", () => {
    const store = new Store("/", localStorage);
    store.keepText(KEY, "x = ...", "x = 1");
    expect(store.findText(KEY, "x = ...  # (2, 2)")).toEqual({ text: "x = 1", stubChanged: true });
  });

  test("is forgotten when it is the stub again", () => {
    const store = new Store("/", localStorage);
    store.keepText(KEY, "x = ...", "x = 1");
    store.keepText(KEY, "x = ...", "x = ...");
    expect(store.findText(KEY, "x = ...")).toBeNull();
    expect(localStorage.length).toBe(0);
  });

  test("does not mix with that of another book on the same host", () => {
    new Store("/one/", localStorage).keepText(KEY, "x = ...", "x = 1");
    expect(new Store("/two/", localStorage).findText(KEY, "x = ...")).toBeNull();
  });

  test("cannot be kept where the browser allows no storage, and that is said", () => {
    expect(new Store("/", null).keepText(KEY, "a", "b")).toBe(false);
    const full = { getItem: () => null, setItem: () => { throw new Error("full"); } } as unknown as Storage;
    expect(new Store("/", full).keepText(KEY, "a", "b")).toBe(false);
  });

  test.each(UNREADABLE)("is passed over where it cannot be read: %s", (kept) => {
    localStorage.setItem(`live-cells:/:text/${KEY}`, kept);
    expect(new Store("/", localStorage).findText(KEY, "x = ...")).toBeNull();
  });

  test("is found without the stub that it replaces", () => {
    localStorage.setItem(`live-cells:/:text/${KEY}`, '{"text": "x = 1"}');
    expect(new Store("/", localStorage).findText(KEY, "x = ...")).toEqual({ text: "x = 1", stubChanged: true });
  });
});

test("what the browser refuses is still found by this page", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("full"); } } as unknown as Storage;
  for (const backing of [full, null]) {
    const store = new Store("/", backing);
    store.keepText(KEY, "x = ...", "x = 1");
    store.keepMark("a", { status: "right", points: 1, maxPoints: 1 });
    expect(store.findText(KEY, "x = ...")?.text).toBe("x = 1");
    expect(store.findMarks().a?.status).toBe("right");
  }
});

test("all texts of a book are listed, also what the browser refuses, and none of another book's", () => {
  new Store("/other/", localStorage).keepText(KEY, "x = ...", "other");
  new Store("/", localStorage).keepText(KEY, "x = ...", "x = 1");
  const full = { length: localStorage.length, key: (index: number) => localStorage.key(index), getItem: (name: string) => localStorage.getItem(name), setItem: () => { throw new Error("full"); } } as unknown as Storage;
  const store = new Store("/", full);
  store.keepText("answer/b", "y", "refused");
  expect(store.listTexts().map(({ key, text }) => [key, text])).toEqual([["answer/b", "refused"], [KEY, "x = 1"]]);
  expect(new Store("/", null).listTexts()).toEqual([]);
});

const REPORT = { cell: "answer/a-test", data: { "text/plain": "right" }, basis: { a: "hash" }, when: 1, missed: "" };

test.each([
  ...UNREADABLE,
  ...Object.keys(REPORT).map((name) => JSON.stringify({ ...REPORT, [name]: null })),
  JSON.stringify({ ...REPORT, data: [] }),
  JSON.stringify({ ...REPORT, basis: { a: 7 } }),
])("a report that cannot be read is passed over: %s", (kept) => {
  localStorage.setItem("live-cells:/:report/a", JSON.stringify(REPORT));
  const store = new Store("/", localStorage);
  expect(store.findReport("a")).toEqual(REPORT);
  localStorage.setItem("live-cells:/:report/a", kept);
  expect(store.findReport("a")).toBeNull();
});

test("a part's stubs of all versions that were seen are known as stubs", () => {
  const store = new Store("/", localStorage);
  localStorage.setItem("live-cells:/:stubs/a", '{"wrong": "shape"}');
  store.noteStub("a", "x = ...");
  store.noteStub("a", "x = ...  # (2, 2)");
  expect(["x = ...\n", "x = ...  # (2, 2)", "x = 1"].map((text) => store.wasStub("a", text))).toEqual([true, true, false]);
  expect(store.wasStub("b", "x = ...")).toBe(false);
});

test("a stub with a notebook's newline at its end is still the stub", () => {
  const store = new Store("/", localStorage);
  expect(store.keepText(KEY, "x = ...", "x = ...\n\n")).toBe(true);
  expect(localStorage.length).toBe(0);
});

test.each([...UNREADABLE, '{"a": null}', '{"a": 7}', '{"a": {"status": "golden", "points": 1, "maxPoints": 1}}', '{"a": {"status": "right"}}'])(
  "marks that cannot be read are passed over: %s",
  (kept) => {
    localStorage.setItem("live-cells:/:marks", kept);
    const store = new Store("/", localStorage);
    expect(store.findMarks()).toEqual({});
    store.keepMark("b", { status: "right", points: 1, maxPoints: 1 });
    expect(Object.keys(store.findMarks())).toEqual(["b"]);
  },
);

test("marks are kept by part and cleared together", () => {
  const store = new Store("/", localStorage);
  store.keepMark("a", { status: "right", points: 1, maxPoints: 1 });
  store.keepMark("b", { status: "tried", points: 0, maxPoints: 2 });
  expect(Object.keys(store.findMarks())).toEqual(["a", "b"]);
  store.forgetMarks();
  expect(store.findMarks()).toEqual({});
});

test("a hash tells texts apart and is short", () => {
  const hashes = new Set(Array.from({ length: 5000 }, (_, index) => hashText(`W = ${index}`)));
  expect(hashes.size).toBe(5000);
  expect(hashText("")).toHaveLength(14);
});
