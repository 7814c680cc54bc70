/** Show the mark of each part: in the table of contents, at the part's check, on the overview. */
import { count, make } from "../dom";
import type { Bundle } from "../session/protocol";
import type { Site, PartInfo } from "../site";
import type { Mark, PartStatus, Store } from "../kept/store";

/** What a mark shows; "outdated" stands for whatever was found before the code changed. */
export type ShownStatus = PartStatus | "outdated";

export const WORDS: Record<ShownStatus, string> = {
  unattempted: "not attempted",
  tried: "tried, not right yet",
  right: "right",
  outdated: "not checked as it stands",
};

/** Text answers are read by a person, so the page can only know that something was written. */
export function wordsFor(part: PartInfo, status: ShownStatus): string {
  return part.kind === "text" && status === "tried" ? "written" : WORDS[status];
}

/** A check's report, as any toolkit may send it. */
interface Report {
  part: string;
  status: string;
  points?: number;
  max_points?: number;
}

/** Return the mark that a report stands for, with its part. */
export function readReport(data: Bundle, mimetype: string): [string, Mark] | null {
  const report = data[mimetype] as Report | undefined;
  if (typeof report?.part !== "string") return null;
  const status = report.status === "right" ? "right" : report.status === "unattempted" ? "unattempted" : "tried";
  return [report.part, { status, points: report.points ?? 0, maxPoints: report.max_points ?? 0 }];
}

export function statusOf(store: Store, part: string): ShownStatus {
  const mark = store.findMarks()[part];
  return mark?.outdated === true ? "outdated" : (mark?.status ?? "unattempted");
}

/** A mark that is read by its shape, not by its colour alone. */
export function makeMark(part: PartInfo, status: ShownStatus): HTMLElement {
  return make("span", { class: "live-mark", "data-status": status, title: `${part.name}: ${wordsFor(part, status)}` });
}

/** Put the marks of each page's parts beside its entry in the table of contents. */
export function showInContents(site: Site, store: Store): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav.bd-links a[href], .bd-sidebar-primary nav a[href]")) {
    const page = findPage(site, link);
    if (page === undefined || page.parts.length === 0) continue;
    link.querySelector(".live-marks")?.remove();
    const statuses = page.parts.map((part) => statusOf(store, part.id));
    const dots = make("span", { class: "live-dots", "aria-hidden": "true" });
    dots.append(...page.parts.map((part, index) => makeMark(part, statuses[index] ?? "unattempted")));
    const right = statuses.filter((status) => status === "right").length;
    const open = statuses.filter((status) => status === "outdated").length;
    const again = open > 0 ? `, ${open} not checked as ${open === 1 ? "it stands" : "they stand"}` : "";
    const spoken = make("span", { class: "live-hidden" }, ` (${right} of ${count(page.parts.length, "part")} right${again})`);
    link.append(make("span", { class: "live-marks" }, dots, spoken));
  }
}

function findPage(site: Site, link: HTMLAnchorElement) {
  const target = new URL(link.href);
  if (target.hash !== "" && target.pathname !== window.location.pathname) return undefined;
  const name = Object.keys(site.info.pages).find((page) => new URL(`${page}.html`, site.root).pathname === target.pathname);
  return name === undefined ? undefined : site.info.pages[name];
}
