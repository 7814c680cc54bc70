/** A page with cells: ties its cells, text answers, Python and marks together. */
import { TextAnswer } from "./answer";
import { LiveCell } from "./cell";
import { Exchange } from "./exchange";
import { readReport, showInContents, statusOf } from "./marks";
import { keepBook } from "./offline";
import type { CellCode, CellMessage } from "./protocol";
import { Session } from "./session";
import type { SessionState } from "./session";
import type { Site } from "./site";
import { StatusLine } from "./status";
import { Store } from "./store";
import { WorkBar } from "./workbar";

/** Milliseconds after the first run, so that the other pages wait for it and not it for them. */
const SETTLED = 5000;

export class LivePage {
  private readonly cells: LiveCell[];
  private readonly answers: TextAnswer[];
  private readonly status = new StatusLine();
  private readonly bar: WorkBar;
  private readonly session: Session;
  private waiting: LiveCell[] = [];
  private failed = false;
  private kept = false;

  constructor(
    private readonly site: Site,
    private readonly store: Store,
  ) {
    const python = site.info.python;
    if (python === null) throw new Error("This site has no Python.");
    this.session = new Session(site.url("live-cells/worker.js"), site.url(python.base), python, {
      onState: (state) => this.showState(state),
      onProgress: (text, loaded, total) => this.status.showProgress(text, loaded, total),
      onCell: (message) => this.receive(message),
      onPlan: (cells) => this.showPlan(cells),
      onLost: (reason, note) => this.showLoss(reason, note),
      onStuck: () => this.status.show("The cell does not stop by itself.", ["Restart Python", () => this.session.restart()]),
    });
    const exchange = new Exchange(site, store, this.status, () => [...this.cells, ...this.answers]);
    this.bar = new WorkBar(site, store, {
      runAll: () => this.run(this.cells),
      restart: () => this.session.restart(),
      resetPage: () => this.resetPage(),
      exportNotebook: () => void exchange.exportNotebook(),
      importNotebook: (file) => void exchange.importNotebook(file),
    });
    this.cells = this.makeCells();
    const texts = document.querySelectorAll<HTMLElement>(".live-answer[data-grade-id]");
    const actions = { say: (text: string) => this.status.show(text), changed: (answer: TextAnswer) => this.markText(answer) };
    this.answers = [...texts].map((element) => new TextAnswer(element, store, actions));
    store.onElsewhere(() => this.hear());
  }

  /** Another tab wrote something: it may be a text of this page, or a mark. */
  private hear(): void {
    for (const place of [...this.cells, ...this.answers]) place.written.hear();
    this.bar.showMarks();
  }

  private makeCells(): LiveCell[] {
    const seen = new Map<string, number>();
    return this.site.page.cells.map((info, index) => {
      const repeat = seen.get(info.code) ?? 0;
      seen.set(info.code, repeat + 1);
      const key = Store.keyOf(this.site.page.name, info.gradeId, info.code, repeat);
      const actions = {
        run: (cell: LiveCell) => this.run([cell]),
        runAbove: (cell: LiveCell) => this.run(this.cells.slice(0, this.cells.indexOf(cell))),
        goOn: (cell: LiveCell) => this.goOn(cell),
        stop: () => this.session.interrupt(),
        say: (text: string) => this.status.show(text),
      };
      return new LiveCell(info, key, this.store, actions, index === 0);
    });
  }

  private run(targets: LiveCell[]): void {
    if (targets.length === 0) return;
    this.waiting.push(...targets);
    for (const cell of targets) cell.setWaiting();
    const ids = targets.map((cell) => cell.id);
    const last = Math.max(...targets.map((cell) => this.cells.indexOf(cell)));
    this.session.run(() => this.cells.slice(0, last + 1).map(asCode), ids);
  }

  /** Run the cell and move to the next, as Shift+Enter does in a notebook. */
  private goOn(cell: LiveCell): void {
    this.run([cell]);
    this.cells[this.cells.indexOf(cell) + 1]?.focus();
  }

  private receive(message: CellMessage): void {
    const cell = this.cells.find((each) => each.id === message.cell);
    this.waiting = this.waiting.filter((each) => each !== cell);
    cell?.receive(message);
    if (message.type === "begin") this.status.show(`Running ${cell?.info.label ?? "a cell"}`);
    if (message.type === "begin") this.failed = false;
    if (message.type === "end" && !message.ok) this.calmWaiting("Did not run: a cell before it stopped at an error.");
    if (message.type === "error") this.failed = true;
    if (message.type === "error") this.status.showBriefly(`${cell?.info.label ?? "A cell"} stopped: ${message.name}`);
    const report = message.type === "display" ? readReport(message.data, this.site.info.reportMimetype) : null;
    // A page that shows the answers must not mark the reader's own parts as right.
    if (report !== null && this.site.here.parts.some((part) => part.id === report[0])) {
      this.store.keepMark(...report);
      this.showMarks();
    }
  }

  /** Say which cells run that the reader did not ask for. */
  private showPlan(ids: string[]): void {
    const extra = this.cells.filter((cell) => ids.includes(cell.id) && !this.waiting.includes(cell));
    for (const cell of extra) cell.say("Runs first: a cell below needs it.");
  }

  private showState(state: SessionState): void {
    document.documentElement.dataset.livePython = state;
    const done = state === "idle" && this.waiting.length === 0;
    if (done && !this.kept) setTimeout(() => void keepBook(this.site), SETTLED);
    this.kept ||= done;
    if (done && !this.failed) this.status.showBriefly("Python is ready.");
  }

  private showLoss(reason: string, note: string): void {
    const running = this.cells.filter((cell) => cell.running);
    for (const cell of this.cells) cell.lose(running.includes(cell) ? note : "");
    this.calmWaiting(running.length > 0 ? "Did not run: Python is gone." : note);
    this.status.show(reason, ["Run the whole page", () => this.run(this.cells)]);
  }

  private calmWaiting(note: string): void {
    for (const cell of this.waiting) cell.say(note);
    this.waiting = [];
  }

  private markText(answer: TextAnswer): void {
    const status = answer.edited ? "tried" : "unattempted";
    if (statusOf(this.store, answer.gradeId) === status) return;
    this.store.keepMark(answer.gradeId, { status, points: 0, maxPoints: 0 });
    this.showMarks();
  }

  private showMarks(): void {
    this.bar.showMarks();
    showInContents(this.site, this.store);
  }

  private resetPage(): void {
    for (const cell of this.cells) cell.written.reset();
    for (const answer of this.answers) answer.reset();
    this.status.showBriefly("Every cell of this page is back to the book's text.");
  }
}

function asCode(cell: LiveCell): CellCode {
  return { id: cell.id, label: cell.info.label, code: cell.text };
}
