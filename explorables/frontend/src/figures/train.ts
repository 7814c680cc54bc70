/** Train a two-layer model on lists of words, and watch an induction head form. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import findProgram from "worker:train-worker-entry";
import { makeModule, type Change } from "../core/figure";
import { choice, slider } from "../draw/controls";
import { drawPattern } from "../draw/pattern-map";
import { bottomAxis, leftAxis, makeScale, path, px, type Scale } from "../draw/plot";
import { STEPS, type News, type Order } from "../training/train-worker";
import { requireOwn, type Own } from "../maths/own-circuit";
import { measureOwn, SHAPE, startTraining, type Choices, type Mass, type Snapshot } from "../training/training";

const WANTED_MEAN = 0.95; // of a head's attention, as the checks of exercise 3 ask it; and at every query
const WANTED_LEAST = 0.8;
const BY_CHANCE = 1 / Math.sqrt(SHAPE.d_model); // the K-composition of random matrices
const STILL_STEPS = 200; // enough to see it form, and the build waits for them

type Phase = "ready" | "running" | "paused" | "done" | "failed";
type Cut = "none" | "first" | "last";

interface State {
  phase: Phase;
  layers: 1 | 2;
  periods: "long" | "short";
  seed: number;
  cut: Cut;
  /** Which snapshot is shown; the newest where it is null. */
  shown: number | null;
  history: readonly Snapshot[];
  line: readonly number[];
  /** The learner's heads of exercise 3, where the page hands them over. */
  own: Own | null;
}

const PERIODS = { long: [5, 16], short: [3, 6] } as const;

const choices = ({ layers, periods, seed }: State): Choices => ({ layers, periods: PERIODS[periods], seed });

/** The worker of one figure on the screen. An order returns what it changes, for the control to change at once. */
class Trainer {
  #worker: Worker | null = null;
  #history: Snapshot[] = [];
  readonly #change: Change<State>;

  constructor(change: Change<State>, signal: AbortSignal) {
    this.#change = change;
    signal.addEventListener("abort", () => this.#worker?.terminate());
  }

  start(chosen: Choices): Partial<State> {
    this.#worker?.terminate();
    this.#history = [];
    try {
      this.#worker = new Worker(findProgram());
    } catch {
      return { phase: "failed" };
    }
    this.#worker.onerror = () => this.#change({ phase: "failed" });
    this.#worker.onmessage = ({ data }: MessageEvent<News>) => {
      this.#history = [...this.#history, data.snapshot];
      this.#change({
        history: this.#history,
        line: data.line,
        ...(data.done ? { phase: "done" as const } : {}),
      });
    };
    this.#tell({ kind: "start", choices: chosen });
    return { phase: "running", history: [], shown: null };
  }

  pause(): Partial<State> {
    this.#tell({ kind: "pause" });
    return { phase: "paused" };
  }

  goOn(): Partial<State> {
    this.#tell({ kind: "go on" });
    return { phase: "running", shown: null };
  }

  #tell(order: Order): void {
    this.#worker?.postMessage(order);
  }
}

function shownOf({ history, shown }: State): Snapshot | undefined {
  return history[shown ?? history.length - 1];
}

/** Which layer is taken out. */
function cutLayer({ cut, layers }: State): number | null {
  if (cut === "none") return null;
  return cut === "first" ? 0 : layers - 1;
}

function accuracyOf(snapshot: Snapshot, state: State): number {
  const layer = cutLayer(state);
  return layer === null ? snapshot.accuracy : (snapshot.without[layer] ?? 0);
}

const share = (value: number) => value.toFixed(2);
const percent = (value: number) => `${Math.round(100 * value)} %`;

function drawLine(history: readonly Snapshot[], x: Scale, y: Scale, value: (at: Snapshot) => number, style: string): SVGTemplateResult {
  return svg`<path class="line ${style}" d=${path(history.map((at) => [x(at.step), y(value(at))]))} />`;
}

function drawCurves(state: State, width: number, top: number, height: number): SVGTemplateResult {
  const { history } = state;
  const now = shownOf(state);
  const left = 38;
  const x = makeScale(0, STEPS, left, width - 14); // half of the last label stands behind it
  const loss = makeScale(0, 4.5, top + 92, top + 18);
  const scores = makeScale(0, 1, top + height, top + 140);
  const names = [
    ["accuracy", ""],
    ["head 1 on the token before", "blue dashed"],
    ["last head on the words to come", "orange dotted"],
    ...(state.layers === 2 ? [["K-composition, head 1 to head 2", "purple thin"] as const] : []),
  ] as const;
  const chance = Math.log(32);
  return svg`<path class="rule dashed" d=${path([[left, loss(chance)], [width - 10, loss(chance)]])} />
    <text class="small muted" x=${width - 10} y=${px(loss(chance) - 5)} text-anchor="end">all 32 words alike: 3.47</text>
    ${leftAxis(loss, left, [0, 2, 4], "loss of the next word, in nats")}
    ${leftAxis(scores, left, [0, 0.5, 1], "share")}
    ${drawLine(history, x, loss, (at) => at.loss, "")}
    ${drawLine(history, x, scores, (at) => accuracyOf(at, state), "thick")}
    ${drawLine(history, x, scores, (at) => at.previous.mean, "blue dashed")}
    ${drawLine(history, x, scores, (at) => at.induction.mean, "orange dotted thick")}
    ${state.layers === 2 ? drawLine(history, x, scores, (at) => at.composition ?? 0, "purple thin") : null}
    ${now === undefined ? null : svg`<path class="line green thin" d=${path([[x(now.step), top + 18], [x(now.step), top + height]])} />`}
    ${bottomAxis(x, top + height, [0, 100, 200, 300], "training steps")}
    ${names.map(([name, style], i) => {
      const y = top + height + 54 + 18 * i;
      return svg`<path class="line ${style} ${["blue dashed", "purple thin"].includes(style) ? "" : "thick"}" d=${`M${left} ${y - 4}h34`} /><text class="small" x=${left + 42} y=${y}>${name}</text>`;
    })}`;
}

/** What is measured of a learner's heads, on lists of long and of short periods. */
const measured = new WeakMap<Own, Partial<Record<State["periods"], ReturnType<typeof measureOwn>>>>();

function measureOnce(own: Own, periods: State["periods"]): ReturnType<typeof measureOwn> {
  const kept = measured.get(own) ?? {};
  measured.set(own, kept);
  return (kept[periods] ??= measureOwn(own, PERIODS[periods]));
}

/** The demands of exercise 3 on both heads: what is wanted, and what of a mass it is about. */
const DEMANDS = [
  ["on average", WANTED_MEAN, (mass: Mass) => mass.mean, share],
  ["at every query, at least", WANTED_LEAST, (mass: Mass) => mass.least, share],
  ["ranked above all others", 1, (mass: Mass) => mass.first, percent],
] as const;

/** The demands of exercise 3, the trained heads, and the learner's. */
function tellDemands(state: State): TemplateResult | null {
  const now = shownOf(state);
  if (now === undefined) return null;
  const { layers, own, periods } = state;
  const yours = own === null ? null : measureOnce(own, periods);
  const heads = [
    ...(layers === 2 ? [["head 1, on the token before", now.previous, yours?.previous] as const] : []),
    [layers === 2 ? "head 2, on the words to come" : "the head, on the words to come", now.induction, yours?.induction] as const,
  ];
  const cell = (mass: Mass | null | undefined, wanted: number, of: (mass: Mass) => number, say: (value: number) => string) =>
    mass == null ? html`<td>–</td>` : html`<td>${say(of(mass))} ${of(mass) >= wanted ? "✓" : html`<span aria-label="too little">✗</span>`}</td>`;
  return html`<div class="wide" tabindex="0" role="group" aria-label="The demands of exercise 3"><table>
    <caption>What the checks of exercise 3 ask of attention, read off these heads</caption>
    <thead><tr><td></td><th scope="col">wanted</th><th scope="col">trained, step ${now.step}</th>${yours === null ? null : html`<th scope="col">yours</th>`}</tr></thead>
    <tbody>${heads.flatMap(([name, trained, mine]) =>
      DEMANDS.map(([demand, wanted, of, say]) => html`<tr><th scope="row">${name}: ${demand}</th><td>${say(wanted)}</td>${cell(trained, wanted, of, say)}${yours === null ? null : cell(mine, wanted, of, say)}</tr>`))}</tbody>
  </table></div>`;
}

export default makeModule<State, Trainer>({
  name: "train",
  title: "Watch an induction head form",
  task:
    "The model sees lists of a few words, said over and over. Start the training. Does it get " +
    "better little by little? When the loss has fallen, take one head away, then the other.",
  start: { phase: "ready", layers: 2, periods: "long", seed: 0, cut: "none", shown: null, history: [], line: [], own: null },
  needs: [],
  require({ own }) {
    if (own !== null) requireOwn(own);
  },

  begin: (change, signal) => new Trainer(change, signal),

  still() {
    const training = startTraining({ layers: 2, periods: PERIODS.long, seed: 0 });
    const history = [training.measure()];
    while (history.length <= STILL_STEPS / 10) {
      for (let i = 0; i < 10; i++) training.advance();
      history.push(training.measure());
    }
    return { phase: "done", history, line: training.line };
  },

  picture(state, parameters, width) {
    const now = shownOf(state);
    const wide = width >= 600;
    const size = wide ? 232 : (width - 16) / 2;
    const curves = wide ? width - size - 40 : width;
    const height = 284;
    const n = state.line.length || 33;
    const [left, top] = wide ? [width - size - 2, 30] : [0, height + 158];
    const one = state.layers === 1;
    const second: readonly [number, number] = wide ? [left, top + size + 34] : [size + 12, top];
    return {
      width,
      height: wide ? Math.max(height + 126, 2 * size + 72) : top + size + 8,
      alt: `The loss and the scores against the training steps, and the attention patterns. ${this.words(state, parameters)}`,
      content: svg`${drawCurves(state, curves, 12, height)}
        ${drawPattern(now?.patterns[0], n, one ? "the only head" : "head 1, layer 1", left, top, size)}
        ${one ? null : drawPattern(now?.patterns[1], n, "head 2, layer 2", ...second, size)}`,
    };
  },

  controls(state, change, _parameters, trainer) {
    const { phase, history } = state;
    const busy = phase === "running";
    const begin = (changed: Partial<State>) => {
      change({ ...changed, ...trainer.start(choices({ ...state, ...changed })) });
    };
    const main = busy
      ? html`<button type="button" @click=${() => change(trainer.pause())}>Pause</button>`
      : phase === "paused"
        ? html`<button type="button" @click=${() => change(trainer.goOn())}>Go on</button>`
        : html`<button type="button" @click=${() => begin({})}>${phase === "ready" ? "Start" : "Start again"}</button>`;
    const last = Math.max(0, history.length - 1);
    const at = state.shown ?? last;
    return html`<div>${main}
        <button type="button" @click=${() => begin({ seed: state.seed + 1 })}>With other first weights</button></div>
      ${choice("layers", "Layers", [["2", "two"], ["1", "one"]], state.layers === 1 ? "1" : "2", (layers) => begin({ layers: layers === "1" ? 1 : 2, cut: "none" }))}
      ${choice("periods", "Lists of", [["long", "5 to 16 words"], ["short", "3 to 6 words"]], state.periods, (periods) => begin({ periods }))}
      ${choice("cut", "Take away", [["none", "nothing"], ["first", state.layers === 1 ? "the head" : "head 1"], ...(state.layers === 1 ? [] : [["last", "head 2"] as const])], state.cut, (cut) => change({ cut }))}
      ${slider({
        label: "Look at step",
        said: String(history[at]?.step ?? 0),
        value: at,
        least: 0,
        most: Math.max(1, last),
        step: 1,
        change: (shown) => {
          if (history.length === 0) return;
          change({ ...(busy ? trainer.pause() : {}), shown });
        },
      })}`;
  },

  below: tellDemands,

  words(state) {
    const now = shownOf(state);
    if (state.phase === "failed") return "This place lets no training run: its page forbids workers.";
    if (now === undefined) return "Nothing is trained yet: the weights are random.";
    const layer = cutLayer(state);
    const cut = layer === null ? "" : ` without head ${layer + 1}`;
    const guesses = `At step ${now.step} the model${cut} guesses ${percent(accuracyOf(now, state))} of the words that can be known.`;
    const late = `Its last head gives the words to come ${share(now.induction.mean)} of its attention`;
    if (state.layers === 1) return `${guesses} ${late}.`;
    return `${guesses} Head 1 gives the token before ${share(now.previous.mean)} of its attention. ${late}. The keys of head 2 read head 1 with a K-composition of ${share(now.composition ?? 0)}; heads that have learned nothing have about ${share(BY_CHANCE)}.`;
  },
});
