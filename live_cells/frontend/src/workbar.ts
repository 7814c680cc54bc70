/** Show the bar under a page's title: what the reader can do with the page as a whole. */
import { make, makeButton } from "./dom";
import { baseName } from "./answers/exchange";
import { makeMark, statusOf, wordsFor } from "./marks/marks";
import type { Site } from "./site";
import type { Store } from "./kept/store";

export interface WorkBarActions {
  runAll: () => void;
  restart: () => void;
  resetPage: () => void;
  exportNotebook: () => void;
  importNotebook: (file: File) => void;
  /** take the answers along to JupyterLite, then call `open` */
  openInLite: (lite: string, open: () => void) => void;
}

export class WorkBar {
  private readonly parts = make("ul", { class: "live-parts" });
  readonly element = make("section", { class: "live-bar", "aria-label": "Work on this page" });

  constructor(
    private readonly site: Site,
    private readonly store: Store,
    actions: WorkBarActions,
  ) {
    const bar = this.element;
    const { notebook } = site.here;
    const first = make("div", { class: "live-bar-row" }, makeButton("Run the whole page", actions.runAll));
    const more = make("div", { class: "live-bar-more", id: "live-bar-more", hidden: true });
    if (notebook !== null) {
      const title = site.info.words.download.replace("{name}", baseName(notebook));
      first.append(makeButton("Download my answers", actions.exportNotebook, { title }));
      more.append(this.makeNotebookRow(notebook, actions));
    }
    const again = make("div", { class: "live-bar-row" }, makeButton("Restart Python", actions.restart), makeResetButton(actions.resetPage));
    more.append(again, make("p", { class: "live-hint", id: "live-editor-help" }, HELP));
    first.append(makeUnfolder("More", more));
    bar.append(first);
    if (site.here.parts.length > 0) bar.append(this.parts);
    bar.append(more);
    this.showMarks();
  }

  /** Show what else there is to take, at the bar's end. */
  offer(element: HTMLElement): void {
    this.element.append(element);
  }

  showMarks(): void {
    const items = this.site.here.parts.map((part) => {
      const status = statusOf(this.store, part.id);
      const words = make("span", { class: "live-hidden" }, ` ${wordsFor(part, status)}`);
      const link = make("a", { href: `#cell-${part.id}` }, part.name, words);
      return make("li", {}, makeMark(part, status), " ", link);
    });
    this.parts.replaceChildren(...items);
    this.parts.setAttribute("aria-label", "Parts of this page");
  }

  private makeNotebookRow(notebook: string, actions: WorkBarActions): HTMLElement {
    const name = baseName(notebook);
    const row = make("div", { class: "live-bar-row" });
    const file = make("input", { type: "file", accept: ".ipynb,application/json", hidden: true, "aria-label": "A notebook with your answers" });
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen !== undefined) actions.importNotebook(chosen);
      file.value = "";
    });
    row.append(
      makeButton("Bring in answers", () => file.click(), { title: `Take the answers out of a notebook such as ${name}` }),
      file,
    );
    const { lite, launchers } = this.site.info;
    if (lite !== null) {
      const link = makeLink("Open as a notebook", this.site.url(`${lite}notebooks/index.html?path=${name}`));
      link.title = "Your answers come along";
      for (const event of ["click", "auxclick"] as const) {
        link.addEventListener(event, (click) => {
          if (click.button > 1) return;
          click.preventDefault();
          const aside = click.button === 1 || click.ctrlKey || click.metaKey || click.shiftKey;
          actions.openInLite(lite, () => window.open(link.href, aside ? "_blank" : "_self"));
        });
      }
      row.append(link);
    }
    row.append(make("a", { class: "live-link", href: this.site.url(notebook), download: name }, "Blank notebook"));
    for (const [title, address] of Object.entries(launchers)) {
      const link = makeLink(title, address.replace("{notebook}", name));
      link.title = "Opens a blank notebook: download your answers to take them along";
      row.append(link);
    }
    return row;
  }
}

const HELP =
  "Shift+Enter runs a cell. Tab moves on from a cell; once you have typed in it, Tab indents, and " +
  "Escape and then Tab moves on. " +
  "What you write stays in this browser, and only there.";

/** A button that shows an element, and hides it again. */
function makeUnfolder(text: string, folded: HTMLElement): HTMLButtonElement {
  const unfold = () => {
    folded.hidden = !folded.hidden;
    button.setAttribute("aria-expanded", String(!folded.hidden));
  };
  const button = makeButton(text, unfold, { "aria-expanded": "false", "aria-controls": folded.id });
  return button;
}

function makeLink(text: string, href: string): HTMLAnchorElement {
  return make("a", { class: "live-link", href }, text);
}

/** Everything written on the page goes with this one, so it asks once more. */
function makeResetButton(reset: () => void): HTMLButtonElement {
  const button = makeButton("Reset page", () => {
    if (button.dataset.sure === undefined) {
      button.dataset.sure = "";
      button.textContent = "Really reset every cell?";
      return;
    }
    calm();
    reset();
  });
  const calm = () => {
    delete button.dataset.sure;
    button.textContent = "Reset page";
  };
  button.addEventListener("blur", calm);
  return button;
}
