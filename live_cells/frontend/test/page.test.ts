import { beforeEach, expect, test, vi } from "vitest";
import { findSurface, LivePage } from "../src/page";
import type { FromWorker, ToWorker } from "../src/session/protocol";
import type { Site } from "../src/site";
import { Store } from "../src/kept/store";

/** A worker that says what the test wants. */
class FakeWorker {
  static last: FakeWorker;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  constructor() {
    FakeWorker.last = this;
  }
  postMessage(sent: ToWorker): ToWorker {
    return sent;
  }
  terminate = () => undefined;
}

const HIDDEN = '<div id="cell-1"></div>';
const FOLDED = '<div id="cell-1"><details class="hide"><summary></summary><div class="cell_input"></div><div class="cell_output"></div></details></div>';
const OPEN = FOLDED.replace('class="hide"', "open");
const OUTPUT = '<div id="cell-1"><div class="cell_output">built</div></div>';
const SHOWN = '<div id="cell-2"><div class="cell_input"></div><div class="cell_output">built</div></div>';

function openPage(first: string, gradeId: string | null = null, skipped: string[] = [], ids = ["1", "2"]) {
  document.body.innerHTML = `<main><h1>Page</h1>${first}${SHOWN}</main>`;
  const cells = ids.map((id) => ({ id: `cell-${id}`, label: `cell ${id}`, code: id, raises: false, skipped: skipped.includes(id), gradeId: id === "2" ? gradeId : null, checks: null }));
  const site = {
    page: { name: "one", cells },
    root: new URL("http://here/"),
    info: { python: { base: "python/", packs: {}, first: [] }, worker: "worker.js", reportMimetype: "x", words: { download: "Your answers as {name}", text: "Markdown." }, pages: {}, launchers: {}, lite: null },
    here: { parts: [], notebook: null },
    book: { pagesWith: () => [], hasPage: () => true },
    url: (path: string) => `http://here/${path}`,
  };
  const opened = site as unknown as Site;
  return new LivePage(opened, new Store("/", localStorage), findSurface(opened));
}

function open(first: string, ids = ["1", "2"]) {
  openPage(first, null, [], ids);
  press("Run");
  const say = (data: FromWorker) => FakeWorker.last.onmessage?.({ data });
  say({ type: "ready" });
  return say;
}

function press(name: string) {
  [...document.querySelectorAll<HTMLButtonElement>("#cell-2 button")].find((button) => button.textContent === name)?.click();
}

const text = (id: string) => document.getElementById(id)?.textContent ?? "";

beforeEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("IntersectionObserver", class { observe = () => undefined; disconnect = () => undefined; });
  URL.createObjectURL = () => "blob:";
});

test.each([
  ["that the page leaves out", HIDDEN],
  ["that is folded away", FOLDED],
])("the error of a cell %s stands at the cell that was asked for", (_, first) => {
  const say = open(first);
  say({ type: "begin", cell: "cell-1", needs: [] });
  say({ type: "error", cell: "cell-1", name: "ValueError", text: "line 1 of this cell\nValueError: no" });
  say({ type: "end", cell: "cell-1", ok: false, goesOn: false });
  expect(text("cell-2")).toContain("cell 1, which this page does not show, stopped:");
  expect(text("cell-2")).toContain("ValueError: no");
  expect(text("cell-2")).not.toContain("built");
  expect(text("cell-2")).toContain("Did not run: cell 1 stopped at an error (ValueError).");
});

test("the error of a cell that is shown stands there alone", () => {
  const say = open(OPEN);
  say({ type: "begin", cell: "cell-1", needs: [] });
  say({ type: "error", cell: "cell-1", name: "ValueError", text: "ValueError: no" });
  say({ type: "end", cell: "cell-1", ok: false, goesOn: false });
  expect(text("cell-1")).toContain("ValueError: no");
  expect(text("cell-2")).not.toContain("ValueError: no");
});

test("an output whose code does not show is renewed, says its own error, and can be stopped", () => {
  const say = open(OUTPUT);
  say({ type: "begin", cell: "cell-1", needs: [] });
  const status = document.querySelector(".live-status:not([data-quiet])");
  expect(status?.textContent).toContain("Running cell 1");
  expect(status?.querySelector("button")?.textContent).toBe("Stop");
  say({ type: "stream", cell: "cell-1", name: "stdout", text: "new" });
  expect(text("cell-1")).toBe("new");
  say({ type: "error", cell: "cell-1", name: "ValueError", text: "ValueError: no" });
  say({ type: "end", cell: "cell-1", ok: false, goesOn: true });
  expect(text("cell-1")).toContain("ValueError: no");
  expect(text("cell-2")).not.toContain("ValueError: no");
  expect(text("cell-2")).toContain("built");
});

test.each([
  [OUTPUT, "output", true],
  [HIDDEN, "nothing", true],
  [OPEN, "code", true],
])("Python hears what the page shows of a cell, and whether that is as it was built", (first, shown, built) => {
  const sent = vi.spyOn(FakeWorker.prototype, "postMessage");
  const say = open(first);
  const find = () => {
    const message = sent.mock.calls.map(([each]) => each).filter(({ type }) => type === "run").pop();
    return message?.type === "run" ? message.cells[0] : undefined;
  };
  expect(find()).toMatchObject({ id: "cell-1", shown, built });
  say({ type: "begin", cell: "cell-1", needs: [] });
  say({ type: "end", cell: "cell-1", ok: true, goesOn: true });
  say({ type: "finished" });
  press("Run");
  expect(find()).toMatchObject({ shown, built: shown !== "output" });
});

test("a cell that is passed over says why, and what waits with it goes on", () => {
  const say = open(OPEN);
  say({ type: "end", cell: "cell-1", ok: false, goesOn: true });
  expect(text("cell-2")).toContain("Waiting for Python");
  say({ type: "skip", cell: "cell-2", reason: "it needs qe, which cell 1 could not import" });
  expect(text("cell-2")).toContain("Did not run: it needs qe, which cell 1 could not import.");
});

test("what the author has the build skip runs by its own button, and not with the page", () => {
  openPage(OPEN, null, ["1"]);
  const sent = vi.spyOn(FakeWorker.prototype, "postMessage");
  const find = () => sent.mock.calls.flatMap(([each]) => (each.type === "run" ? each.targets : []));
  const pressIn = (place: string, name: string) =>
    [...document.querySelectorAll<HTMLButtonElement>(`${place} button`)].find((button) => button.textContent === name)?.click();
  pressIn(".live-bar", "Run the whole page");
  FakeWorker.last.onmessage?.({ data: { type: "ready" } });
  FakeWorker.last.onmessage?.({ data: { type: "finished" } });
  expect(find()).toEqual(["cell-2"]);
  pressIn("#cell-2", "Run all above");
  expect(find()).toEqual(["cell-2"]);
  pressIn("#cell-1", "Run");
  expect(find()).toEqual(["cell-2", "cell-1"]);
});

test.each([
  [["1", "2"], "The book leaves all of these cells out of its own run: each runs by its own button."],
  [["1"], ""],
])("a page whose every cell the build skips says so when it is to run", (skipped, said) => {
  openPage(OPEN, null, skipped);
  [...document.querySelectorAll<HTMLButtonElement>(".live-bar button")].find((button) => button.textContent === "Run the whole page")?.click();
  expect([...document.querySelectorAll(".live-status-words")].pop()?.textContent).toBe(said || "Fetching Python");
});

test("an output that is passed over says why in its place, and a cell with code leaves the built output", () => {
  const say = open(OUTPUT);
  for (const cell of ["cell-1", "cell-2"]) say({ type: "skip", cell, reason: "it needs pd, which cell 0 could not import" });
  expect(text("cell-1")).toBe("Did not run: it needs pd, which cell 0 could not import.");
  expect(text("cell-2")).toContain("built");
  expect(document.getElementById("cell-2")?.dataset.runs).toBe("skipped");
});

test("Python hears which cells the build skips", () => {
  const sent = vi.spyOn(FakeWorker.prototype, "postMessage");
  openPage(OPEN, null, ["1"]);
  press("Run");
  FakeWorker.last.onmessage?.({ data: { type: "ready" } });
  const cells = sent.mock.calls.flatMap(([each]) => (each.type === "run" ? each.cells : []));
  expect(cells.map(({ skipped }) => skipped)).toEqual([true, false]);
});

test("the error of a hidden cell stands at the output that it ran for", () => {
  const say = open(OUTPUT, ["1", "2", "3"]);
  say({ type: "begin", cell: "cell-3", needs: [], follower: "cell-1" });
  say({ type: "error", cell: "cell-3", name: "ValueError", text: "ValueError: no" });
  say({ type: "end", cell: "cell-3", ok: false, goesOn: true });
  expect(text("cell-1")).toContain("which this page does not show, stopped:\nValueError: no");
  expect(text("cell-2")).not.toContain("ValueError: no");
});

test("a page that was left takes no code from a figure until the reader is back", () => {
  const page = openPage(OPEN, "answer");
  const isTaken = () => !document.dispatchEvent(new CustomEvent("figure-code", { cancelable: true, detail: { gradeId: "answer", code: "x = 1" } }));
  expect(isTaken()).toBe(true);
  page.leave();
  expect(isTaken()).toBe(false);
  page.settle("cell-2");
  expect(isTaken()).toBe(true);
});
