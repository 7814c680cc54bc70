/** What every page loads: small. Pages with cells bring in the editor once the page has settled. */
import { showInContents } from "./marks";
import { Site } from "./site";
import { findStorage, Store } from "./store";

async function start(): Promise<void> {
  const site = await Site.load();
  if (site === null) return;
  const store = new Store(site.root.pathname, findStorage());
  showInContents(site, store);
  store.onElsewhere(() => showInContents(site, store));
  const overview = document.querySelector<HTMLElement>(".live-progress");
  if (overview !== null) {
    const { showOverview } = await import("./overview");
    showOverview(overview, site, store);
    store.onElsewhere(() => showOverview(overview, site, store));
  }
  const live = site.info.python !== null && (site.page.cells.length > 0 || document.querySelector(".live-answer") !== null);
  if (live) {
    const { LivePage } = await import("./page");
    new LivePage(site, store);
  }
  document.documentElement.dataset.live = live ? "ready" : "static";
  void keepForOffline(site);
}

/** Let the service worker keep this page and what it needs, for a visit without a network. */
async function keepForOffline(site: Site): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(site.url("live-cells-sw.js"), { scope: site.root.pathname });
    const { active } = await navigator.serviceWorker.ready;
    const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
    const own = ["live-cells/site.json", "live-cells/worker.js", ...(site.here.notebook === null ? [] : [site.here.notebook])];
    const urls = [window.location.href.replace(/#.*/, ""), ...own.map((path) => site.url(path)), ...fetched];
    active?.postMessage({ type: "keep", urls, python: site.info.python && site.url(site.info.python.base) });
  } catch {
    // a browser that refuses service workers has no offline visit; all else works
  }
}

void start();
