/**
 * Match the texts that a reader wrote with the cells of the page, whatever became of the page since.
 *
 * A text is shown only in the cell that it was written in. A `grade_id` names that cell for good. A cell
 * without one is known by its stub; where several of a page have the same, by what stands around it, or
 * because the page is as it was. A text whose cell cannot be told is left over, to be offered.
 */
import type { Book } from "../site";
import { hashText } from "./store";
import type { Entry, Origin } from "./store";

/** A cell of the page, or an answer in words: what can be written in. */
export interface Spot {
  gradeId: string | null;
  stub: string;
  label: string;
}

/** Where the browser keeps the text of a spot. */
export interface StorePlace {
  /** under what the cell's text is kept */
  key: string;
  from: Origin;
}

/** A spot with all by which its text is told from others. */
interface Known extends Spot {
  hash: string;
  /** how many spots with the same stub come before it, and whether there are any others */
  repeat: number;
  alone: boolean;
  around: string;
  /** the only one of its stub that stands between these neighbours */
  unmistakable: boolean;
  /** a second cell of a grade_id is told by its stub, as one without */
  graded: boolean;
}

/** Return each spot's place in what is kept, and the texts of this page that no spot has. */
export function matchTexts(page: string, spots: readonly Spot[], entries: readonly Entry[], book: Book): { places: StorePlace[]; left: Entry[] } {
  const known = describeSpots(spots);
  const order = hashText(known.map(({ hash }) => hash).join());
  const claimed = new Set<Entry>();
  const claim = (entry: Entry | undefined): string | undefined => {
    if (entry !== undefined) claimed.add(entry);
    return entry?.key;
  };
  const isTaken = (key: string) => entries.some((entry) => entry.key === key);
  const places = known.map((spot): StorePlace => {
    const from: Origin = { page, label: spot.label, alone: spot.alone, around: spot.around };
    if (spot.graded && spot.gradeId !== null) return { key: claim(findGraded(page, spot.gradeId, entries, book)) ?? keyOfGraded(page, spot.gradeId, entries, book), from };
    const start = `page/${page}/${spot.hash}/`;
    const own = `${start}${order}-${spot.repeat}`;
    const candidates = entries.filter((entry) => entry.key.startsWith(start) && !claimed.has(entry));
    const found = claim(findByStub(spot, own, start, candidates));
    return { key: found ?? (spot.alone && !isTaken(`${start}0`) ? `${start}0` : own), from };
  });
  const left = entries.filter((entry) => !claimed.has(entry) && belongsHere(entry, page, book));
  return { places, left };
}

function describeSpots(spots: readonly Spot[]): Known[] {
  const ids = new Set<string>();
  const hashes = spots.map(({ stub }) => hashText(stub));
  const plain = spots.map(({ gradeId }) => {
    const graded = gradeId !== null && !ids.has(gradeId);
    if (graded) ids.add(gradeId);
    return graded;
  });
  const known = spots.map((spot, index): Known => {
    const hash = hashes[index] ?? "";
    const graded = plain[index] ?? false;
    const same = hashes.map((other, at) => other === hash && plain[at] === graded);
    const around = hashText(`${hashes[index - 1] ?? ""},${hashes[index + 1] ?? ""}`);
    const alone = same.filter(Boolean).length === 1;
    return { ...spot, hash, graded, alone, around, repeat: same.slice(0, index).filter(Boolean).length, unmistakable: false };
  });
  for (const spot of known) {
    spot.unmistakable = known.filter(({ hash, graded, around }) => hash === spot.hash && graded === spot.graded && around === spot.around).length === 1;
  }
  return known;
}

/** Another page may have the same grade_id: nbgrader asks only that a notebook has it once. */
function findGraded(page: string, gradeId: string, entries: readonly Entry[], book: Book): Entry | undefined {
  const own = entries.find(({ key }) => key === `page/${page}/answer/${gradeId}`);
  const common = entries.find(({ key }) => key === `answer/${gradeId}`);
  const elsewhere = book.pagesWith(gradeId).some((name) => name !== page);
  return own ?? (elsewhere && common?.from?.page !== page ? undefined : common);
}

function keyOfGraded(page: string, gradeId: string, entries: readonly Entry[], book: Book): string {
  const elsewhere = book.pagesWith(gradeId).some((name) => name !== page);
  const taken = entries.some(({ key }) => key === `answer/${gradeId}`);
  return elsewhere || taken ? `page/${page}/answer/${gradeId}` : `answer/${gradeId}`;
}

function findByStub(spot: Known, own: string, start: string, candidates: readonly Entry[]): Entry | undefined {
  const exact = candidates.find(({ key }) => key === own);
  if (exact !== undefined) return exact;
  const near = candidates.filter(({ from }) => from?.around === spot.around);
  const beside = spot.unmistakable && near.length === 1 ? near[0] : undefined;
  if (!spot.alone) return beside;
  const alone = candidates.filter(({ key, from }) => from?.alone === true || (from === null && key === `${start}0`));
  // texts without an origin: a second one shows that the stub stood there more than once
  const unclear = candidates.filter(({ from }) => from === null).length > 1;
  const sure = unclear ? alone.filter(({ from }) => from !== null) : alone;
  return sure.length === 1 ? sure[0] : (sure.find(({ key }) => key === `${start}0`) ?? beside);
}

/** Whether a text that no spot of this page has is to be offered on it. */
function belongsHere(entry: Entry, page: string, book: Book): boolean {
  const written = pageOf(entry);
  const gradeId = /^answer\/(.*)$/s.exec(entry.key)?.[1];
  const pages = gradeId === undefined ? [] : book.pagesWith(gradeId);
  if (pages.length > 0) return pages.includes(page) && (written === page || written === null || !pages.includes(written));
  return written === page || written === null || !book.hasPage(written);
}

/** The page on which a text was written; null if nothing tells. */
function pageOf({ key, from }: Entry): string | null {
  if (from !== null) return from.page;
  return /^page\/(.*)\/[^/]+\/[^/]+$/s.exec(key)?.[1] ?? null;
}
