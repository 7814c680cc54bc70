/**
 * Show cells that another renderer places, one widget each: mystmd, on which Jupyter Book 2 is built. All
 * widgets of a page are parts of one page, with one Python; what a page holds is read once.
 */
import { make } from "./dom";
import { keepBook, keepForOffline } from "./kept/offline";
import { LivePage } from "./page";
import { Site } from "./site";
import type { PageInfo, SiteInfo } from "./site";
import { findStorage, Store } from "./kept/store";

/** Milliseconds after which a page that none of its widgets shows has been left, and not drawn anew. */
const GONE = 1000;

/** What a renderer hands over: the data of one widget. */
interface Model {
  get: (name: string) => unknown;
}

/** How a page shows a cell: its code, its code in a fold, its output alone, nothing of it. */
type Shown = "open" | "folded" | "output" | "not";

/** What the build wrote of a page, for its widgets. */
interface WidgetPageInfo extends PageInfo {
  /** of each cell */
  shown: Shown[];
  texts: { gradeId: string; stub: string }[];
}

/** The parts of a page, made at once and put into widgets as these come. */
class WidgetPage {
  private readonly bar = make("div");
  private readonly cells: (HTMLElement | null)[];
  private readonly texts: HTMLElement[];
  private readonly page: LivePage;

  constructor(site: Site, private readonly info: WidgetPageInfo) {
    this.cells = info.cells.map(({ id, code }, index) => makeCell(id, code, info.shown[index] ?? "open"));
    this.texts = info.texts.map(({ gradeId, stub }) => make("div", { class: "live-answer", "data-grade-id": gradeId, "data-stub": stub }));
    this.page = new LivePage(site, new Store(site.root.pathname, findStorage()), {
      findCell: (id) => this.cells[info.cells.findIndex((cell) => cell.id === id)] ?? null,
      texts: this.texts,
      placeBar: (bar) => this.bar.append(bar),
      keep: () => void keepBook(site),
    });
  }

  /** Return the part of the page that a widget shows, and the id by which the page's links find it. */
  find(model: Model): [HTMLElement, string] | null {
    const [kind, index] = [model.get("kind"), model.get("index")];
    if (kind === "page") return [this.bar, ""];
    if (kind === "cell" && typeof index === "number") {
      const cell = this.cells[index];
      return cell == null ? null : [cell, this.info.cells[index]?.id ?? ""];
    }
    const text = this.texts.find(({ dataset }) => dataset.gradeId === model.get("gradeId"));
    return text === undefined ? null : [text, `cell-${text.dataset.gradeId ?? ""}`];
  }

  settle(id: string): void {
    this.page.settle(id);
  }

  /** A widget is gone: with the last one the reader has left the page. */
  leave(part: HTMLElement): void {
    part.remove();
    setTimeout(() => {
      const parts = [this.bar, ...this.texts, ...this.cells];
      if (!parts.some((each) => each?.isConnected === true)) this.page.leave();
    }, GONE);
  }
}

const pages = new Map<string, Promise<WidgetPage>>();

/** Show a widget's part of its page in an element; return what takes it away again. */
export async function show(root: URL, info: SiteInfo, model: Model, el: HTMLElement): Promise<(() => void) | undefined> {
  const name = String(model.get("page"));
  const coming = pages.get(name) ?? openPage(root, info, name);
  pages.set(name, coming);
  const page = await coming.catch((error: unknown) => {
    pages.delete(name); // it may come when the reader does
    console.error(error);
  });
  const [part, id] = page?.find(model) ?? [];
  if (page === undefined || part === undefined || id === undefined) return undefined; // it stays as it was built
  const style = new URL(`live-cells/live-cells.css?v=${info.version}`, root).href;
  bringStyle(style, document.head);
  bringStyle(style, el);
  document.documentElement.toggleAttribute("data-live-widgets", true); // for a rule of the style
  el.append(part);
  page.settle(id);
  const around = el.getRootNode();
  const host = around instanceof ShadowRoot ? around.host : el;
  host.setAttribute("data-live", id === "" ? "bar" : "instead");
  if (id !== "") host.id = id;
  const forget = followOutput(part, host);
  return () => {
    forget();
    page.leave(part);
  };
}

/** Tell the style that the built output may go as soon as there is another. */
function followOutput(part: HTMLElement, host: Element): () => void {
  const output = part.querySelector(".cell_output");
  const tell = () => host.toggleAttribute("data-live-runs", part.dataset.runs === "ended" || output?.hasChildNodes() === true);
  const observer = new MutationObserver(tell);
  observer.observe(part, { attributes: true, attributeFilter: ["data-runs"] });
  if (output !== null) observer.observe(output, { childList: true });
  tell();
  return () => observer.disconnect();
}

async function openPage(root: URL, info: SiteInfo, name: string): Promise<WidgetPage> {
  const response = await fetch(new URL(`live-cells/pages/${name}.json`, root), { cache: "no-cache" });
  if (!response.ok) throw new Error(`The page's cells do not run: live-cells/pages/${name}.json did not come (${response.status}).`);
  const page = (await response.json()) as WidgetPageInfo;
  const site = new Site(root, page, info);
  void keepForOffline(site);
  return new WidgetPage(site, page);
}

function bringStyle(href: string, into: HTMLElement): void {
  if (into.querySelector(`link[href="${href}"]`) === null) into.append(make("link", { rel: "stylesheet", href }));
}

/** Make a cell's box as MyST-NB has it; null for one that is not shown. */
function makeCell(id: string, code: string, shown: Shown): HTMLElement | null {
  if (shown === "not") return null;
  if (shown === "output") return make("div", { class: "cell", "data-cell": id, "data-output-only": true }, make("div", { class: "cell_output" }));
  const highlight = make("div", { class: "highlight-ipython3" }, make("pre", { tabindex: "0" }, code));
  const input = make("div", { class: "cell_input" }, highlight);
  const above = shown === "open" ? input : make("details", {}, make("summary", {}, "Code"), input);
  // the way out of the editor is told once a page; what a widget refers to must stand in the widget
  const help = make("p", { class: "live-hidden", id: "live-editor-help" }, "Escape, then Tab leaves the editor.");
  return make("div", { class: "cell", "data-cell": id }, above, make("div", { class: "cell_output" }), help);
}
