/** List the texts that no cell of the page has, kept from an earlier version, and offer them. */
import { make, makeButton } from "../dom";
import type { StatusLine } from "../status";
import { hashText } from "./store";
import type { Entry, Store } from "./store";
import type { KeptText } from "./text";

/** A place that a text can be put into. */
export interface Taker {
  label: string;
  written: KeptText;
}

export class Leftovers {
  private readonly summary = make("summary");
  private readonly items = make("ul");
  readonly element = make("details", { class: "live-leftovers" }, this.summary, this.items);

  constructor(
    private left: Entry[],
    private readonly takers: readonly Taker[],
    private readonly store: Store,
    private readonly status: StatusLine,
  ) {
    this.show();
  }

  private show(): void {
    const { length } = this.left;
    this.element.hidden = length === 0;
    this.summary.textContent = `Kept from an earlier version of this page: ${length} ${length === 1 ? "text" : "texts"} of yours`;
    this.items.replaceChildren(...this.left.map((entry, index) => this.makeItem(entry, index)));
  }

  private makeItem(entry: Entry, index: number): HTMLElement {
    const id = `live-leftover-${index}`;
    const code = make("pre", { class: "live-leftover", tabindex: "0" }, entry.text);
    const place = make("select", { id });
    // a cell with the same stub is the most likely one, so it stands first
    const likely = (taker: Taker) => hashText(taker.written.stub) === entry.stub;
    const ordered = [...this.takers.filter(likely), ...this.takers.filter((taker) => !likely(taker))];
    place.append(...ordered.map(({ label }, at) => make("option", { value: String(at) }, label)));
    const put = makeButton("Put it there", () => {
      const taker = ordered[Number(place.value)];
      if (taker !== undefined) this.put(entry, taker);
    });
    const where = make("label", { for: id }, "Where it belongs: ");
    const actions = make("div", { class: "live-bar-row" }, where, place, put, makeButton("Copy", () => void this.copy(entry)), makeButton("Delete", () => this.drop(entry)));
    return make("li", {}, make("p", {}, describe(entry)), code, ...(ordered.length > 0 ? [actions] : []));
  }

  private put(entry: Entry, { label, written }: Taker): void {
    const before = written.text;
    written.put(entry.text);
    this.forget(entry);
    this.status.tell(`Your text stands in ${label} now.`, [
      "Put back what stood there",
      () => {
        written.put(before);
        this.restore(entry);
      },
    ]);
  }

  private drop(entry: Entry): void {
    this.forget(entry);
    this.status.tell("Your text is deleted.", ["Bring it back", () => this.restore(entry)]);
  }

  private async copy({ text }: Entry): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.status.showBriefly("Your text is copied.");
    } catch {
      this.status.tell("The browser does not let this page copy: select the text and copy it.");
    }
  }

  private forget(entry: Entry): void {
    this.store.forgetEntry(entry);
    this.left = this.left.filter((each) => each !== entry);
    this.show();
  }

  private restore(entry: Entry): void {
    this.store.keepEntry(entry);
    this.left.push(entry);
    this.show();
  }
}

function describe({ key, from }: Entry): string {
  if (from !== null) return `You wrote this in ${from.label}, on the page “${from.page}”:`;
  const gradeId = /^answer\/(.*)$/s.exec(key)?.[1];
  return gradeId === undefined ? "You wrote this in a cell that has changed since:" : `You wrote this in the answer “${gradeId}”:`;
}
