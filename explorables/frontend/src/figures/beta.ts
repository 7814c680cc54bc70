/** Weigh two wishes: the same content, but not here. Part (d) of exercise 2. */
import { html, svg, type SVGTemplateResult } from "lit-html";
import { makeModule } from "../core/figure";
import type { Parameters } from "../core/parameters";
import { slider } from "../draw/controls";
import { shadeCells } from "../draw/pattern";
import { makeScale, path, px } from "../draw/plot";
import { findCopies, makeWishes, patternAt, type Wishes } from "../maths/beta";
import { nameToken } from "../maths/vocabulary";

const NEEDED = 0.8;
const MOST = 1.6;
const VISIBLE = 0.03; // a smaller share of attention is not drawn

interface State {
  beta: number;
  /** The smallest and the largest beta at which the reader saw every copy get enough, and the nearest at which not. */
  seen: { low: number | null; least: number | null; most: number | null; high: number | null };
}

interface Line {
  readonly wishes: Wishes;
  readonly copies: readonly (readonly [number, number])[];
}

const lines = new WeakMap<Parameters, Line>();

function lineOf(parameters: Parameters): Line {
  const kept = lines.get(parameters);
  if (kept !== undefined) return kept;
  const tokens = parameters.hardest_line;
  const arrows = tokens.map((token) => parameters.content[token] ?? []);
  const made = {
    wishes: makeWishes(arrows, parameters.alpha.slice(0, 2), parameters.lam.slice(0, 2)),
    copies: findCopies(tokens),
  };
  lines.set(parameters, made);
  return made;
}

interface Seen {
  readonly beta: number;
  readonly pattern: readonly (readonly number[])[];
  readonly worst: Worst;
}

const seen = new WeakMap<Line, Seen>();

/** The pattern at beta, and its worst query: kept, since picture, words and controls ask for the same. */
function look(line: Line, beta: number): Seen {
  const kept = seen.get(line);
  if (kept?.beta === beta) return kept;
  const pattern = patternAt(beta, line.wishes);
  const made = { beta, pattern, worst: findWorst(pattern, line.copies) };
  seen.set(line, made);
  return made;
}

interface Worst {
  readonly query: number;
  readonly copy: number;
  readonly share: number;
  /** Who gets most of the attention instead, and how much. */
  readonly other: number;
  readonly otherShare: number;
}

/** The query that gives its copy least. */
export function findWorst(pattern: readonly (readonly number[])[], copies: Line["copies"]): Worst {
  const rows = copies.map(([query, copy]) => {
    const row = pattern[query] ?? [];
    const others = row.map((share, j) => (j === copy ? -1 : share));
    const otherShare = Math.max(...others);
    return { query, copy, share: row[copy] ?? 0, other: others.indexOf(otherShare), otherShare };
  });
  return rows.reduce((worst, row) => (row.share < worst.share ? row : worst));
}

/** What the reader has found out of the window so far. */
export function remember(seen: State["seen"], beta: number, enough: boolean): State["seen"] {
  const least = enough ? Math.min(beta, seen.least ?? beta) : seen.least;
  const most = enough ? Math.max(beta, seen.most ?? beta) : seen.most;
  const middle = least ?? 0.5;
  return {
    least,
    most,
    low: !enough && beta < middle ? Math.max(beta, seen.low ?? beta) : seen.low,
    high: !enough && beta > middle ? Math.min(beta, seen.high ?? beta) : seen.high,
  };
}

const bothEdges = ({ low, least, most, high }: State["seen"]) =>
  low !== null && least !== null && most !== null && high !== null;

function drawPattern(
  pattern: readonly (readonly number[])[],
  { copies }: Line,
  worst: Worst,
  left: number,
  top: number,
  size: number,
): SVGTemplateResult {
  const n = pattern.length;
  const step = size / n;
  // The faintest shade that is drawn can still be seen in a cell of 5 pixels.
  const shade = (i: number, j: number) => {
    const share = pattern[i]?.[j] ?? 0;
    return share < VISIBLE ? 0 : 0.2 + 0.8 * share;
  };
  return svg`<path class="hidden-keys" d=${`${path([[left, top], [left + size, top], [left + size, top + size]])}Z`} />
    ${shadeCells(n, shade, left, top, step)}
    ${copies.map(([i, j]) => svg`<rect class="axis" x=${px(left + j * step - 1.5)} y=${px(top + i * step - 1.5)} width=${px(step + 3)} height=${px(step + 3)} />`)}
    <rect class="axis" x=${left} y=${top} width=${size} height=${size} />
    <path class="line orange thin" d=${`M${px(left)} ${px(top + (worst.query + 0.5) * step)}h${px(size)}`} stroke-opacity="0.7" />
    <text class="small muted" x=${left} y=${top - 8}>key →, query ↓</text>
    <text class="small muted" x=${left + size} y=${top + size + 16} text-anchor="end">boxes: the earlier copies</text>`;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function nameOther({ query, other }: Worst, parameters: Parameters): string {
  if (other === query) return "the word itself";
  const name = nameToken(parameters.hardest_line[other] ?? 0, parameters.words);
  return `another word, “${name}”, ${query - other} tokens back`;
}

function drawWorst(worst: Worst, parameters: Parameters, left: number, top: number, width: number): SVGTemplateResult {
  const x = makeScale(0, 1, left, left + width - 46);
  const rows = [
    [`its copy, ${worst.query - worst.copy} tokens back`, worst.share, "bar orange"],
    [nameOther(worst, parameters), worst.otherShare, "bar"],
  ] as const;
  return svg`<text class="small strong" x=${left} y=${top}>The query that does worst: ${worst.query}</text>
    ${rows.map(([, share, style], i) => svg`<rect class=${style} x=${left} y=${top + 30 + 46 * i} width=${px(Math.max(0.5, x(share) - left))} height="16" />`)}
    <path class="line green dashed thin" d=${path([[x(NEEDED), top + 26], [x(NEEDED), top + 100]])} />
    ${rows.map(
      ([name, share], i) => svg`<text class="small halo" x=${left} y=${top + 24 + 46 * i}>${name}</text>
        <text class="small halo" x=${px(x(share) + 6)} y=${top + 43 + 46 * i}>${percent(share)}</text>`,
    )}
    <text class="small" x=${px(x(NEEDED))} y=${top + 115} text-anchor="middle">needed: 80 %</text>`;
}

function drawWindow(state: State, left: number, top: number, width: number): SVGTemplateResult {
  const x = makeScale(0, MOST, left, left + width);
  const { least, most } = state.seen;
  const found = bothEdges(state.seen) && least !== null && most !== null;
  return svg`<text class="small strong" x=${left} y=${top}>${found ? `Safe here from ${least.toFixed(2)} to ${most.toFixed(2)}` : "The safe window: find both edges"}</text>
    <rect class="face" x=${left} y=${top + 10} width=${width} height="14" />
    ${found ? svg`<rect class="shade" x=${px(x(least))} y=${top + 10} width=${px(Math.max(2, x(most) - x(least)))} height="14" />` : null}
    <path class="line orange thick" d=${`M${px(x(state.beta))} ${top + 6}v22`} />
    ${[0, 0.5, 1, 1.5].map((tick) => svg`<text class="small" x=${px(x(tick))} y=${top + 42} text-anchor=${tick === 0 ? "start" : "middle"}>${tick}</text>`)}`;
}

export default makeModule<State>({
  name: "beta",
  title: "Weigh the two wishes",
  task:
    "The head wants the same word, and not itself. Raise beta from 0 until every earlier copy gets " +
    "80 % of the attention; then go on until one of them loses it again. To whom?",
  start: { beta: 0, seen: { low: null, least: null, most: null, high: null } },
  needs: ["alpha", "lam", "content", "hardest_line", "words"],

  picture(state, parameters, width) {
    const line = lineOf(parameters);
    const { pattern, worst } = look(line, state.beta);
    const wide = width >= 600;
    const size = wide ? 300 : Math.min(300, width - 4);
    const side = wide ? size + 36 : 2;
    const under = wide ? 40 : size + 72;
    const room = wide ? width - side - 2 : width - 4;
    return {
      width,
      height: wide ? size + 48 : under + 198,
      alt: `The attention pattern of a line of ${line.wishes.content.length} tokens at beta ${state.beta.toFixed(2)}. ${this.words(state, parameters)}`,
      content: svg`${drawPattern(pattern, line, worst, 2, 24, size)}
        ${drawWorst(worst, parameters, side, under, room)}
        ${drawWindow(state, side, under + 148, room)}`,
    };
  },

  controls(state, change, parameters) {
    const line = lineOf(parameters);
    const move = (beta: number) => {
      const { share } = look(line, beta).worst;
      change(({ seen }) => ({ beta, seen: remember(seen, beta, share >= NEEDED) }));
    };
    return html`${slider({ label: "beta, the weight of “not here”", said: state.beta.toFixed(2), value: state.beta, least: 0, most: MOST, step: 0.02, change: move })}`;
  },

  words(state, parameters) {
    const line = lineOf(parameters);
    const { worst } = look(line, state.beta);
    if (worst.share >= NEEDED)
      return `At beta ${state.beta.toFixed(2)} every query gives its earlier copy at least ${percent(worst.share)}: enough.`;
    return `At beta ${state.beta.toFixed(2)} query ${worst.query} gives its earlier copy only ${percent(worst.share)}, and ${percent(worst.otherShare)} to ${nameOther(worst, parameters)}.`;
  },
});
