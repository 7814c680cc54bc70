/**
 * Make a front-end module of anywidget's form (AFM) from a figure: its state, its picture, its
 * controls and its result in words. The picture is a pure function, so that the same drawing is
 * the static picture of print, notebooks and pages without JavaScript.
 */
import { html, render, type SVGTemplateResult, type TemplateResult } from "lit-html";
import type { Model } from "./model";
import type { Parameters } from "./parameters";
import { PICTURE_STYLE } from "./picture-style";
import { FIGURE_STYLE } from "./style";
import { followTheme } from "./theme";

/** How wide a picture may be, in CSS pixels. */
export const NARROWEST = 300;
export const WIDEST = 720;
const STATUS_AFTER_MS = 500; // a screen reader hears the result when the reader pauses

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly content: SVGTemplateResult;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
}

/** Change the state: by new values, or by what follows from the state as it is by then. */
export interface Change<State> {
  (change: Partial<State> | ((now: State) => Partial<State>)): void;
}

/** What goes on by itself while a figure is shown, such as a training; `null` for most. */
export type Live = object | null;

export interface Figure<State extends object, Running extends Live = null> {
  readonly name: string;
  readonly title: string;
  /** What to try, in a sentence or two: it stands above the controls. */
  readonly task: string;
  readonly start: State;
  /** Other states to begin with, by name; a page chooses one. */
  readonly presets?: Readonly<Record<string, Partial<State>>>;
  /** The names of the parameters that it needs. */
  readonly needs: readonly (keyof Parameters)[];
  picture(state: State, parameters: Parameters, width: number): Picture;
  controls(
    state: State,
    change: Change<State>,
    parameters: Parameters,
    running: Running,
  ): TemplateResult;
  /** Set going what a control may start later; it ends with the signal, and changes the state by itself. */
  begin?(change: Change<State>, signal: AbortSignal): Running;
  /** The state that the still picture shows, where it takes a while to get there. */
  still?(): Partial<State>;
  /** How narrow the picture may be, where that is less than for others. */
  narrowest?(state: State): number;
  /** Controls that stand beside the picture where there is room, and below it where there is not. */
  side?(state: State, change: Change<State>, parameters: Parameters): TemplateResult;
  /** The result in words. */
  words(state: State, parameters: Parameters): string;
  /** More of the result, where a sentence cannot hold it: a table. */
  below?(state: State): TemplateResult | null;
  /** The state as an answer to an exercise, where there is something to hand over. */
  code?(state: State): Answer;
  /** Where the picture itself can be moved: called for a pointer that is down or moves. */
  drag?(state: State, point: Point, width: number, parameters: Parameters): Partial<State>;
  /** What a mouse that passes over the picture, or a finger that taps on it, looks at. */
  point?(state: State, point: Point, width: number): Partial<State>;
  /** Throws where the state cannot be shown: it may come from a cell's output, which may hold anything. */
  require?(state: State): void;
}

/** A place in the picture, in its own pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Python code for the answer cell of an exercise. */
export interface Answer {
  readonly gradeId: string;
  readonly code: string;
}

interface RenderArguments {
  readonly model: Model;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
}

/** What a build and a host need to know of a figure. */
export interface About {
  readonly name: string;
  readonly title: string;
  readonly task: string;
  readonly needs: readonly string[];
  readonly presets: Readonly<Record<string, object>>;
}

/** The module that hosts of figures take: `export default` of each figure's file. */
export interface FigureModule {
  readonly about: About;
  /** Draw the picture as it is at the start, `width` pixels wide, into an element. */
  drawStill(parameters: Parameters, state: object, width: number, into: HTMLElement): Picture;
  render(given: RenderArguments): () => void;
}

export function makeModule<State extends object, Running extends Live = null>(
  figure: Figure<State, Running>,
): FigureModule {
  const { name, title, task, needs, presets = {} } = figure;
  return {
    about: { name, title, task, needs, presets: { start: {}, ...presets } },
    drawStill(parameters, state, width, into) {
      const shown = { ...figure.start, ...figure.still?.(), ...state };
      const picture = figure.picture(shown, parameters, width);
      render(frame(picture), into);
      return picture;
    },
    render: (given) => new Shown(figure, given).end,
  };
}

/** A picture in its frame. */
function frame(picture: Picture): TemplateResult {
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="picture"
    role="img"
    aria-label=${picture.alt}
    width=${picture.width}
    height=${picture.height}
    viewBox="0 0 ${picture.width} ${picture.height}"
  >
    ${picture.content}
  </svg>`;
}

/** One figure on the screen, from `render` until it is taken away. */
class Shown<State extends object, Running extends Live> {
  readonly #figure: Figure<State, Running>;
  readonly #running: Running;
  readonly #model: Model;
  readonly #root: ShadowRoot;
  readonly #aborter = new AbortController();
  #state: State;
  #width = 0;
  #planned = 0;
  #stale = false; // what changed since the last drawing is drawn at the next frame
  #words = "";
  #message = ""; // what became of the code that was handed over
  #code = ""; // if nobody on the page has taken it
  #status = "";
  #statusTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(figure: Figure<State, Running>, { model, el, signal }: RenderArguments) {
    this.#figure = figure;
    this.#model = model;
    this.#state = { ...figure.start, ...(model.get("state") as Partial<State> | undefined) };
    figure.require?.(this.#state);
    const host = document.createElement("div");
    // JupyterLab takes single keys for its commands unless an element says that it needs them.
    host.dataset["lmSuppressShortcuts"] = "true";
    el.append(host);
    this.#root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(FIGURE_STYLE + PICTURE_STYLE);
    this.#root.adoptedStyleSheets = [style];
    followTheme(host, this.#aborter.signal);
    const room = new ResizeObserver(() => this.#measure());
    const follow = () => {
      if (model.get("state") === this.#state) return; // the figure has set it itself
      const state = { ...this.#state, ...(model.get("state") as Partial<State>) };
      figure.require?.(state);
      this.#state = state;
      this.#plan();
    };
    model.on("change:state", follow);
    this.#aborter.signal.addEventListener("abort", () => {
      room.disconnect();
      model.off("change:state", follow);
      cancelAnimationFrame(this.#planned);
      clearTimeout(this.#statusTimer);
      host.remove();
    });
    signal?.addEventListener("abort", this.end);
    this.#running = (figure.begin?.(this.#changeByItself, this.#aborter.signal) ?? null) as Running;
    this.#width = this.#fit(el.clientWidth || WIDEST);
    this.#draw();
    room.observe(this.#root.querySelector(".stage") ?? host);
  }

  end = (): void => this.#aborter.abort();

  #least(): number {
    return this.#figure.narrowest?.(this.#state) ?? NARROWEST;
  }

  #fit(room: number): number {
    return Math.round(Math.min(WIDEST, Math.max(this.#least(), room)));
  }

  #measure(): void {
    const stage = this.#root.querySelector(".stage");
    const width = this.#fit(stage?.clientWidth ?? WIDEST);
    if (width === this.#width) return;
    this.#width = width;
    this.#plan();
  }

  /** Draw at the next frame, once, however often the state changes until then. */
  #plan(): void {
    this.#stale = true;
    this.#planned ||= requestAnimationFrame(this.#catchUp);
  }

  #catchUp = (): void => {
    this.#planned = 0;
    if (this.#stale) this.#answer();
  };

  /**
   * Draw and lay out within the reader's own event: the frame that follows, up to 17 ms later, then
   * has only to paint. What else changes before that frame is drawn in it, together.
   */
  #answer(): void {
    const drawn = this.#planned !== 0;
    this.#plan(); // first, so that the browser can begin the frame meanwhile
    if (drawn) return;
    this.#draw();
    this.#root.host.getBoundingClientRect();
  }

  /** Change the state by the reader's input. */
  #change: Change<State> = (change) => {
    this.#set(change);
    this.#answer();
  };

  /** Change the state where no reader waits: a training's message lays out no page in between. */
  #changeByItself: Change<State> = (change) => {
    this.#set(change);
    this.#plan();
  };

  #set(change: Partial<State> | ((now: State) => Partial<State>)): void {
    // Several keys may be pressed before the next frame: the state of the last drawing may be old.
    const changed = typeof change === "function" ? change(this.#state) : change;
    this.#state = { ...this.#state, ...changed };
    this.#message = this.#code = ""; // of the state before
    this.#model.set("state", this.#state);
    this.#model.save_changes();
  }

  #draw(): void {
    this.#stale = false;
    const figure = this.#figure;
    const parameters = this.#model.get("parameters") as Parameters;
    const picture = figure.picture(this.#state, parameters, this.#width);
    const words = figure.words(this.#state, parameters);
    this.#tell(words);
    const whole = (text: string) => text.replace(/(\d) %/g, "$1\u00a0%"); // no line ends between them
    render(
      html`<p class="task">${whole(figure.task)}</p>
        <div class="controls">${figure.controls(this.#state, this.#change, parameters, this.#running)}</div>
        <div class="middle">
          ${figure.side === undefined
            ? null
            : html`<div>${figure.side(this.#state, this.#change, parameters)}</div>`}
          <div class="stage" style="flex-basis: ${this.#least()}px" @pointerdown=${figure.drag ? this.#grab : figure.point ? this.#point : null} @pointermove=${figure.point ? this.#point : null}>${frame(picture)}</div>
        </div>
        <p class="words">${whole(words)}</p>
        ${figure.below?.(this.#state) ?? null}
        ${figure.code === undefined
          ? null
          : html`<button type="button" class="hand-over" @click=${this.#handOver}>
                Write this into my answer
              </button>
              <span class="message">${this.#message}</span>
              ${this.#code === "" ? null : html`<pre tabindex="0">${this.#code}</pre>`}`}
        <p class="status" role="status">${this.#status}</p>`,
      this.#root,
    );
  }

  /** Give the code to whoever runs cells on this page; where nobody does, to the clipboard. */
  #handOver = (): void => {
    const answer = this.#figure.code?.(this.#state);
    if (answer === undefined) return;
    const taken = !this.#root.host.dispatchEvent(
      new CustomEvent("figure-code", {
        detail: answer,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
    if (taken) {
      this.#report("The code stands in your answer now.", "");
      return;
    }
    // `clipboard` is missing where a page is not secure, and may be forbidden; the code is shown anyway.
    const copied = (navigator.clipboard as Clipboard | undefined)?.writeText(answer.code);
    (copied ?? Promise.reject(new Error("no clipboard"))).then(
      () => this.#report("Copied: paste it into your answer.", answer.code),
      () => this.#report("Copy this into your answer.", answer.code),
    );
  };

  #report(message: string, code: string): void {
    this.#message = message;
    this.#code = code;
    this.#say(message);
  }

  #say(sentence: string): void {
    this.#status = sentence;
    this.#plan();
  }

  /** Say a new result aloud once the reader rests; the one at the start is not news. */
  #tell(words: string): void {
    const news = this.#words !== "" && this.#words !== words;
    this.#words = words;
    if (!news) return;
    clearTimeout(this.#statusTimer);
    this.#statusTimer = setTimeout(() => this.#say(words), STATUS_AFTER_MS);
  }

  #point = (event: PointerEvent): void => {
    if (event.type === "pointermove" && event.pointerType === "touch") return; // the reader scrolls
    const picture = this.#root.querySelector("svg.picture");
    if (picture === null) return;
    const seen: Partial<State> = this.#figure.point?.(this.#state, placeIn(picture, event, this.#width), this.#width) ?? {};
    const news = (Object.keys(seen) as (keyof State)[]).some((name) => seen[name] !== this.#state[name]);
    if (news) this.#change(seen);
  };

  #grab = (event: PointerEvent): void => {
    if (event.target instanceof Element && event.target.closest("[data-grip]") === null) return;
    const picture = this.#root.querySelector("svg.picture");
    if (picture === null) return;
    event.preventDefault();
    const move = (moved: PointerEvent) => {
      const point = placeIn(picture, moved, this.#width);
      const parameters = this.#model.get("parameters") as Parameters;
      this.#change(this.#figure.drag?.(this.#state, point, this.#width, parameters) ?? {});
    };
    const release = new AbortController();
    const until = { signal: AbortSignal.any([release.signal, this.#aborter.signal]) };
    window.addEventListener("pointermove", move, until);
    for (const end of ["pointerup", "pointercancel"])
      window.addEventListener(end, () => release.abort(), until);
  };
}

/** Where an event is in a picture, which a narrow column may have made smaller than it was drawn. */
function placeIn(picture: Element, event: PointerEvent, width: number): Point {
  const box = picture.getBoundingClientRect();
  const scale = width / box.width;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}
