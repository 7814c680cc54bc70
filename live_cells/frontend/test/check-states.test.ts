import { beforeEach, expect, test, vi } from "vitest";
import type { LiveCell } from "../src/cells/cell";
import { statusOf } from "../src/marks/marks";
import { hashText, Store } from "../src/kept/store";
import type { KeptReport } from "../src/kept/store";
import { CheckStates } from "../src/marks/check-states";

const TYPE = "application/vnd.any.report+json";
const PARTS = [
  { id: "a", name: "(a)", title: "Part a", kind: "code" },
  { id: "b", name: "(b)", title: "Part b", kind: "code" },
] as const;

class FakeCell {
  text: string;
  age = "";
  outdated = false;
  output = "built";
  readonly info: { label: string; code: string; checks: string | null };

  constructor(
    readonly id: string,
    readonly gradeId: string | null,
    checks: string | null,
    readonly key = `key of ${id}`,
  ) {
    this.text = `${id} = ...`;
    this.info = { label: `the ${id}`, code: this.text, checks };
  }
  showAge(text: string, outdated: boolean): void {
    this.age = text;
    this.outdated = outdated;
  }
  showKept(data: Record<string, unknown>): void {
    this.output = data["text/plain"] as string;
  }
  showBuilt(): void {
    this.output = "built";
  }
}

function visit() {
  const cells = {
    setup: new FakeCell("setup", null, null),
    a: new FakeCell("a", "a", null),
    aTest: new FakeCell("a-test", "a-test", "a"),
    bTest: new FakeCell("b-test", "b-test", "b"),
  };
  const store = new Store("/", localStorage);
  const listed = Object.values(cells) as unknown as LiveCell[];
  const checks = new CheckStates(store, TYPE, PARTS, listed, vi.fn());
  checks.open();
  const begin = (cell: FakeCell, needs = ["setup", "a", "a-test"]) => {
    checks.begin(cell as unknown as LiveCell, needs, listed.map(({ id, text }) => ({ id, label: id, code: text, raises: false, shown: "code" as const, built: true, skipped: false })));
  };
  const say = (cell: FakeCell, status: string, part = "a") => {
    cell.output = status;
    checks.show(cell as unknown as LiveCell, { "text/plain": status, [TYPE]: { part, status, points: 1 } });
  };
  const check = (status: string, cell = cells.aTest) => {
    checks.wait([cell as unknown as LiveCell]);
    begin(cell);
    say(cell, status);
    checks.end(cell as unknown as LiveCell, true);
  };
  const edit = (cell: FakeCell, text: string) => {
    cell.text = text;
    checks.refresh();
  };
  const status = () => statusOf(store, "a");
  return { ...cells, store, checks, begin, say, check, edit, status, as: (cell: FakeCell) => [cell as unknown as LiveCell] };
}

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});

test("a verdict on the code as it stands has no note, and its mark says what it says", () => {
  const { aTest, check, status } = visit();
  check("right");
  expect([aTest.age, aTest.outdated, status()]).toEqual(["", false, "right"]);
});

test.each(["setup", "a", "a-test"])("a change of %s makes the report and the mark outdated, and its undoing makes both good", (id) => {
  const page = visit();
  page.check("right");
  const cell = [page.setup, page.a, page.aTest].find((each) => each.id === id) as FakeCell;
  page.edit(cell, "changed");
  expect([page.aTest.outdated, page.status()]).toEqual([true, "outdated"]);
  expect(page.aTest.age).toContain(id === "a-test" ? "this cell has changed" : `the ${id} has changed`);
  page.edit(cell, cell.info.code);
  expect([page.aTest.age, page.status()]).toEqual(["", "right"]);
});

test("a change of a cell that the check does not need changes nothing", () => {
  const { aTest, bTest, check, edit, status } = visit();
  check("right");
  edit(bTest, "changed");
  expect([aTest.age, status()]).toEqual(["", "right"]);
});

test("what is edited while a check runs is not what it judges", () => {
  const { a, aTest, checks, begin, say, edit, status, as } = visit();
  begin(aTest);
  edit(a, "changed meanwhile");
  say(aTest, "right");
  checks.end(as(aTest)[0] as LiveCell, true);
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
});

test("a check that does not come to its turn leaves a report that is marked, and so it stays after a reload", () => {
  const { aTest, check, checks, status, as } = visit();
  check("right");
  checks.wait(as(aTest));
  checks.miss(as(aTest), "the check did not run, because the a stopped at an error (NameError)");
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
  expect(aTest.age).toContain("the a stopped at an error (NameError)");
  const later = visit();
  expect([later.aTest.output, later.aTest.outdated, later.status()]).toEqual(["right", true, "outdated"]);
});

test("a check that stops at an error, or gives no report, has no good mark", () => {
  for (const good of [false, true]) {
    const { aTest, check, checks, begin, status, as } = visit();
    check("right");
    begin(aTest);
    checks.end(as(aTest)[0] as LiveCell, good);
    expect([aTest.age, status()]).toEqual(["", "outdated"]); // something else stands there now
    expect(visit().aTest.age).toContain(good ? "the check gave no report" : "the check stopped at an error");
    localStorage.clear();
  }
});

test("a check that waits for long is said to wait, and one that does not is left in peace", () => {
  const { aTest, check, checks, status, as } = visit();
  check("right");
  checks.wait(as(aTest));
  checks.refresh();
  expect([aTest.age, status()]).toEqual(["", "right"]);
  vi.advanceTimersByTime(1500);
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
  check("right");
  expect([aTest.age, status()]).toEqual(["", "right"]);
});

test("a check asked for again is not good again before it has said so", () => {
  const { a, aTest, setup, check, checks, begin, edit, status, as } = visit();
  check("right");
  edit(a, "changed");
  checks.wait(as(aTest));
  begin(setup, ["setup"]);
  checks.end(as(setup)[0] as LiveCell, true);
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
});

test("the last report survives a reload with its mark, and says where it is from", () => {
  visit().check("wrong");
  const { a, aTest, edit, status } = visit();
  expect([aTest.output, aTest.outdated, status()]).toEqual(["wrong", false, "tried"]);
  expect(aTest.age).toContain("earlier visit");
  edit(a, "changed");
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
});

test("a report whose code the book has changed is marked", () => {
  visit().check("right");
  const kept = new Store("/", localStorage);
  const report = kept.findReport("a") as KeptReport;
  kept.keepReport("a", { ...report, basis: { ...report.basis, "key of a cell that is gone": hashText("x") } });
  const { aTest, status } = visit();
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
  expect(aTest.age).toContain("the book has changed");
});

test("a mark without its report is told in words and does not count", () => {
  new Store("/", localStorage).keepMark("a", { status: "right", points: 1, maxPoints: 1 });
  const { aTest, status } = visit();
  expect(aTest.output).toBe("The last time, this check said: right.");
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
});

test("the book's own report is about the book's own code", () => {
  const { a, aTest, edit, status } = visit();
  expect([aTest.output, aTest.age, status()]).toEqual(["built", "", "unattempted"]);
  edit(a, "a = 1");
  expect([aTest.outdated, status()]).toEqual([true, "outdated"]);
  edit(a, a.info.code);
  expect([aTest.age, status()]).toEqual(["", "unattempted"]);
});

test("when Python is gone a report says so, and the mark holds for the same code", () => {
  const { aTest, bTest, check, checks, status } = visit();
  check("right");
  checks.lose();
  expect([aTest.outdated, status()]).toEqual([false, "right"]);
  expect(aTest.age).toContain("before Python was ended");
  expect(bTest.age).toBe("");
});

test("of two reports of one part the newer one counts", () => {
  const { aTest, setup, check, status } = visit();
  check("wrong");
  check("right", setup);
  expect([aTest.outdated, setup.age, status()]).toEqual([true, "", "right"]);
  expect(aTest.age).toContain("A newer report of this part stands at the setup.");
});

test("another tab's check comes with its report, and its clearing too", () => {
  const here = visit();
  const there = visit();
  there.check("right");
  here.checks.hear();
  expect([here.aTest.output, here.aTest.outdated, here.status()]).toEqual(["right", false, "right"]);
  expect(here.aTest.age).toContain("another tab");
  here.store.forgetMarks();
  there.checks.hear();
  expect([there.aTest.output, there.aTest.age, there.status()]).toEqual(["built", "", "unattempted"]);
});

test("a tab that hears of a change writes nothing, or two would answer each other for ever", () => {
  const here = visit();
  here.check("right");
  here.a.text = "this tab's own";
  const before = JSON.stringify(localStorage);
  here.checks.hear();
  expect(here.aTest.outdated).toBe(true);
  expect(JSON.stringify(localStorage)).toBe(before);
});

test("a page that is reset has the book's reports again", () => {
  const { aTest, check, checks, store, status } = visit();
  check("right");
  checks.forget();
  expect([aTest.output, aTest.age, status(), store.findReport("a")]).toEqual(["built", "", "unattempted", null]);
});

test("a report of a part that the page does not have is no mark of its", () => {
  const { aTest, begin, say, store } = visit();
  begin(aTest);
  say(aTest, "right", "elsewhere");
  expect(store.findMarks().elsewhere).toBeUndefined();
});
