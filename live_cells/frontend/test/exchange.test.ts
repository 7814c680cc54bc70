import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Exchange } from "../src/answers/exchange";
import type { Place } from "../src/answers/exchange";
import type { Site } from "../src/site";
import { JupyterLite } from "../src/answers/jupyterlite";
import { parseNotebook, readAnswers } from "../src/answers/notebook";
import type { Notebook } from "../src/answers/notebook";
import { StatusLine } from "../src/status";
import { Store } from "../src/kept/store";
import { KeptText } from "../src/kept/text";

const ORIGIN = { page: "one", label: "a cell", alone: true, around: "" };
const LITE = "http://here/lite/";
const STUBS = { a: "a = ...", b: "b = ...", words: "*Write here.*" };
const full = {
  getItem: () => null,
  setItem: () => {
    throw new Error("full");
  },
} as unknown as Storage;

function open(storage: Storage | null = localStorage) {
  document.body.replaceChildren();
  const store = new Store("/", storage);
  const events = { show: vi.fn(), changed: vi.fn(), say: vi.fn() };
  const places: Place[] = Object.entries(STUBS).map(([gradeId, stub]) => {
    return { gradeId, label: `the answer to ${gradeId}`, written: new KeptText(store, { key: `answer/${gradeId}`, from: ORIGIN }, stub, events) };
  });
  places.push({ gradeId: null, label: "cell 4", written: new KeptText(store, { key: "page/one/x/0", from: ORIGIN }, "aside", events) });
  const site = { parts: Object.keys({ ...STUBS, elsewhere: "" }).map((id) => ({ id })), here: { notebook: "notebooks/one.ipynb" }, url: (path: string) => new URL(path, "http://here/").href };
  const exchange = new Exchange(site as unknown as Site, store, new StatusLine(), () => places);
  const graded = places.slice(0, -1);
  const texts = (): Record<string, string> => Object.fromEntries(graded.map(({ gradeId, written }): [string, string] => [gradeId ?? "", written.text]));
  const place = (gradeId: string | null) => places.find((each) => each.gradeId === gradeId)?.written as KeptText;
  return { exchange, texts, place, places, site, events, store };
}

const words = () => document.querySelector(".live-status-words")?.textContent;
const press = (name: string) => {
  [...document.querySelectorAll("button")].find((button) => button.textContent === name)?.click();
};

beforeEach(() => localStorage.clear());

describe("what is downloaded", () => {
  test("is what stands in the page, even where the browser keeps nothing", () => {
    for (const storage of [localStorage, full, null]) {
      const { exchange, place } = open(storage);
      place("a").type("a = 1");
      expect([...exchange.findAnswers(Object.keys(STUBS))]).toEqual([["a", "a = 1"]]);
    }
  });

  test("includes parts of other pages as the browser keeps them", () => {
    const { exchange, store } = open();
    store.keepText("answer/elsewhere", "e = ...", "e = 1");
    expect(exchange.findAnswers(["elsewhere", "never"]).get("elsewhere")).toBe("e = 1");
  });
});

test("a text that cannot be kept is told, and one that can is not", () => {
  const refused = open(full);
  refused.place("words").type("So it is.");
  expect(refused.events.say).toHaveBeenCalledWith(expect.stringContaining("download your answers"));
  const kept = open();
  kept.place("words").type("So it is.");
  expect(kept.events.say).not.toHaveBeenCalled();
});

describe("what comes in", () => {
  test("is only what differs from the stub, without the newlines that notebooks add", () => {
    const { exchange, texts, place } = open();
    exchange.takeIn(new Map([["a", "a = 1\n"], ["b", "b = ...\n"], ["words", "*Write here.*\n\n"]]));
    expect(texts()).toEqual({ ...STUBS, a: "a = 1" });
    expect(place("words").edited || place("b").edited).toBe(false);
    expect(localStorage).toHaveLength(1);
    expect(words()).toBe("1 answer came in. Run the check to see how it does.");
  });

  test("never replaces an answer by an untouched stub", () => {
    const { exchange, texts, place } = open();
    place("a").type("a = 1");
    expect(() => exchange.takeIn(new Map([["a", "a = ...\n"]]))).toThrow("holds no answers yet");
    expect(texts().a).toBe("a = 1");
  });

  test("replaces the reader's own answers only if told to", () => {
    const arriving = new Map([["a", "a = 2"], ["b", "b = 2"]]);
    for (const [answer, wanted] of [["Replace it", "a = 2"], ["Keep mine, bring in the rest", "a = 1"]] as const) {
      const { exchange, texts, place } = open();
      place("b").reset();
      place("a").type("a = 1");
      exchange.takeIn(arriving);
      expect(words()).toMatch(/^1 answer that you wrote on this page would be replaced/);
      expect(texts()).toMatchObject({ a: "a = 1", b: "b = ..." });
      press(answer);
      expect(texts()).toMatchObject({ a: wanted, b: "b = 2" });
    }
  });

  test("is refused with a sentence if the page knows none of it or has it all", () => {
    const { exchange, place } = open();
    expect(() => exchange.takeIn(new Map([["other", "x"]]))).toThrow("None of this page's answers");
    place("a").type("a = 1");
    expect(() => exchange.takeIn(new Map([["a", "a = 1\n"]]))).toThrow("all here already");
  });
});

describe("an older blank notebook", () => {
  const older = { cell_type: "code", source: "W_V_1 = ...     # (4, 16)\nW_out_1 = ...   # (16, 4)\n", metadata: { nbgrader: { checksum: "6c2f3e25d7bb3274b7dcce739a7d396e", grade: false, grade_id: "ex1a", locked: false, solution: true } } };
  const bring = async (cell: object) => {
    const opened = open();
    opened.site.parts.push({ id: "ex1a" });
    const written = new KeptText(opened.store, { key: "answer/ex1a", from: ORIGIN }, "W_V_1 = ...", opened.events);
    opened.places.push({ gradeId: "ex1a", label: "the answer to (a)", written });
    await opened.exchange.importNotebook(new Blob([JSON.stringify({ nbformat: 4, cells: [cell] })]));
    return written;
  };

  test("brings no stub as an answer, and what was written in it comes", async () => {
    expect((await bring(older)).edited).toBe(false);
    expect(words()).toContain("holds no answers yet");
    expect((await bring({ ...older, source: "W_V_1 = 1" })).text).toBe("W_V_1 = 1");
  });

  test("without nbgrader's checksum is known if this browser saw that version of the page", async () => {
    const plain = { ...older, metadata: { grade_id: "ex1a" } };
    new Store("/", localStorage).noteStub("ex1a", older.source);
    expect((await bring(plain)).edited).toBe(false);
    expect((await bring({ ...plain, source: "W_V_1 = 1" })).text).toBe("W_V_1 = 1");
  });
});

describe("what the page says of a download", () => {
  const blobs: Blob[] = [];
  const serve = (notebook: object) => vi.stubGlobal("fetch", () => Promise.resolve({ ok: true, text: () => Promise.resolve(JSON.stringify(notebook)) }));
  const plain = (answers: Record<string, string>) => ({ nbformat: 4, metadata: {}, cells: Object.entries(answers).map(([id, source]) => ({ source, metadata: { grade_id: id } })) });
  const made = async (): Promise<Notebook> => parseNotebook((await blobs.at(-1)?.text()) ?? "");

  beforeEach(() => {
    URL.createObjectURL = (blob) => {
      blobs.push(blob as Blob);
      return "#";
    };
    URL.revokeObjectURL = () => undefined;
  });
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ["nbgrader's", makeNotebook],
    ["the plain", plain],
  ])("is that the answers are in it where they are: %s form of grade_id", async (_, make) => {
    serve(make(STUBS));
    const { exchange, place } = open();
    place("a").type("a = 1\n\n");
    await exchange.exportNotebook();
    expect(words()).toBe("Your answers are in the downloaded notebook.");
    expect(readAnswers(await made(), (id) => id in STUBS).get("a")).toBe("a = 1\n\n");
  });

  test.each([
    ["has no cell for an answer", makeNotebook({ b: "b = ..." })],
    ["has a cell that is locked", { ...makeNotebook({}), cells: [{ source: "", metadata: { nbgrader: { grade_id: "a", solution: false } } }] }],
  ])("is which are not, where the notebook %s", async (_, notebook) => {
    serve(notebook);
    const { exchange, place } = open();
    place("a").type("a = 1");
    await exchange.exportNotebook();
    expect(words()).toBe("The downloaded notebook has no cell for the answer to a: what you wrote there is not in it, so copy it from this page.");
  });

  test("is what else stays on the page", async () => {
    serve(makeNotebook(STUBS));
    const { exchange, place } = open();
    place(null).type("my own");
    await exchange.exportNotebook();
    expect(words()).toMatch(/^No answer has been written on this page, so the downloaded notebook is blank.*1 other cell stays on this page/);
    place("a").type("a = 1");
    await exchange.exportNotebook();
    expect(words()).toMatch(/^Your answers are in the downloaded notebook.*1 other cell stays on this page/);
  });
});

function makeNotebook(answers: Record<string, string>) {
  const cells = Object.entries(answers).map(([gradeId, source]) => ({ source, metadata: { nbgrader: { grade_id: gradeId, solution: true } } }));
  return { cells: [...cells, { source: "the book's", metadata: {} }], metadata: {}, nbformat: 4 };
}

describe("opened as a notebook", () => {
  const files = new JupyterLite(LITE);
  const find = async () => Object.fromEntries(readAnswers((await files.find("one.ipynb")) ?? makeNotebook({}), () => false));
  const reply = (ok: boolean) => vi.stubGlobal("fetch", () => Promise.resolve({ ok, status: 500, text: () => Promise.resolve(JSON.stringify(makeNotebook(STUBS))) }));

  beforeEach(() => reply(true));
  afterEach(() => vi.unstubAllGlobals());

  test("the page's answers are there, and only they", async () => {
    const { exchange, place } = open();
    place("a").type("a = 1");
    const go = vi.fn();
    await exchange.openInLite("lite/", go);
    expect(go).toHaveBeenCalledOnce();
    expect(await find()).toEqual({ ...STUBS, a: "a = 1" });
  });

  test("a page without answers leaves the notebook alone", async () => {
    const { exchange } = open();
    const go = vi.fn();
    await exchange.openInLite("lite/", go);
    expect(go).toHaveBeenCalledOnce();
    expect(await files.find("one.ipynb")).toBeNull();
  });

  test("what was written in the notebook is replaced only if the reader says so", async () => {
    for (const [answer, wanted] of [["Open it as it is", "a = 2"], ["Replace with this page's", "a = 1"]] as const) {
      const { exchange, place } = open();
      await files.put("one.ipynb", { ...makeNotebook({ ...STUBS, a: "a = 2" }), metadata: { mine: true } });
      place("a").type("a = 1");
      const go = vi.fn();
      await exchange.openInLite("lite/", go);
      expect(go).not.toHaveBeenCalled();
      expect(words()).toBe("The notebook has 1 answer of yours that differs from this page's.");
      press(answer);
      await vi.waitFor(() => expect(go).toHaveBeenCalledOnce());
      expect(await find()).toMatchObject({ a: wanted });
      expect((await files.find("one.ipynb"))?.metadata).toEqual({ mine: true });
    }
  });

  test("an answer that the notebook has already asks nothing", async () => {
    const { exchange, place } = open();
    await files.put("one.ipynb", makeNotebook({ ...STUBS, a: "a = 1\n" }));
    place("a").type("a = 1");
    const go = vi.fn();
    await exchange.openInLite("lite/", go);
    expect(go).toHaveBeenCalledOnce();
  });

  test("answers that cannot be put there are told, and the reader chooses", async () => {
    reply(false);
    const { exchange } = open();
    const go = vi.fn();
    await exchange.openInLite("lite/", go);
    expect(go).not.toHaveBeenCalled();
    expect(words()).toContain("could not be put into the notebook (the site answered 500)");
    press("Open it without them");
    expect(go).toHaveBeenCalledOnce();
  });
});
