/** Show a text answer on the page: the place where the reader writes in words. */
import { make, makeButton } from "../dom";
import type { StorePlace } from "../kept/match-texts";
import type { Store } from "../kept/store";
import { KeptText } from "../kept/text";

export interface AnswerActions {
  /** say something to the reader */
  say: (text: string) => void;
  changed: (answer: TextAnswer) => void;
  /** what is said below the field */
  hint: string;
}

export class TextAnswer {
  readonly gradeId: string;
  readonly written: KeptText;
  private readonly area: HTMLTextAreaElement;
  private readonly resetButton: HTMLButtonElement;

  /** `name`: what the reader calls the part */
  constructor(element: HTMLElement, readonly name: string, place: StorePlace, store: Store, actions: AnswerActions) {
    this.gradeId = element.dataset.gradeId ?? "";
    const stub = element.dataset.stub ?? "";
    this.written = new KeptText(store, place, stub, {
      show: () => this.fill(),
      say: actions.say,
      changed: () => {
        this.resetButton.hidden = !this.edited;
        actions.changed(this);
      },
    });
    const id = `live-text-${this.gradeId}`;
    this.area = make("textarea", { id, rows: "6", placeholder: "Write your answer here.", class: "live-text" });
    this.resetButton = makeButton("Reset", () => this.reset(), { "aria-label": `Reset your answer to ${name}` });
    const hint = make("p", { class: "live-hint", id: `${id}-hint` }, actions.hint);
    this.area.setAttribute("aria-describedby", hint.id);
    this.area.addEventListener("input", () => {
      this.written.type(this.area.value.trim() === "" ? stub : this.area.value);
    });
    const label = make("label", { for: id }, `Your answer to ${name.replace(/,? in words$/, "")}, in words`);
    element.replaceChildren(label, this.area, hint, this.resetButton, this.written.notice);
    this.fill();
  }

  get label(): string {
    return `the answer to ${this.name}`;
  }

  get edited(): boolean {
    return this.written.edited;
  }

  reset(): void {
    this.written.reset();
  }

  private fill(): void {
    this.area.value = this.edited ? this.written.text : "";
    this.resetButton.hidden = !this.edited;
  }
}
