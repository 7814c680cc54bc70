/**
 * Say what Python is doing, in a line at the foot of the window. It lies over the page, so it
 * shows only what stands nowhere else on the screen; the rest is for screen readers.
 */
import { make, makeButton } from "./dom";
import type { Site } from "./site";

const NEWER = "This page has a newer version: reload it (your answers are kept).";
const LINGER = 4000; // milliseconds that good news stays

export class StatusLine {
  /** read aloud when it changes, so it changes seldom */
  private readonly words = make("span", { class: "live-status-words", role: "status" });
  private readonly amount = make("span", { class: "live-status-amount", "aria-hidden": "true" });
  private readonly bar = make("progress", { max: "1", "aria-label": "Fetching Python", hidden: true });
  private readonly actions = make("span", { class: "live-status-actions" });
  private readonly element = make("div", { class: "live-status", "data-quiet": true });
  private readonly section = make("section", { "aria-label": "Python on this page" }, this.element);
  private timer: number | undefined;

  constructor() {
    this.element.append(this.words, this.bar, this.amount, this.actions);
    this.place();
  }

  /** Stand at the end of the document, unless that is so. */
  place(): void {
    if (this.section.isConnected) return;
    document.body.append(this.section);
    keepRoom(); // something may have been said while it was away
  }

  /** The page is gone from the document, and the line goes with it. */
  leave(): void {
    this.hide();
    this.section.remove();
  }

  /** Show bytes on their way; `total` 0 means that nobody knows how many. */
  showProgress(text: string, loaded: number, total: number): void {
    this.show(text);
    const counted = total > 1;
    this.bar.hidden = !counted;
    if (counted) this.bar.value = loaded / total;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    this.amount.textContent = counted ? `${megabytes(loaded)} of ${megabytes(total)} MB` : "";
  }

  /** Show words for as long as something goes on. */
  show(text: string, ...buttons: [string, () => void][]): void {
    clearTimeout(this.timer);
    this.setState("shown");
    if (this.words.textContent !== text) this.words.textContent = text;
    this.bar.hidden = true;
    this.amount.textContent = "";
    const press = (action: () => void) => () => {
      this.hide();
      action();
    };
    this.actions.replaceChildren(...buttons.map(([label, action]) => makeButton(label, press(action))));
  }

  /** Show words that stay until others come or the reader has read them. */
  tell(text: string, ...buttons: [string, () => void][]): void {
    this.show(text, ...buttons, ["Close", () => undefined]);
  }

  /** Say that the site has been built anew since the page came, if that is so. */
  async tellIfNewer(site: Site): Promise<void> {
    if (await site.isNewer()) this.tell(NEWER, ["Reload", () => window.location.reload()]);
  }

  /** Say words that the eye finds elsewhere. */
  announce(text: string): void {
    this.show(text);
    this.setState("spoken");
  }

  /** Show a question; the keyboard is led to its last answer, which is to be the safe one. */
  ask(text: string, ...buttons: [string, () => void][]): void {
    this.show(text, ...buttons);
    (this.actions.lastElementChild as HTMLElement | null)?.focus();
  }

  /** Show words that go by themselves. */
  showBriefly(text: string): void {
    this.show(text);
    this.timer = window.setTimeout(() => {
      this.hide();
    }, LINGER);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.setState("quiet");
    this.words.textContent = "";
  }

  private setState(state: "quiet" | "spoken" | "shown"): void {
    this.element.toggleAttribute("data-quiet", state === "quiet");
    this.element.toggleAttribute("data-spoken", state === "spoken");
    keepRoom();
  }
}

/**
 * A `:has()` on the root would have the browser look again at every change of the page. While one page
 * of a document goes and another comes, there is a line of each.
 */
function keepRoom(): void {
  const shown = document.querySelector(".live-status:not([data-quiet],[data-spoken])") !== null;
  document.documentElement.toggleAttribute("data-live-status", shown);
}
