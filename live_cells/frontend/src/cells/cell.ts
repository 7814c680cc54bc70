/** Show one code cell of the page: its editor, its buttons and its output. */
import type { EditorView } from "@codemirror/view";
import { make, makeButton } from "../dom";
import { OutputArea } from "./outputs";
import type { StorePlace } from "../kept/match-texts";
import type { Bundle, CellCode, CellMessage } from "../session/protocol";
import type { PageCell } from "../site";
import type { Store } from "../kept/store";
import { KeptText } from "../kept/text";

export interface CellActions {
  run: (cell: LiveCell) => void;
  runAbove: (cell: LiveCell) => void;
  goOn: (cell: LiveCell) => void;
  stop: () => void;
  /** hand over the line that the running cell asks for */
  answer: (text: string) => void;
  /** say something to the reader */
  say: (text: string) => void;
  changed: () => void;
}

export class LiveCell {
  readonly written: KeptText;
  /** under what the cell's text is kept */
  readonly key: string;
  private editor: EditorView | null = null;
  /** the editor, or the one that is on its way; null before the reader comes near */
  private opening: Promise<void> | null = null;
  private replaceText: ((editor: EditorView, text: string) => void) | null = null;
  private readonly source: HTMLElement | null = null;
  private readonly output: OutputArea | null = null;
  private readonly runButton: HTMLButtonElement | null = null;
  private readonly resetButton: HTMLButtonElement | null = null;
  private readonly note: HTMLElement | null = null;
  /** says how a report that stands here relates to the code; it comes before the report */
  private readonly age = make("p", { class: "live-age", role: "status", hidden: true });
  running = false;
  private fresh = false;

  /** `element`: the cell's box, with its code and its output; null if the page does not show it */
  constructor(
    readonly info: PageCell,
    private readonly element: HTMLElement | null,
    place: StorePlace,
    store: Store,
    private readonly actions: CellActions,
    first: boolean,
  ) {
    this.key = place.key;
    this.written = new KeptText(store, place, info.code, {
      show: (text) => this.fill(text),
      say: (text) => actions.say(text),
      changed: () => {
        this.showEdited();
        actions.changed();
      },
    });
    if (element === null) return; // a hidden cell still runs
    const source = element.querySelector<HTMLElement>(".cell_input");
    const output = findOutput(element);
    this.output = new OutputArea(output);
    if (element.dataset.outputOnly !== undefined) this.output.wasUsed = true; // the built output stands elsewhere
    output.before(this.age);
    if (source === null) return; // only its output shows, if it has any, and follows what it is made from
    element.classList.add("live-cell");
    this.source = source;

    this.runButton = makeButton("", () => this.pressRun(), { class: "live-button live-run" });
    this.nameRunButton();
    this.resetButton = makeButton("Reset", () => this.reset(), { "aria-label": `Reset ${info.label} to the book's text`, hidden: true });
    this.note = make("span", { class: "live-note" });
    const tools = make("div", { class: "live-tools", role: "group", "aria-label": `Controls of ${info.label}` }, this.runButton);
    if (!first) {
      tools.append(makeButton("Run all above", () => actions.runAbove(this), { "aria-label": `Run all cells above ${info.label}` }));
    }
    tools.append(this.resetButton, this.note, this.written.notice);
    source.after(tools);
    if (this.written.stubChanged) this.say("The book's text of this cell has changed since you wrote yours. Reset shows it.");
    this.showEdited();
    this.watch(source);
  }

  get id(): string {
    return this.info.id;
  }

  /** Whether the page shows the cell's code; a hidden cell still runs. */
  get canBeSeen(): boolean {
    return this.runButton !== null;
  }

  /** Whether the page shows the cell's output and not its code: the reader cannot run it. */
  get isOutputOnly(): boolean {
    return this.output?.wasUsed === true && !this.canBeSeen;
  }

  /** The cell as Python gets it. */
  get sent(): CellCode {
    const shown = this.canBeSeen ? "code" : this.isOutputOnly ? "output" : "nothing";
    const built = this.output !== null && this.isOutputOnly ? this.output.isBuilt : !this.written.edited;
    return { id: this.id, label: this.label, code: this.text, raises: this.info.raises, shown, built, skipped: this.info.skipped };
  }

  get label(): string {
    return this.info.label;
  }

  get gradeId(): string | null {
    return this.info.gradeId;
  }

  get text(): string {
    return this.written.text;
  }

  focus(): void {
    void this.open().then(() => this.editor?.focus());
  }

  reset(): void {
    this.written.reset();
    this.say("Back to the book's text.");
    this.runButton?.focus();
  }

  /** Show what Python says about this cell. */
  receive(message: CellMessage): void {
    if (message.type === "begin") {
      this.fresh = true;
      this.setRuns("begun");
      this.setRunning(true);
    } else if (message.type === "end") {
      this.startOutput();
      this.setRunning(false);
      this.say(message.ok ? "" : message.goesOn ? "Some of it could not be imported." : "Stopped at an error.");
      this.setRuns("ended");
    } else if (message.type === "skip") {
      const text = `Did not run: ${message.reason}.`;
      this.say(text);
      if (this.isOutputOnly) {
        this.output?.clear(); // it has no other place to say so, and what stood there is out of date
        this.output?.addError(text);
      }
      this.setRuns("skipped");
    } else if (message.type !== "ask" && message.type !== "change") {
      this.startOutput(); // the page sees to the other two, which may be another cell's
      if (message.type === "stream") this.output?.addStream(message.name, message.text);
      else if (message.type === "display") this.output?.addBundle(message.data, message.id);
      else if (message.type === "clear") this.output?.clear();
      else this.output?.addError(message.text);
    }
  }

  /** Show a bundle in the place of what was shown under this id, if it was shown here. */
  change(data: Bundle, id: string): void {
    this.output?.change(data, id);
  }

  /** Ask the reader for a line; whoever has just run the cell can type it at once. */
  ask(prompt: string): void {
    this.startOutput();
    this.output?.ask(prompt, (text) => this.actions.answer(text));
    this.say("Waiting for your answer below.");
    if (this.element?.matches(":focus-within") === true) this.showQuestion();
  }

  showQuestion(): void {
    this.output?.focusQuestion();
  }

  dropQuestion(): void {
    this.output?.dropQuestion();
  }

  /** Whether the page shows this cell's output, and not only to who opens a fold. */
  get showsOutput(): boolean {
    return this.output !== null && (this.canBeSeen || this.isOutputOnly) && this.element?.closest("details:not([open])") == null && this.element?.querySelector("details:not([open]) .cell_output") == null;
  }

  /** Show here the error of a cell that the page does not show, for this one waited for it. */
  showErrorOf(other: LiveCell, text: string): void {
    this.output?.clear();
    this.output?.addError(`${other.label}, which this page does not show, stopped:\n${text}`);
  }

  /** Python is gone, and the run that was under way or waited for with it. */
  lose(note: string): void {
    if (this.running) {
      this.startOutput();
      this.setRuns("ended");
    }
    this.setRunning(false);
    this.say(note);
  }

  setWaiting(): void {
    this.say("Waiting for Python …");
    this.setRuns("waiting");
  }

  /** Whether the cell is on the screen now; a hidden cell shows nothing of its own. */
  isInSight(): boolean {
    const box = this.element?.getBoundingClientRect();
    return box !== undefined && box.height > 0 && box.top < window.innerHeight && box.bottom > 0;
  }

  /** How far the cell's last run is, for style sheets and tests. */
  private setRuns(how: "waiting" | "begun" | "ended" | "skipped"): void {
    if (this.element !== null) this.element.dataset.runs = how;
  }

  private setRunning(running: boolean): void {
    this.running = running;
    if (this.runButton === null) return;
    this.nameRunButton();
    this.say(running ? "Running …" : "");
  }

  private nameRunButton(): void {
    const verb = this.running ? "Stop" : this.info.checks === null ? "Run" : "Check";
    const what = verb === "Check" ? this.info.label.replace(/^the check of/, "the answer to") : this.info.label;
    if (this.runButton === null) return;
    this.runButton.textContent = verb;
    this.runButton.setAttribute("aria-label", `${verb} ${what}`);
  }

  /** Say how the report that stands here relates to the code on the page. */
  showAge(text: string, outdated: boolean): void {
    if (this.element === null) return;
    if (this.age.textContent !== text) this.age.textContent = text; // or it would be read aloud again
    this.age.hidden = text === "";
    if (outdated && text !== "") this.element.dataset.report = "outdated";
    else delete this.element.dataset.report;
  }

  /** Show a report that is kept from before. */
  showKept(data: Bundle): void {
    this.output?.clear();
    this.output?.addBundle(data);
  }

  /** Show what the book was built with. */
  showBuilt(): void {
    this.output?.showBuilt();
  }

  say(text: string): void {
    if (this.note !== null) this.note.textContent = text;
  }

  /** The old output stays until the new one begins, so that the page does not jump. */
  private startOutput(): void {
    if (this.fresh) this.output?.clear();
    this.fresh = false;
  }

  private pressRun(): void {
    if (this.running) this.actions.stop();
    else this.actions.run(this);
  }

  /** Put the editor in the place of the printed code when the reader comes near. */
  private watch(source: HTMLElement): void {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void this.open();
      },
      { rootMargin: "400px" },
    );
    observer.observe(source);
  }

  private open(): Promise<void> {
    return (this.opening ??= this.openEditor());
  }

  private async openEditor(): Promise<void> {
    if (this.source === null) return;
    let editor: typeof import("./editor");
    try {
      editor = await import("./editor");
    } catch {
      this.opening = null; // the next who comes near may have a network again
      this.say("The editor could not be fetched, so this text cannot be changed now: reload the page when the network is back.");
      return;
    }
    this.replaceText = editor.replaceText;
    const place = make("div", { class: "live-editor" });
    this.editor = editor.openEditor(place, {
      text: this.text,
      label: `Code of ${this.info.label}`,
      describedBy: "live-editor-help",
      onChange: (text) => {
        if (text !== this.text) this.written.type(text);
      },
      onRun: () => this.actions.run(this),
      onRunAndGoOn: () => this.actions.goOn(this),
    });
    (this.source.querySelector('[class*="highlight-"]') ?? this.source).replaceWith(place);
    this.settle();
  }

  /** The cell's box stands elsewhere in the page: a widget's part of it has styles of its own. */
  settle(): void {
    const root = this.element?.getRootNode();
    if (root instanceof ShadowRoot) this.editor?.setRoot(root);
  }

  private fill(text: string): void {
    if (this.editor !== null && this.editor.state.doc.toString() !== text) this.replaceText?.(this.editor, text);
  }

  private showEdited(): void {
    if (this.resetButton !== null) this.resetButton.hidden = !this.written.edited;
  }
}

/** The built output's place; a cell without output gets one. */
function findOutput(cell: HTMLElement): HTMLElement {
  const built = cell.querySelector<HTMLElement>(".cell_output");
  if (built !== null) return built;
  const made = make("div", { class: "cell_output docutils container" });
  cell.append(made);
  return made;
}
