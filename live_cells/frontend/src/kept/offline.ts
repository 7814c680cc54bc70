/** Ask the service worker to keep what a visit without a network needs. */
import { SCRIPTS } from "../session/protocol";
import type { Site } from "../site";

/** Keep this page and what it needs. */
export async function keepForOffline(site: Site): Promise<void> {
  const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
  // the editor comes when the reader is near a cell, which may be after the network is gone
  const own = ["live-cells/site.json", ...site.info.frontend, ...(site.here.notebook === null ? [] : [site.here.notebook])];
  const urls = [window.location.href.replace(/#.*/, ""), ...own.map((path) => site.url(path)), ...fetched];
  await tell(site, { type: "keep", urls, python: listPython(site) });
}

/** The addresses of all files of the site's Python. */
function listPython(site: Site): string[] | null {
  const { python } = site.info;
  if (python === null) return null;
  const packs = Object.values(python.packs).map(({ file }) => file);
  return [...SCRIPTS, ...Object.keys(python.core), ...packs].map((file) => site.url(python.base + file));
}

/** Keep every page of the book, and what outputs may need: they weigh little beside the Python that this reader has fetched. */
export async function keepBook(site: Site): Promise<void> {
  const notebooks = Object.values(site.info.pages).flatMap((page) => page.notebook ?? []);
  const urls = ["", ...site.info.book, ...site.info.late, ...notebooks].map((path) => site.url(path));
  await tell(site, { type: "keep", urls, python: null });
}

async function tell(site: Site, message: object): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    const { lite, isolates } = site.info;
    const address = new URL(site.url("live-cells-sw.js"));
    if (lite !== null && lite !== "lite/") address.searchParams.set("lite", lite);
    if (!isolates) address.searchParams.set("isolates", "no");
    const there = await navigator.serviceWorker.getRegistration(site.root.pathname);
    const other = there?.scope === site.root.href && !(there.active?.scriptURL ?? "live-cells-sw.js").includes("live-cells-sw.js");
    if (other) return; // the site has one of its own, for something else
    await navigator.serviceWorker.register(address, { scope: site.root.pathname });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage(message);
  } catch {
    // a browser that refuses service workers has no offline visit; all else works
  }
}
