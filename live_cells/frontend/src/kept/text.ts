/** Keep one text of the page: what stands here, what the browser has, and what another tab made of it. */
import { make, makeButton } from "../dom";
import type { StorePlace } from "./match-texts";
import { isSame } from "./store";
import type { Store } from "./store";

export const REFUSED = "This browser does not let the page keep your text: download your answers before you leave.";
const ELSEWHERE = "This was changed in another tab. What you write here is not kept until you choose.";

export interface KeptTextEvents {
  /** put a text that was not typed here into its editor */
  show: (text: string) => void;
  changed: () => void;
  /** say something to the reader */
  say: (text: string) => void;
}

export class KeptText {
  text: string;
  readonly stubChanged: boolean;
  /** stays empty until two tabs disagree */
  readonly notice = make("span", { class: "live-elsewhere", role: "status" });
  private touched = false;
  private disputed = false;

  constructor(
    private readonly store: Store,
    private readonly place: StorePlace,
    readonly stub: string,
    private readonly events: KeptTextEvents,
  ) {
    const found = store.findText(place.key, stub);
    this.text = found?.text ?? stub;
    this.stubChanged = found?.stubChanged ?? false;
  }

  get edited(): boolean {
    return !isSame(this.text, this.stub);
  }

  /** Take what the reader typed here. */
  type(text: string): void {
    this.touched = true;
    this.text = text;
    if (!this.disputed) this.keep();
    this.events.changed();
  }

  /** Take a text that the reader brought or asked for; it settles a dispute between tabs. */
  put(text: string): void {
    this.text = text;
    this.settle();
    this.keep();
    this.events.show(text);
    this.events.changed();
  }

  reset(): void {
    this.put(this.stub);
  }

  /** Another tab changed what the browser keeps: follow it, or ask if the reader writes here too. */
  hear(): void {
    const other = this.find();
    if (isSame(other, this.text)) this.settle();
    else if (!this.touched) this.follow();
    else this.ask();
  }

  private find(): string {
    return this.store.findText(this.place.key, this.stub)?.text ?? this.stub;
  }

  private follow(): void {
    this.text = this.find();
    this.touched = false;
    this.settle();
    this.events.show(this.text);
    this.events.changed();
  }

  private ask(): void {
    if (this.disputed) return;
    this.disputed = true;
    const take = makeButton("Show the other tab's text", () => this.follow());
    const keep = makeButton("Keep this text", () => this.put(this.text));
    this.notice.replaceChildren(ELSEWHERE, " ", take, " ", keep);
  }

  private settle(): void {
    this.disputed = false;
    this.notice.replaceChildren();
  }

  private keep(): void {
    if (!this.store.keepText(this.place.key, this.stub, this.text, this.place.from)) this.events.say(REFUSED);
  }
}
