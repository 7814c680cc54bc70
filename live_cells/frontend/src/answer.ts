/** A text answer on the page: the place where the reader writes in words. */
import { make, makeButton } from "./dom";
import type { Store } from "./store";

export class TextAnswer {
  readonly gradeId: string;
  private readonly stub: string;
  private readonly area: HTMLTextAreaElement;
  private readonly resetButton: HTMLButtonElement;

  constructor(
    element: HTMLElement,
    private readonly store: Store,
    private readonly changed: (answer: TextAnswer) => void,
  ) {
    this.gradeId = element.dataset.gradeId ?? "";
    this.stub = element.dataset.stub ?? "";
    const id = `live-text-${this.gradeId}`;
    this.area = make("textarea", { id, rows: "6", placeholder: "Write your answer here.", class: "live-text" });
    this.resetButton = makeButton("Reset", () => this.reset(), { "aria-label": `Reset your answer to ${this.gradeId}` });
    const hint = make("p", { class: "live-hint", id: `${id}-hint` }, "Markdown and $math$ are welcome. Your teacher reads this one.");
    this.area.setAttribute("aria-describedby", hint.id);
    this.area.addEventListener("input", () => this.keep());
    element.replaceChildren(make("label", { for: id }, `Your answer to ${this.gradeId}, in words`), this.area, hint, this.resetButton);
    this.fill(store.findText(this.key, this.stub)?.text ?? this.stub);
  }

  get key(): string {
    return `answer/${this.gradeId}`;
  }

  /** What is handed in: the stub as long as nothing is written. */
  get text(): string {
    return this.area.value.trim() === "" ? this.stub : this.area.value;
  }

  get edited(): boolean {
    return this.text !== this.stub;
  }

  show(text: string): void {
    this.fill(text);
    this.keep();
  }

  reset(): void {
    this.show(this.stub);
  }

  private fill(text: string): void {
    this.area.value = text === this.stub ? "" : text;
    this.resetButton.hidden = !this.edited;
  }

  private keep(): void {
    this.resetButton.hidden = !this.edited;
    this.store.keepText(this.key, this.stub, this.text);
    this.changed(this);
  }
}
