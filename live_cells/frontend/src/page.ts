/** Tie the cells, text answers, Python and marks of one page together. */
import { TextAnswer } from "./answers/answer";
import { LiveCell } from "./cells/cell";
import { nameStore } from "./kept/store-names";
import { Exchange } from "./answers/exchange";
import { Leftovers } from "./kept/leftovers";
import type { Taker } from "./kept/leftovers";
import { showInContents, statusOf } from "./marks/marks";
import { keepBook } from "./kept/offline";
import { matchTexts } from "./kept/match-texts";
import type { StorePlace, Spot } from "./kept/match-texts";
import { placeMaths } from "./cells/maths";
import type { CellCode, CellMessage } from "./session/protocol";
import { Session } from "./session/session";
import type { SessionState } from "./session/session";
import type { Site } from "./site";
import { StatusLine } from "./status";
import type { Store } from "./kept/store";
import { CheckStates } from "./marks/check-states";
import { WorkBar } from "./workbar";

/** Milliseconds after the first run, so that the other pages wait for it and not it for them. */
const SETTLED = 5000;

/** Where a page shows what runs in it: in its own markup, or in widgets that another renderer places. */
export interface Surface {
  /** the box of a cell with its code and its output; null if the page does not show the cell */
  findCell: (id: string) => HTMLElement | null;
  /** the places of the text answers */
  texts: readonly HTMLElement[];
  placeBar: (bar: HTMLElement) => void;
  /** Python has run here: see to visits without a network */
  keep: () => void;
}

/** The surface of a page that Sphinx has built. */
export function findSurface(site: Site): Surface {
  return {
    findCell: (id) => document.getElementById(id),
    texts: [...document.querySelectorAll<HTMLElement>(".live-answer[data-grade-id]")],
    placeBar: (bar) => {
      const place = document.querySelector(".live-bar-place");
      if (place !== null) place.replaceWith(bar);
      else document.querySelector("main h1, article h1")?.after(bar);
    },
    keep: () => void keepBook(site),
  };
}

/** What a figure hands over: code for the cell with this `grade_id`. */
interface FigureCode {
  gradeId: string;
  code: unknown;
}

export class LivePage {
  private readonly cells: LiveCell[];
  private readonly answers: TextAnswer[];
  private readonly status = new StatusLine();
  private readonly bar: WorkBar;
  private readonly session: Session;
  private readonly checks: CheckStates;
  private waiting: LiveCell[] = [];
  /** name of the error that stopped the last run; empty if none did */
  private failure = "";
  /** the output that follows and that the cell now running runs for */
  private follower: LiveCell | undefined;
  private kept = false;
  private hearing = false;
  /** the reader has left, and the document goes on */
  private away = false;

  constructor(
    private readonly site: Site,
    private readonly store: Store,
    private readonly surface: Surface,
  ) {
    const python = site.info.python;
    if (python === null) throw new Error("This site has no Python.");
    const folder = site.page.name.split("/").slice(0, -1).join("/");
    this.session = new Session(site.url(site.info.worker), site.url(python.base), nameStore("python", site.root.href), folder, python, {
      onState: (state) => this.showState(state),
      onProgress: (text, loaded, total) => this.status.showProgress(text, loaded, total),
      onCell: (message, sent) => this.receive(message, sent),
      onPlan: (cells) => this.showPlan(cells),
      onLost: (reason, note, gone) => this.showLoss(reason, note, gone),
      onStuck: () => this.status.tell("The cell does not stop by itself.", ["Restart Python", () => this.session.restart()]),
    });
    const exchange = new Exchange(site, store, this.status, () => [...this.cells, ...this.answers]);
    placeMaths(site.page.maths ?? null);
    this.bar = new WorkBar(site, store, {
      runAll: () => this.runAll(this.cells),
      restart: () => this.session.restart(),
      resetPage: () => this.resetPage(),
      exportNotebook: () => void exchange.exportNotebook(),
      importNotebook: (file) => void exchange.importNotebook(file),
      openInLite: (lite, open) => void exchange.openInLite(lite, open),
    });
    surface.placeBar(this.bar.element);
    const { texts } = surface;
    const { places, left } = this.matchTexts(texts);
    this.cells = this.makeCells(places);
    this.checks = new CheckStates(store, site.info.reportMimetype, site.here.parts, this.cells, () => this.showMarks());
    this.checks.open();
    const actions = { say: (text: string) => this.status.tell(text), changed: (answer: TextAnswer) => this.markText(answer), hint: site.info.words.text };
    const textPlaces = places.slice(this.cells.length);
    this.answers = texts.flatMap((element, index) => {
      const place = textPlaces[index];
      return place === undefined ? [] : [new TextAnswer(element, this.nameOf(element.dataset.gradeId ?? ""), place, store, actions)];
    });
    this.bar.offer(new Leftovers(left, this.takers(), store, this.status).element);
    store.onElsewhere(() => this.hear());
    document.addEventListener("figure-code", (event) => this.takeCode(event as CustomEvent<FigureCode>));
  }

  /** A figure of the page offers code for an answer: put it there, and keep what stood there at hand. */
  private takeCode(event: CustomEvent<FigureCode>): void {
    const { gradeId, code } = event.detail;
    const cell = this.cells.find(({ info }) => info.gradeId === gradeId);
    if (this.away || cell === undefined || typeof code !== "string") return;
    event.preventDefault();
    const before = cell.text;
    cell.written.put(code);
    this.status.tell(
      `The figure's code stands in ${cell.info.label} now.`,
      ["Show it", () => cell.focus()],
      ["Put back what stood there", () => cell.written.put(before)],
    );
  }

  /** A cell's box was put somewhere else, maybe after the page had been left. */
  settle(id: string): void {
    this.away = false;
    this.status.place();
    this.cells.find((cell) => cell.id === id)?.settle();
  }

  /** The reader has gone elsewhere without leaving the document: Python ends, the texts stay. */
  leave(): void {
    this.away = true;
    this.session.restart();
    this.status.leave();
  }

  /** Another tab wrote something: it may be a text of this page, or a mark. */
  private hear(): void {
    this.hearing = true; // the other tab knows better what became of its change
    for (const place of [...this.cells, ...this.answers]) place.written.hear();
    this.checks.hear();
    this.hearing = false;
  }

  private nameOf(part: string): string {
    return this.site.here.parts.find(({ id }) => id === part)?.name ?? part;
  }

  /** Find what is kept for each cell, then for each text answer. */
  private matchTexts(texts: readonly HTMLElement[]): ReturnType<typeof matchTexts> {
    const spots = this.site.page.cells.map(({ gradeId, code, label }): Spot => ({ gradeId, stub: code, label }));
    for (const { dataset } of texts) {
      spots.push({ gradeId: dataset.gradeId ?? "", stub: dataset.stub ?? "", label: `the answer to ${this.nameOf(dataset.gradeId ?? "")}` });
    }
    for (const { gradeId, stub } of spots) if (gradeId !== null) this.store.noteStub(gradeId, stub);
    return matchTexts(this.site.page.name, spots, this.store.listTexts(), this.site.book);
  }

  /** What a text that has lost its cell can be put into. */
  private takers(): Taker[] {
    return [...this.cells.filter((cell) => cell.canBeSeen), ...this.answers];
  }

  private makeCells(places: readonly StorePlace[]): LiveCell[] {
    return this.site.page.cells.flatMap((info, index) => {
      const place = places[index];
      if (place === undefined) return [];
      const actions = {
        run: (cell: LiveCell) => this.run([cell]),
        runAbove: (cell: LiveCell) => this.runAll(this.cells.slice(0, this.cells.indexOf(cell))),
        goOn: (cell: LiveCell) => this.goOn(cell),
        stop: () => this.session.interrupt(),
        answer: (text: string) => this.session.answer(text),
        say: (text: string) => this.status.tell(text),
        changed: () => this.checks.refresh(!this.hearing),
      };
      return [new LiveCell(info, this.surface.findCell(info.id), place, this.store, actions, index === 0)];
    });
  }

  /** Run cells as the book's build does: without those that its author has it skip. */
  private runAll(cells: readonly LiveCell[]): void {
    const targets = cells.filter(({ info }) => !info.skipped);
    this.run(targets);
    if (targets.length === 0) this.status.tell("The book leaves all of these cells out of its own run: each runs by its own button.");
  }

  private run(targets: LiveCell[]): void {
    if (targets.length === 0) return;
    this.waiting.push(...targets);
    for (const cell of targets) cell.setWaiting();
    this.checks.wait(targets);
    const ids = targets.map((cell) => cell.id);
    // an output below whose code does not show may follow
    const read = [...targets, ...this.cells.filter((cell) => cell.isOutputOnly)];
    const last = Math.max(...read.map((cell) => this.cells.indexOf(cell)));
    this.session.run(() => this.cells.slice(0, last + 1).map(({ sent }) => sent), ids);
  }

  /** Run the cell and move to the next, as Shift+Enter does in a notebook. */
  private goOn(cell: LiveCell): void {
    this.run([cell]);
    this.cells.slice(this.cells.indexOf(cell) + 1).find((each) => each.canBeSeen)?.focus();
  }

  private receive(message: CellMessage, sent: readonly CellCode[]): void {
    const cell = this.cells.find((each) => each.id === message.cell);
    if (cell === undefined) return;
    this.waiting = this.waiting.filter((each) => each !== cell);
    const { showsOutput } = cell; // before its error stands there
    cell.receive(message);
    const { label } = cell.info;
    if (message.type === "begin") {
      this.failure = "";
      this.follower = this.cells.find(({ id }) => id === message.follower);
      if (cell.canBeSeen) this.sayOf(cell, `Running ${label}`, (text) => this.status.show(text));
      else this.status.show(`Running ${label}`, ["Stop", () => this.session.interrupt()]); // it has no button of its own
      this.checks.begin(cell, message.needs, sent);
    } else if (message.type === "display") {
      this.checks.show(cell, message.data);
    } else if (message.type === "change") {
      for (const each of this.cells) each.change(message.data, message.id);
    } else if (message.type === "ask") {
      this.ask(cell, message.prompt.trim() || `${capitalize(label)} asks for a line`);
    } else if (message.type === "error") {
      this.failure = message.name;
      const inPlace = showsOutput ? undefined : (this.follower ?? this.waiting.find((each) => each.showsOutput));
      if (inPlace !== cell) inPlace?.showErrorOf(cell, message.text);
      this.sayOf(inPlace ?? cell, `${capitalize(label)} stopped: ${message.name}`, (text) => this.status.showBriefly(text));
    } else if (message.type === "skip") {
      this.checks.miss([cell], `the check did not run, because ${message.reason}`);
    } else if (message.type === "end") {
      for (const each of this.cells) each.dropQuestion();
      this.checks.end(cell, message.ok);
      if (!message.goesOn) this.calmWaiting(this.failure === "Stopped" ? `${label} was stopped` : `${label} stopped at an error (${this.failure})`);
    }
  }

  /** Ask for a line where the reader sees it; what a cell that shows nothing asks, the one that waits for it does. */
  private ask(cell: LiveCell, prompt: string): void {
    const place = cell.showsOutput ? cell : this.waiting.find((each) => each.showsOutput);
    if (place === undefined) {
      this.session.interrupt(); // there is nowhere to type it
      return;
    }
    place.ask(prompt);
    this.sayOf(place, prompt, (text) => this.status.tell(text, ["Answer", () => place.showQuestion()]));
  }

  /** Say what becomes of a cell; whoever has it on the screen sees it there. */
  private sayOf(cell: LiveCell, text: string, show: (text: string) => void): void {
    if (cell.isInSight()) this.status.announce(text);
    else show(text);
  }

  /** Say which cells run that the reader did not ask for. */
  private showPlan(ids: string[]): void {
    const extra = this.cells.filter((cell) => ids.includes(cell.id) && !this.waiting.includes(cell));
    for (const cell of extra) cell.say("Runs first: a cell below needs it.");
  }

  private showState(state: SessionState): void {
    document.documentElement.dataset.livePython = state;
    const done = state === "idle" && this.waiting.length === 0;
    if (done && !this.kept) setTimeout(this.surface.keep, SETTLED);
    this.kept ||= done;
    if (done && this.failure === "") this.status.announce("Python is ready.");
  }

  private showLoss(reason: string, note: string, gone: boolean): void {
    const running = this.cells.filter((cell) => cell.running);
    for (const cell of this.cells) {
      cell.dropQuestion();
      cell.lose(running.includes(cell) ? note : "");
    }
    for (const cell of running) this.checks.end(cell, false);
    this.checks.lose();
    this.calmWaiting(running.length > 0 ? "Python is gone" : "Python has not started");
    this.status.tell(reason, ["Run the whole page", () => this.runAll(this.cells)]);
    if (gone) void this.status.tellIfNewer(this.site);
  }

  /** Say why the cells that wait do not run now. */
  private calmWaiting(reason: string): void {
    for (const cell of this.waiting) cell.say(`Did not run: ${reason}.`);
    this.checks.miss(this.waiting, `the check did not run, because ${reason}`);
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
    this.checks.forget();
    this.status.showBriefly("Every cell of this page is back to the book's text.");
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
