/** Start on every page, and stay small: pages with cells load the rest, and the editor when a cell comes near. */
import { showInContents } from "./marks/marks";
import { keepForOffline } from "./kept/offline";
import { Site } from "./site";
import { StatusLine } from "./status";
import { findStorage, Store } from "./kept/store";

async function start(): Promise<void> {
  const site = await Site.load();
  if (site === null) return;
  const store = new Store(site.root.pathname, findStorage());
  showInContents(site, store);
  store.onElsewhere(() => showInContents(site, store));
  const overview = document.querySelector<HTMLElement>(".live-progress");
  if (overview !== null) {
    const { showOverview } = await import("./marks/overview");
    showOverview(overview, site, store);
    store.onElsewhere(() => showOverview(overview, site, store));
  }
  const live = site.info.python !== null && (site.page.cells.length > 0 || document.querySelector(".live-answer") !== null);
  if (live) {
    const page = await import("./pages-with-cells").catch(() => null);
    if (page === null) await new StatusLine().tellIfNewer(site);
    else new page.LivePage(site, store, page.findSurface(site));
  } else {
    document.querySelector(".live-bar-place")?.remove(); // nothing here can be run
  }
  document.documentElement.dataset.live = live ? "ready" : "static";
  void keepForOffline(site);
}

void start();

/** For whoever places cells as widgets: `plugin/widget.mjs`. */
export async function show(...given: Parameters<typeof import("./widget").show>): Promise<(() => void) | undefined> {
  return (await import("./pages-with-cells")).show(...given);
}
