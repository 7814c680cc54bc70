/** Download the page's answers as a notebook, and take answers from one that the reader brings. */
import { count, make } from "../dom";
import { fillNotebook, findUntouched, parseNotebook, readAnswers } from "./notebook";
import type { Notebook } from "./notebook";
import type { Site } from "../site";
import type { StatusLine } from "../status";
import { isSame } from "../kept/store";
import type { Store } from "../kept/store";
import type { KeptText } from "../kept/text";

/** A code cell or a text answer; only those with a grade_id go into a notebook. */
export interface Place {
  gradeId: string | null;
  /** what the reader calls it */
  label: string;
  written: KeptText;
}

/** An answer that comes in, and where to. */
interface Arrival {
  written: KeptText;
  text: string;
}

export class Exchange {
  constructor(
    private readonly site: Site,
    private readonly store: Store,
    private readonly status: StatusLine,
    private readonly places: () => Place[],
  ) {}

  async exportNotebook(): Promise<void> {
    const path = this.site.here.notebook ?? "";
    try {
      const blank = await this.fetchBlank(path);
      const answers = this.findAnswers(readAnswers(blank, this.isAnswer).keys());
      const text = `${JSON.stringify(fillNotebook(blank, answers, this.isAnswer), null, 1)}\n`;
      download(text, baseName(path));
      this.sayWhatIsIn(text);
    } catch (error) {
      this.status.tell(`The notebook could not be made: ${(error as Error).message}. Your text is still here; try again.`);
    }
  }

  /** Say which of the page's answers are in the file that was made, as it reads. */
  private sayWhatIsIn(text: string): void {
    const held = readAnswers(parseNotebook(text), this.isAnswer);
    const edited = this.places().filter(({ written }) => written.edited);
    const asked = edited.filter(({ gradeId }) => gradeId !== null && this.isAnswer(gradeId));
    const missing = asked.filter(({ gradeId, written }) => held.get(gradeId ?? "") !== written.text);
    const others = edited.length - asked.length;
    const aside = others === 0 ? "" : ` It holds answers only: what you changed in ${count(others, "other cell")} stays on this page.`;
    if (missing.length > 0) {
      const labels = missing.map(({ label }) => label).join(", ");
      this.status.tell(`The downloaded notebook has no cell for ${labels}: what you wrote there is not in it, so copy it from this page.${aside}`);
    } else if (asked.length === 0 && others > 0) this.status.tell(`No answer has been written on this page, so the downloaded notebook is blank.${aside}`);
    else this.status.showBriefly(`Your answers are in the downloaded notebook.${aside}`);
  }

  private readonly isAnswer = (gradeId: string): boolean => this.site.parts.some(({ id }) => id === gradeId);

  /** Put the page's answers into the notebook that JupyterLite is to open, then `open` it. */
  async openInLite(lite: string, open: () => void): Promise<void> {
    const path = this.site.here.notebook ?? "";
    const name = baseName(path);
    try {
      const blank = await this.fetchBlank(path);
      const stubs = readAnswers(blank, this.isAnswer);
      const answers = this.findAnswers(stubs.keys());
      const { JupyterLite } = await import("./jupyterlite");
      const files = new JupyterLite(this.site.url(lite));
      const worked = await files.find(name);
      const held = readAnswers(worked ?? blank, this.isAnswer);
      const untouched = findUntouched(worked ?? blank);
      const others = [...answers].filter(([gradeId, text]) => held.has(gradeId) && !isSame(held.get(gradeId) ?? "", text));
      const bring = async (): Promise<void> => {
        await files.put(name, fillNotebook(worked ?? blank, new Map(others), this.isAnswer));
        open();
      };
      const written = others.filter(([gradeId]) => !untouched.has(gradeId) && !isSame(held.get(gradeId) ?? "", stubs.get(gradeId) ?? ""));
      if (others.length === 0) open();
      else if (written.length === 0) await bring();
      else {
        const question = `The notebook has ${count(written.length, "answer")} of yours that ${written.length === 1 ? "differs" : "differ"} from this page's.`;
        const replace = () => void bring().catch((error: unknown) => this.sayNotBrought(error, open));
        this.status.ask(question, ["Replace with this page's", replace], ["Open it as it is", open]);
      }
    } catch (error) {
      this.sayNotBrought(error, open);
    }
  }

  private sayNotBrought(error: unknown, open: () => void): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.status.tell(`Your answers could not be put into the notebook (${reason}): download them here and upload them there.`, ["Open it without them", open]);
  }

  private async fetchBlank(path: string): Promise<Notebook> {
    const response = await fetch(this.site.url(path));
    if (!response.ok) throw new Error(`the site answered ${response.status}`);
    return parseNotebook(await response.text());
  }

  /** What stands in this page, kept or not; for parts of other pages, what the browser keeps. */
  findAnswers(gradeIds: Iterable<string>): Map<string, string> {
    const answers = new Map<string, string>();
    for (const gradeId of gradeIds) {
      const here = this.places().find((place) => place.gradeId === gradeId)?.written;
      const text = here === undefined ? this.store.findText(`answer/${gradeId}`, "")?.text : here.edited ? here.text : undefined;
      if (text !== undefined) answers.set(gradeId, text);
    }
    return answers;
  }

  async importNotebook(file: Blob): Promise<void> {
    try {
      const text = await file.text().catch(() => {
        throw new Error("The browser could not read that file: choose it again.");
      });
      const notebook = parseNotebook(text);
      this.takeIn(readAnswers(notebook, this.isAnswer), findUntouched(notebook));
    } catch (error) {
      this.status.tell((error as Error).message);
    }
  }

  /** Bring answers into the page; ask before one of the reader's own is replaced. */
  takeIn(answers: ReadonlyMap<string, string>, untouched: ReadonlySet<string> = new Set()): void {
    const known = this.places().filter(({ gradeId }) => gradeId !== null && answers.has(gradeId));
    if (known.length === 0) throw new Error("None of this page's answers is in that notebook.");
    // a blank notebook of an earlier version holds other stubs than this page, and no answers
    const isBlank = (gradeId: string, text: string) => untouched.has(gradeId) || this.store.wasStub(gradeId, text);
    const brought = known.filter(({ gradeId }) => gradeId !== null && !isBlank(gradeId, answers.get(gradeId) ?? ""));
    const arrivals = brought.map(({ gradeId, written }) => ({ written, text: trimEnd(answers.get(gradeId ?? "") ?? "") }));
    const filled = arrivals.filter(({ written, text }) => text !== "" && !isSame(text, written.stub));
    if (filled.length === 0) throw new Error("That notebook holds no answers yet, so nothing here has changed.");
    const fresh = filled.filter(({ written, text }) => !isSame(text, written.text));
    if (fresh.length === 0) throw new Error("The answers in that notebook are all here already.");
    const replacing = fresh.filter(({ written }) => written.edited);
    if (replacing.length === 0) this.take(fresh);
    else this.ask(fresh, replacing);
  }

  private ask(fresh: Arrival[], replacing: Arrival[]): void {
    const others = fresh.filter((arrival) => !replacing.includes(arrival));
    const question = `${count(replacing.length, "answer")} that you wrote on this page would be replaced by the notebook's.`;
    this.status.ask(
      question,
      [`Replace ${replacing.length === 1 ? "it" : "them"}`, () => this.take(fresh)],
      others.length === 0
        ? ["Keep mine", () => this.status.showBriefly("Your answers are as they were.")]
        : ["Keep mine, bring in the rest", () => this.take(others)],
    );
  }

  private take(arrivals: Arrival[]): void {
    const one = arrivals.length === 1;
    this.status.showBriefly(`${count(arrivals.length, "answer")} came in. Run the ${one ? "check to see how it does" : "checks to see how they do"}.`);
    for (const { written, text } of arrivals) written.put(text); // may say that it cannot be kept
  }
}

export function baseName(path: string): string {
  return path.replace(/^.*\//, "");
}

/** A notebook's source may end in newlines that nobody wrote. */
function trimEnd(text: string): string {
  return text.replace(/\n+$/, "");
}

function download(text: string, name: string): void {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
