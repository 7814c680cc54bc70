/** What the reader wrote and reached, kept in this browser and nowhere else. */

export type PartStatus = "unattempted" | "tried" | "right";

export interface Mark {
  status: PartStatus;
  points: number;
  maxPoints: number;
}

interface KeptText {
  text: string;
  /** hash of the stub that the text replaces */
  stub: string;
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

/** What is kept for one cell: the text, and whether the book's stub has changed since. */
export interface Found {
  text: string;
  stubChanged: boolean;
}

export class Store {
  private readonly prefix: string;

  /** `place` tells two books on one host apart: the path of the site's root. */
  constructor(
    place: string,
    private readonly backing: Storage | null,
  ) {
    this.prefix = `live-cells:${place}:`;
  }

  /** The key of a cell: its grade_id, or the page, its stub and how often that stub came before. */
  static keyOf(page: string, gradeId: string | null, stub: string, repeat: number): string {
    return gradeId !== null ? `answer/${gradeId}` : `page/${page}/${hashText(stub)}/${repeat}`;
  }

  findText(key: string, stub: string): Found | null {
    const kept = this.read(`text/${key}`) as KeptText | null;
    return kept === null ? null : { text: kept.text, stubChanged: kept.stub !== hashText(stub) };
  }

  /** Keep `text`, or forget the key if it is the stub itself; false if the browser refuses. */
  keepText(key: string, stub: string, text: string): boolean {
    if (text === stub) return this.remove(`text/${key}`);
    return this.write(`text/${key}`, { text, stub: hashText(stub) } satisfies KeptText);
  }

  findMarks(): Record<string, Mark> {
    return (this.read("marks") as Record<string, Mark> | null) ?? {};
  }

  keepMark(part: string, mark: Mark): boolean {
    return this.write("marks", { ...this.findMarks(), [part]: mark });
  }

  forgetMarks(): void {
    this.remove("marks");
  }

  /** Whether a `storage` event from another tab is about this site. */
  owns(key: string | null): boolean {
    return key === null || key.startsWith(this.prefix);
  }

  private read(name: string): unknown {
    try {
      const text = this.backing?.getItem(this.prefix + name) ?? null;
      return text === null ? null : JSON.parse(text);
    } catch {
      return null; // unreadable is as good as absent
    }
  }

  private write(name: string, value: unknown): boolean {
    try {
      this.backing?.setItem(this.prefix + name, JSON.stringify(value));
      return this.backing !== null;
    } catch {
      return false; // full, or forbidden in a private window
    }
  }

  private remove(name: string): boolean {
    try {
      this.backing?.removeItem(this.prefix + name);
      return true;
    } catch {
      return false;
    }
  }
}

/** The browser's storage, or nothing where it is forbidden. */
export function findStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
