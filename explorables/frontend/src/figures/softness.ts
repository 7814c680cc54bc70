/** Scale the scores: the order stays, the attention moves. Before part (a) of exercise 2. */
import { html, svg } from "lit-html";
import { makeModule } from "../core/figure";
import { percent } from "../core/words";
import { slider } from "../draw/controls";
import { bottomAxis, makeScale, path, px } from "../draw/plot";
import { softmax } from "../maths/attention";

const SCORES = [3, 2, 2.5, 1, 0.5] as const; // of five keys; the first is the wanted one
const NEEDED = 0.8; // the attention that the checks ask of the wanted token
const ROW = 30;

interface State {
  /** The scores are multiplied by 2 to this power. */
  power: number;
}

const factor = ({ power }: State) => 2 ** power;

function shares(state: State): number[] {
  return softmax(SCORES.map((score) => factor(state) * score));
}

export default makeModule<State>({
  name: "softness",
  title: "Scale the scores",
  task:
    "Multiply all the scores by one number. Watch the order of the bars, and how much attention " +
    "the wanted token gets: find the smallest factor that gives it 80 %.",
  start: { power: 0 },
  needs: [],

  picture(state, _parameters, width) {
    const names = 92;
    const numbers = 58;
    const x = makeScale(0, 1, names, width - numbers);
    const top = 26;
    const bottom = top + ROW * SCORES.length + 6;
    const rows = shares(state);
    const needed = x(NEEDED);
    return {
      width,
      height: bottom + 42,
      alt: `Bars: how five tokens share the attention of one query. ${this.words(state, _parameters)}`,
      content: svg`
        <path class="line green dashed thin" d=${path([[needed, top - 6], [needed, bottom]])} />
        <text class="small" x=${px(needed)} y=${top - 11} text-anchor="middle">needed: 80 %</text>
        ${rows.map((share, i) => {
          const y = top + ROW * i;
          const score = factor(state) * (SCORES[i] ?? 0);
          return svg`<text class=${i === 0 ? "strong" : ""} x="0" y=${y + 19}>${i === 0 ? "▶ " : ""}${score.toFixed(2)}</text>
            <rect class=${i === 0 ? "bar orange" : "bar"} x=${names} y=${y + 4} width=${px(Math.max(0.5, x(share) - names))} height="20" />
            <text class="small" x=${px(x(share) + 6)} y=${y + 19}>${percent(share)}</text>`;
        })}
        <text class="small muted" x="0" y=${top - 11}>score</text>
        ${bottomAxis(x, bottom, [0, 0.25, 0.5, 0.75, 1], "share of the attention")}`,
    };
  },

  controls(state, change) {
    const said = `times ${factor(state).toFixed(2)}`;
    return html`${slider({ label: "All scores", said, value: state.power, least: -4, most: 4, step: 0.1, change: (power) => change({ power }) })}`;
  },

  words(state) {
    const [wanted = 0, ...others] = shares(state);
    const next = Math.max(...others);
    const verdict = wanted >= NEEDED ? "That is sharp enough." : "The ranking is right, and still it is too soft.";
    return `The wanted token has the highest score at every factor. At this one it gets ${percent(wanted)} of the attention, and the next best ${percent(next)}. ${verdict}`;
  },
});
