/**
 * Track what each check of the page said last, and whether that is about the code as it stands.
 *
 * A report is *outdated* when code that it depends on has changed since, or when its check was asked
 * for again and gave no report. Then the report says so, and its part's mark with it.
 */
import type { LiveCell } from "../cells/cell";
import { readReport } from "./marks";
import type { Bundle, CellCode } from "../session/protocol";
import type { PartInfo } from "../site";
import { hashText } from "../kept/store";
import type { KeptReport, Mark, Store } from "../kept/store";

const LATE = 1000; // milliseconds after which a reader would wonder whether a check has run yet
const VISIT = "This report is from an earlier visit. The code that it is about has not changed since.";
const ELSEWHERE = "This report comes from another tab. The code that it is about is the same here.";
const PYTHON_GONE = "This report is from before Python was ended. The code that it is about has not changed since.";
const WAITING = "This report is of an earlier run: the check has not come to an end yet.";
const UNKNOWN = "Only the result is left of this check's last report. Run the check again to see what it says now.";

/** One part's last report, as it stands on the page. */
interface Shown {
  cell: LiveCell;
  mark: Mark;
  /** null: the report that the book was built with, which is about the book's own code */
  kept: KeptReport | null;
  /** hashes of the code that the report is about, by the cells' keys; null if nobody knows */
  basis: Record<string, string> | null;
  /** where a report that holds comes from, if not from a run that the reader has seen */
  origin: string;
  /** why the check gave no report when it was last asked for */
  missed: string;
  waiting: boolean;
  late: boolean;
  /** another output stands where the report stood */
  gone: boolean;
}

export class CheckStates {
  private readonly shown = new Map<string, Shown>();
  private running: { cell: LiveCell; basis: Record<string, string>; heard: Set<string> } | null = null;

  constructor(
    private readonly store: Store,
    private readonly reportMimetype: string,
    private readonly parts: readonly PartInfo[],
    private readonly cells: readonly LiveCell[],
    private readonly redraw: () => void,
  ) {}

  /** Show the reports that are kept from earlier visits. */
  open(): void {
    for (const part of this.checked()) this.restore(part, VISIT);
    this.refresh();
  }

  /** Another tab may have checked something, or cleared the marks. */
  hear(): void {
    for (const part of this.checked()) {
      const shown = this.shown.get(part.id);
      const here = shown?.kept?.when ?? shown?.mark.status ?? "unattempted";
      const there = this.store.findReport(part.id)?.when ?? this.store.findMarks()[part.id]?.status ?? "unattempted";
      if (here !== there && shown?.waiting !== true) this.restore(part, ELSEWHERE);
    }
    this.refresh(false); // the other tab has written what it knows: to answer would go on for ever
  }

  /** The cells are to run, when their turn comes. */
  wait(cells: readonly LiveCell[]): void {
    const asked = [...this.shown.values()].filter((shown) => cells.includes(shown.cell));
    for (const shown of asked) shown.waiting = true;
    setTimeout(() => {
      for (const shown of asked) shown.late = shown.waiting;
      this.refresh();
    }, LATE);
  }

  /** A cell begins: what it says from now on is about the code of these cells, as it was sent. */
  begin(cell: LiveCell, needs: readonly string[], sent: readonly CellCode[]): void {
    const basis = sent.filter(({ id }) => needs.includes(id)).map(({ id, code }): [string, string] => [this.keyOf(id), hashText(code)]);
    this.running = { cell, basis: Object.fromEntries(basis), heard: new Set() };
  }

  /** A cell shows something; it may be a report. */
  show(cell: LiveCell, data: Bundle): void {
    const [part, mark] = readReport(data, this.reportMimetype) ?? [];
    // A page that shows the answers must not mark the reader's own parts as right.
    if (part === undefined || mark === undefined || this.running === null) return;
    if (!this.checked().some(({ id }) => id === part)) return;
    const { basis, heard } = this.running;
    const before = this.shown.get(part);
    if (before !== undefined && before.cell !== cell) before.cell.showAge(`A newer report of this part stands at ${cell.info.label}.`, true);
    const kept = { cell: cell.key, data, basis, when: Date.now(), missed: "" };
    heard.add(part);
    this.store.keepReport(part, kept);
    this.shown.set(part, { ...settled(cell, mark), kept, basis });
    this.refresh();
  }

  /** A cell has ended; if it gave no report this time, its earlier one does not count. */
  end(cell: LiveCell, good: boolean): void {
    for (const [part, shown] of this.shown) {
      if (shown.cell !== cell || this.running?.heard.has(part) === true) continue;
      shown.gone = true;
      this.missOne(part, shown, good ? "the check gave no report" : "the check stopped at an error");
    }
    this.running = null;
    this.refresh();
  }

  /** The cells were to run, and did not. */
  miss(cells: readonly LiveCell[], reason: string): void {
    for (const [part, shown] of this.shown) {
      if (cells.includes(shown.cell)) this.missOne(part, shown, reason);
    }
    this.refresh();
  }

  /** Python is gone, with all that reports were about but the code. */
  lose(): void {
    this.running = null;
    for (const shown of this.shown.values()) {
      if (shown.kept !== null) shown.origin = PYTHON_GONE;
    }
    this.refresh();
  }

  /** Forget what the checks of the page said; the reports of the book stand there again. */
  forget(): void {
    this.store.forgetMarks(this.checked().map(({ id }) => id));
    for (const part of this.checked()) this.restore(part, "");
    this.refresh();
  }

  /** Say at each report what it is about, and tell the marks. */
  refresh(write = true): void {
    for (const [part, shown] of this.shown) {
      const reason = this.findReason(shown);
      shown.cell.showAge(shown.gone ? "" : reason || shown.origin, reason !== "");
      if (write) this.keepMark(part, { ...shown.mark, ...(reason === "" ? {} : { outdated: true }) });
    }
    this.redraw();
  }

  /** Return why a report is outdated, or nothing. */
  private findReason(shown: Shown): string {
    if (shown.basis === null) return UNKNOWN;
    for (const [key, hash] of Object.entries(shown.basis)) {
      const cell = this.cells.find((each) => each.key === key);
      if (cell === undefined) return "This report is about earlier code: the book has changed since. Run the check again.";
      if (hashText(cell.text) === hash) continue;
      const what = cell === shown.cell ? "this cell" : cell.info.label;
      return `This report is about earlier code: ${what} has changed since. Run the check again.`;
    }
    if (shown.missed !== "") return `This report is of an earlier run: the last time, ${shown.missed}.`;
    return shown.late ? WAITING : "";
  }

  private missOne(part: string, shown: Shown, reason: string): void {
    shown.waiting = shown.late = false;
    shown.missed = reason;
    if (shown.kept === null) return;
    shown.kept = { ...shown.kept, missed: reason };
    this.store.keepReport(part, shown.kept);
  }

  private restore(part: PartInfo, origin: string): void {
    const kept = this.store.findReport(part.id);
    const cell = this.cells.find((each) => each.key === kept?.cell) ?? this.cells.find((each) => each.info.checks === part.id);
    if (cell === undefined) return;
    const before = this.shown.get(part.id)?.cell;
    if (before !== undefined && before !== cell) before.showAge("", false);
    const [, mark] = (kept && readReport(kept.data, this.reportMimetype)) ?? [];
    if (kept !== null && mark !== undefined) {
      cell.showKept(kept.data);
      this.shown.set(part.id, { ...settled(cell, mark), kept, basis: kept.basis, origin, missed: kept.missed });
    } else if (this.hasMark(part.id)) {
      const mark = this.store.findMarks()[part.id] as Mark;
      cell.showKept({ "text/plain": `The last time, this check said: ${mark.status === "right" ? "right" : "not right yet"}.` });
      this.shown.set(part.id, { ...settled(cell, { ...mark, outdated: undefined }), basis: null });
    } else {
      cell.showBuilt();
      const own = this.cells.filter((each) => each === cell || each.gradeId === part.id);
      const basis = Object.fromEntries(own.map((each): [string, string] => [each.key, hashText(each.info.code)]));
      this.shown.set(part.id, { ...settled(cell, { status: "unattempted", points: 0, maxPoints: 0 }), basis });
    }
  }

  private keepMark(part: string, mark: Mark): void {
    const before = this.store.findMarks()[part];
    const known = before ?? { status: "unattempted", points: 0, maxPoints: 0 };
    if (known.status === mark.status && (known.outdated ?? false) === (mark.outdated ?? false) && known.points === mark.points) return;
    this.store.keepMark(part, mark);
  }

  private hasMark(part: string): boolean {
    return (this.store.findMarks()[part]?.status ?? "unattempted") !== "unattempted";
  }

  private checked(): PartInfo[] {
    return this.parts.filter(({ kind }) => kind === "code");
  }

  private keyOf(id: string): string {
    return this.cells.find((cell) => cell.id === id)?.key ?? id;
  }
}

/** A report that has just come, or was there from the start. */
function settled(cell: LiveCell, mark: Mark): Shown {
  return { cell, mark, kept: null, basis: null, origin: "", missed: "", waiting: false, late: false, gone: false };
}
