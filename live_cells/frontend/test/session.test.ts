import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromWorker, PythonInfo, ToWorker } from "../src/session/protocol";
import { Session } from "../src/session/session";

class FakeWorker {
  static made: FakeWorker[] = [];
  sent: ToWorker[] = [];
  ended = false;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: Partial<ErrorEvent>) => void) | null = null;

  constructor(readonly address: string) {
    FakeWorker.made.push(this);
  }
  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  say(data: FromWorker): void {
    this.onmessage?.({ data });
  }
}

const PYTHON: PythonInfo = {
  base: "python/",
  version: "0",
  language: "3",
  core: {},
  packs: {
    numpy: { file: "numpy.zip", bytes: 1, imports: ["numpy"], needs: [] },
    matplotlib: { file: "matplotlib.zip", bytes: 1, imports: ["matplotlib"], needs: ["numpy"] },
  },
  first: ["numpy"],
};
const CELLS = [
  { id: "one", label: "cell 1", code: "import numpy", raises: false, shown: "code" as const, built: true, skipped: false },
  { id: "two", label: "cell 2", code: "import matplotlib.pyplot as plt", raises: false, shown: "code" as const, built: true, skipped: false },
];

function makeSession() {
  const events = { onState: vi.fn(), onProgress: vi.fn(), onCell: vi.fn(), onPlan: vi.fn(), onLost: vi.fn(), onStuck: vi.fn() };
  return { session: new Session("worker.js", "python/", "store", "chapters", PYTHON, events), events };
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
  URL.createObjectURL = (script) => {
    scripts.push(script as Blob);
    return "blob:";
  };
});
const scripts: Blob[] = [];
afterEach(() => vi.unstubAllGlobals());

const worker = (): FakeWorker => FakeWorker.made[FakeWorker.made.length - 1] as FakeWorker;

test("Python starts with the first run, not before, and runs wait for it", () => {
  const { session } = makeSession();
  expect(FakeWorker.made).toHaveLength(0);
  session.run(() => CELLS, ["one"]);
  session.run(() => CELLS, ["two"]);
  expect(worker().sent.map((message) => message.type)).toEqual(["start"]);
  worker().say({ type: "ready" });
  worker().say({ type: "finished" });
  expect(worker().sent.map((message) => message.type)).toEqual(["start", "run", "run"]);
});

test("a pack that a cell names is asked for with the run; the others are not", () => {
  const { session } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  worker().say({ type: "finished" });
  session.run(() => CELLS, ["two"]);
  expect(worker().sent.map((message) => message.wanted)).toEqual([[], [], ["matplotlib"]]);
});

test("a failure keeps what waits from running", () => {
  const { session } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  session.run(() => CELLS, ["two"]);
  worker().say({ type: "end", cell: "one", ok: false, goesOn: false });
  worker().say({ type: "finished" });
  expect(worker().sent).toHaveLength(2);
  expect(session.state).toBe("idle");
});

test("a failure that the page goes on after does not", () => {
  const { session } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  session.run(() => CELLS, ["two"]);
  worker().say({ type: "end", cell: "one", ok: false, goesOn: true });
  worker().say({ type: "finished" });
  expect(worker().sent).toHaveLength(3);
});

test("without shared memory an interrupt ends the worker, and the next run starts another", () => {
  const { session, events } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  session.interrupt();
  expect(worker().ended).toBe(true);
  expect(events.onLost).toHaveBeenCalledOnce();
  session.run(() => CELLS, ["one"]);
  expect(FakeWorker.made).toHaveLength(2);
});

test("with shared memory an interrupt is a signal, and a deaf cell is reported", () => {
  vi.useFakeTimers();
  vi.stubGlobal("crossOriginIsolated", true);
  const { session, events } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  session.interrupt();
  const start = worker().sent[0];
  expect(start?.type === "start" && start.interrupt && new Int32Array(start.interrupt)[0]).toBe(2);
  expect(worker().ended).toBe(false);
  vi.advanceTimersByTime(3000);
  expect(events.onStuck).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test("a crash is told once, and late words of an ended worker are not heard", () => {
  const { session, events } = makeSession();
  session.run(() => CELLS, ["one"]);
  const crashed = worker();
  crashed.say({ type: "broken", message: "out of memory" });
  crashed.say({ type: "ready" });
  expect(events.onLost).toHaveBeenCalledExactlyOnceWith(
    "Python stopped working (out of memory): what the cells had computed is gone, your text is not.",
    "Python stopped working while this cell ran.",
    false,
  );
  expect(session.state).toBe("off");
});

test("files that do not come are told in their own words, and the next run asks for them again", () => {
  const { session, events } = makeSession();
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "unfetched", message: "Python has not been fetched yet.", gone: true });
  expect(events.onLost).toHaveBeenCalledExactlyOnceWith("Python has not been fetched yet.", "Did not run: Python is not there yet.", true);
  session.run(() => CELLS, ["one"]);
  expect(FakeWorker.made).toHaveLength(2);
});

test("Python's worker is started from the page's own text, so that the page's policy holds in it", async () => {
  const { session } = makeSession();
  session.run(() => CELLS, ["one"]);
  expect(worker().address).toBe("blob:");
  expect(await scripts.at(-1)?.text()).toBe('importScripts("worker.js");');
});

test("a worker whose script does not come may be another build's, and one that fails later is not", () => {
  const { session, events } = makeSession();
  const fail = () => worker().onerror?.({ message: "NetworkError", preventDefault: () => undefined });
  session.run(() => CELLS, ["one"]);
  fail();
  expect(events.onLost).toHaveBeenLastCalledWith(expect.stringContaining("its script did not come"), expect.any(String), true);
  session.run(() => CELLS, ["one"]);
  worker().say({ type: "ready" });
  fail();
  expect(events.onLost).toHaveBeenLastCalledWith(expect.stringContaining("NetworkError"), expect.any(String), false);
});
