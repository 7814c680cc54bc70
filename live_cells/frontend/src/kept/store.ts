/** Keep what the reader wrote and reached, in this browser and nowhere else. */

import type { Bundle } from "../session/protocol";

export type PartStatus = "unattempted" | "tried" | "right";

const STATUSES: unknown[] = ["unattempted", "tried", "right"] satisfies PartStatus[];

export interface Mark {
  status: PartStatus;
  points: number;
  maxPoints: number;
  /** the code has changed since, or the check was asked for again and gave no report */
  outdated?: boolean | undefined;
}

/** A check's last report, with what it is about. */
export interface KeptReport {
  /** key of the cell that showed it */
  cell: string;
  data: Bundle;
  /** hashes of the code that it is about, by the cells' keys */
  basis: Record<string, string>;
  /** milliseconds since 1970, which tell one report from another */
  when: number;
  /** why the check gave no report when it was asked for since; empty if it was not */
  missed: string;
}

/** Where a text was written, as the page stood then: by this it is found again, or offered. */
export interface Origin {
  page: string;
  /** what the reader called the cell */
  label: string;
  /** no other cell of the page had the same stub */
  alone: boolean;
  /** hash of the stubs of the cells before and after it */
  around: string;
}

interface StoredText {
  text: string;
  /** hash of the stub that the text replaces */
  stub: string;
  /** null: it was kept before origins were */
  from: Origin | null;
}

/** A text that the browser keeps, under its key. */
export interface Entry extends StoredText {
  key: string;
}

/** A short hash, to recognise a stub again; not for security (this is cyrb53). */
export function hashText(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return ((low >>> 0).toString(36) + (high >>> 0).toString(36)).padStart(14, "0");
}

/** Whether two texts are the same to a reader: notebooks end their sources in newlines, pages do not. */
export function isSame(one: string, other: string): boolean {
  return one.trimEnd() === other.trimEnd();
}

/** What is kept for one cell: the text, and whether the book's stub has changed since. */
export interface Found {
  text: string;
  stubChanged: boolean;
}

export class Store {
  private readonly prefix: string;
  /** what the browser refused to keep, for as long as this page is open */
  private readonly refused = new Map<string, string | null>();

  /** `place` tells two books on one host apart: the path of the site's root. */
  constructor(
    place: string,
    private readonly backing: Storage | null,
  ) {
    this.prefix = `live-cells:${place}:`;
  }

  findText(key: string, stub: string): Found | null {
    const kept = asKept(this.read(`text/${key}`));
    if (kept === null || isSame(kept.text, stub)) return null;
    return { text: kept.text, stubChanged: kept.stub !== hashText(stub) };
  }

  /**
   * Keep `text`, or forget the key if it is the stub itself; false if the browser refuses. What it
   * refuses is still found by this page.
   */
  keepText(key: string, stub: string, text: string, from: Origin | null = null): boolean {
    if (isSame(text, stub)) return this.remove(`text/${key}`);
    return this.write(`text/${key}`, { text, stub: hashText(stub), from } satisfies StoredText);
  }

  /** All texts that are kept for the book, whether a cell of today finds them or not. */
  listTexts(): Entry[] {
    const start = `${this.prefix}text/`;
    const names = new Set([...this.listNames()].filter((name) => name.startsWith(start)));
    for (const name of this.refused.keys()) names.add(this.prefix + name);
    const keys = [...names].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    return keys.sort().flatMap((key) => {
      const kept = asKept(this.read(`text/${key}`));
      return kept === null ? [] : [{ key, ...kept }];
    });
  }

  /** Put an entry back as it was. */
  keepEntry({ key, text, stub, from }: Entry): boolean {
    return this.write(`text/${key}`, { text, stub, from } satisfies StoredText);
  }

  forgetEntry({ key }: Entry): boolean {
    return this.remove(`text/${key}`);
  }

  /** Remember the stub of a part as it stands today, so that an older blank notebook is known as one. */
  noteStub(gradeId: string, stub: string): void {
    const known = this.findStubs(gradeId);
    const hash = hashText(stub.trimEnd());
    if (!known.includes(hash)) this.write(`stubs/${gradeId}`, [...known, hash]);
  }

  /** Tell whether the text was a stub of this part in any version of the page that this browser saw. */
  wasStub(gradeId: string, text: string): boolean {
    return this.findStubs(gradeId).includes(hashText(text.trimEnd()));
  }

  private findStubs(gradeId: string): string[] {
    const kept = this.read(`stubs/${gradeId}`);
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  }

  findMarks(): Record<string, Mark> {
    const kept = this.read("marks");
    const marks = isRecord(kept) ? Object.entries(kept) : [];
    return Object.fromEntries(marks.filter((entry): entry is [string, Mark] => isMark(entry[1])));
  }

  keepMark(part: string, mark: Mark): boolean {
    return this.write("marks", { ...this.findMarks(), [part]: mark });
  }

  findReport(part: string): KeptReport | null {
    return asReport(this.read(`report/${part}`));
  }

  keepReport(part: string, report: KeptReport): boolean {
    return this.write(`report/${part}`, report);
  }

  /** Forget the marks of these parts, or of all, with the reports that they stand for. */
  forgetMarks(parts?: readonly string[]): void {
    const marks = this.findMarks();
    const gone = parts ?? Object.keys(marks);
    for (const part of gone) this.remove(`report/${part}`);
    const left = Object.fromEntries(Object.entries(marks).filter(([part]) => !gone.includes(part)));
    if (Object.keys(left).length === 0) this.remove("marks");
    else this.write("marks", left);
  }

  /** Call `heard` when another tab has changed what is kept, or may have while this page slept. */
  onElsewhere(heard: () => void): void {
    window.addEventListener("storage", (event) => {
      // no key: everything was cleared, and what stands in an open page is then all there is
      if (event.key?.startsWith(this.prefix) === true) heard();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) heard();
    });
  }

  private listNames(): string[] {
    try {
      const { backing } = this;
      return backing === null ? [] : Array.from({ length: backing.length }, (_, index) => backing.key(index) ?? "");
    } catch {
      return [];
    }
  }

  private read(name: string): unknown {
    try {
      const text = this.refused.has(name) ? this.refused.get(name) : this.backing?.getItem(this.prefix + name);
      return text === undefined || text === null ? null : JSON.parse(text);
    } catch {
      return null; // unreadable is as good as absent
    }
  }

  private write(name: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    return this.attempt(name, text, () => {
      if (this.backing === null) throw new Error("There is no storage.");
      this.backing.setItem(this.prefix + name, text);
    });
  }

  private remove(name: string): boolean {
    return this.attempt(name, null, () => this.backing?.removeItem(this.prefix + name));
  }

  /** Change the browser's storage; if it is full, or forbidden in a private window, remember here. */
  private attempt(name: string, text: string | null, change: () => void): boolean {
    try {
      change();
      this.refused.delete(name);
      return true;
    } catch {
      this.refused.set(name, text);
      return false;
    }
  }
}

/** Other pages of the host, and other versions of this one, write to the same storage. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asKept(value: unknown): StoredText | null {
  if (!isRecord(value) || typeof value.text !== "string") return null;
  return { text: value.text, stub: typeof value.stub === "string" ? value.stub : "", from: asOrigin(value.from) };
}

function asOrigin(value: unknown): Origin | null {
  if (!isRecord(value)) return null;
  const { page, label, alone, around } = value;
  const known = typeof page === "string" && typeof label === "string" && typeof alone === "boolean" && typeof around === "string";
  return known ? { page, label, alone, around } : null;
}

function asReport(value: unknown): KeptReport | null {
  if (!isRecord(value)) return null;
  const { cell, data, basis, when, missed } = value;
  if (typeof cell !== "string" || !isRecord(data) || !isRecord(basis) || typeof when !== "number" || typeof missed !== "string") return null;
  return Object.values(basis).every((hash) => typeof hash === "string") ? { cell, data, basis: basis as Record<string, string>, when, missed } : null;
}

function isMark(value: unknown): boolean {
  return isRecord(value) && STATUSES.includes(value.status) && Number.isFinite(value.points) && Number.isFinite(value.maxPoints);
}

/** The browser's storage, or nothing where it is forbidden. */
export function findStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
