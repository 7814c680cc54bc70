/** Show all parts of the book at a glance, on the page for that. */
import { count, make, makeButton } from "../dom";
import { makeMark, showInContents, statusOf, wordsFor } from "./marks";
import type { Site, SitePage } from "../site";
import type { Store } from "../kept/store";

export function showOverview(place: HTMLElement, site: Site, store: Store): void {
  const pages = Object.entries(site.info.pages).filter(([, page]) => page.parts.length > 0);
  const all = site.parts.length;
  const right = site.parts.filter((part) => statusOf(store, part.id) === "right").length;
  const open = site.parts.filter((part) => statusOf(store, part.id) === "outdated").length;
  const again = open === 0 ? "" : ` ${open} ${open === 1 ? "has" : "have"} changed since the last check, or not been checked.`;
  const summary = make("p", { role: "status" }, `${right} of ${count(all, "part")} ${all === 1 ? "is" : "are"} right.${again}`);
  const clear = makeButton("Clear these marks", () => {
    store.forgetMarks();
    showOverview(place, site, store);
    showInContents(site, store);
  });
  const tables = pages.map(([name, page]) => makeTable(site.url(`${name}.html`), page, store));
  place.replaceChildren(summary, ...tables, clear, make("p", { class: "live-hint" }, "Clearing the marks leaves your answers as they are."));
}

function makeTable(address: string, page: SitePage, store: Store): HTMLElement {
  const rows = page.parts.map((part) => {
    const status = statusOf(store, part.id);
    const link = make("a", { href: `${address}#cell-${part.id}` }, part.name);
    const mark = make("td", {}, makeMark(part, status), ` ${wordsFor(part, status)}`);
    return make("tr", {}, make("th", { scope: "row" }, link), make("td", {}, part.title), mark);
  });
  const head = make("tr", {}, ...["Part", "What", "Mark"].map((name) => make("th", { scope: "col" }, name)));
  const caption = make("caption", {}, make("a", { href: address }, page.title));
  const table = make("table", { class: "table live-overview" }, caption, make("thead", {}, head), make("tbody", {}, ...rows));
  return make("div", { class: "live-table" }, table);
}
