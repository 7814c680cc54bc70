/** Turn a head's queries and keys alike: every entry changes and no score does. After exercise 2a. */
import { html, svg, type SVGTemplateResult } from "lit-html";
import { makeModule } from "../core/figure";
import { slider } from "../draw/controls";
import { px } from "../draw/plot";
import { attentionScores, multiply, type Matrix } from "../maths/attention";

/** A small head and three tokens, made up: 2-dimensional queries and keys on a stream of 5. */
const W_Q: Matrix = [
  [1, 0.5, 0, -0.5, 2],
  [0, 1.5, -1, 0.5, 0],
];
const W_K: Matrix = [
  [0.5, -1, 1, 0, 1],
  [2, 0, 0.5, -1.5, 0],
];
const X: Matrix = [
  [1, 0, 2, -1, 0],
  [0, 1, -1, 2, 1],
  [-1, 2, 0, 0, 1],
];

interface State {
  /** How far R turns, in degrees. */
  turn: number;
  /** Whether the keys turn with the queries. */
  both: boolean;
}

function rotationBy(degrees: number): Matrix {
  const angle = (degrees * Math.PI) / 180;
  return [
    [Math.cos(angle), -Math.sin(angle)],
    [Math.sin(angle), Math.cos(angle)],
  ];
}

function turned(state: State): { W_Q: Matrix; W_K: Matrix; scores: Matrix } {
  const R = rotationBy(state.turn);
  const queries = multiply(R, W_Q);
  const keys = state.both ? multiply(R, W_K) : W_K;
  return { W_Q: queries, W_K: keys, scores: attentionScores(X, queries, keys) };
}

/** How many entries of the two matrices differ from those at the start, and the largest change of a score. */
export function compare(state: State): { changed: number; entries: number; score: number } {
  const now = turned(state);
  const pairs = [...W_Q.flat().map((value, i) => [value, now.W_Q.flat()[i] ?? 0] as const), ...W_K.flat().map((value, i) => [value, now.W_K.flat()[i] ?? 0] as const)];
  const before = attentionScores(X, W_Q, W_K).flat();
  return {
    changed: pairs.filter(([a, b]) => Math.abs(a - b) > 1e-9).length,
    entries: pairs.length,
    score: Math.max(...now.scores.flat().map((value, i) => Math.abs(value - (before[i] ?? 0)))),
  };
}

/** A minus sign that is no hyphen, and no minus before zero. */
function number(value: number): string {
  const text = value.toFixed(2);
  return (Number(text) === 0 ? "0.00" : text).replace("-", "−");
}

function drawTable(
  name: string,
  matrix: Matrix,
  before: Matrix,
  [left, top]: readonly [number, number],
  cell: number,
): SVGTemplateResult {
  const columns = matrix[0]?.length ?? 0;
  return svg`<text class="strong" x=${left} y=${top - 8}>${name}</text>
    ${matrix.map((row, i) =>
      row.map((value, j) => {
        const changed = Math.abs(value - (before[i]?.[j] ?? 0)) > 1e-9;
        return svg`<rect class=${changed ? "bar pale" : "face"} x=${px(left + j * cell)} y=${top + i * 28} width=${px(cell)} height="28" stroke="var(--rule)" />
          <text class=${changed ? "small strong" : "small"} x=${px(left + (j + 0.5) * cell)} y=${top + i * 28 + 18} text-anchor="middle">${number(value)}</text>`;
      }),
    )}
    <rect class="face" fill="none" style="fill:none" x=${left} y=${top} width=${px(columns * cell)} height=${matrix.length * 28} />`;
}

export default makeModule<State>({
  name: "rotation",
  title: "Turn the inside of a head",
  task:
    "Turn R. It turns the queries and the keys of this small head together. Which numbers change, " +
    "and which do not? Then let the keys stand still.",
  start: { turn: 0, both: true },
  needs: [],

  picture(state, parameters, width) {
    const now = turned(state);
    const before = attentionScores(X, W_Q, W_K);
    const wide = width >= 640;
    const cell = wide ? 42 : Math.min(56, (width - 8) / 5.2);
    const side = 5 * cell + 26;
    const places = wide
      ? ([[2, 26], [2, 116], [side + 60, 66]] as const)
      : ([[2, 26], [2, 116], [2, 206]] as const);
    return {
      width,
      height: wide ? 184 : 304,
      alt: `The entries of W_Q and W_K and the scores of three tokens; changed entries are tinted and bold. ${this.words(state, parameters)}`,
      content: svg`${drawTable("R W_Q", now.W_Q, W_Q, places[0], cell)}
        ${drawTable(state.both ? "R W_K" : "W_K", now.W_K, W_K, places[1], cell)}
        ${drawTable("scores: a row for each query", now.scores, before, places[2], Math.max(cell, 60))}`,
    };
  },

  controls(state, change) {
    return html`${slider({ label: "R", said: `turned by ${state.turn}°`, value: state.turn, least: -180, most: 180, step: 5, change: (turn) => change({ turn }) })}
      <label><input type="checkbox" .checked=${state.both} @change=${(event: Event) => change({ both: (event.target as HTMLInputElement).checked })} />turn the keys, too</label>`;
  },

  words(state) {
    const { changed, entries, score } = compare(state);
    if (changed === 0) return `R is not turned yet: all ${entries} entries are as they were.`;
    const scores = score < 1e-9 ? "no score has changed" : `a score has changed by ${score.toFixed(2)}`;
    return `${changed} of the ${entries} entries have changed, and ${scores}.`;
  },
});
