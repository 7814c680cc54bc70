/** Fill W_V and W_out with ones, and see what the head copies: exercise 1. */
import { html, nothing, svg, type SVGTemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { makeModule, NARROWEST, type Change } from "../core/figure";
import { choice } from "../draw/controls";
import { grid } from "../draw/grid";
import { px } from "../draw/plot";
import type { Matrix } from "../maths/attention";
import { copiesOf, D_HEAD, D_MODEL, expand, netOf, type Copy, type Ones } from "../maths/paths";

type Pair = readonly [number, number];

interface State {
  heads: readonly [Ones, Ones];
  /** Which head is being filled. */
  active: 0 | 1;
  /** Whether the second head is there at all. */
  both: boolean;
}

const EMPTY: Ones = { reads: [], writes: [] };
const ROW = 15; // CSS pixels from one dimension to the next
const MOST_TOLD = 12; // more copies are counted in the words, and named in the text alternative

function toggled(pairs: readonly Pair[], pair: Pair): Pair[] {
  const rest = pairs.filter(([a, b]) => a !== pair[0] || b !== pair[1]);
  return rest.length < pairs.length ? rest : [...pairs, pair].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

const list = (items: readonly string[]) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;

const sayTimes = (times: number) => (times === 1 ? "" : ` (${times} times)`);

function sayCopies(net: Matrix): string {
  const copies = copiesOf(net);
  if (copies.length === 0) return "nothing";
  if (copies.length <= MOST_TOLD) return list(copies.map(({ from, to, times }) => `${from} to ${to}${sayTimes(times)}`));
  const count = (key: "from" | "to") => {
    const dimensions = new Set(copies.map((copy) => copy[key])).size;
    return `${dimensions} ${dimensions === 1 ? "dimension" : "dimensions"}`;
  };
  const again = copies.filter(({ times }) => times > 1).length;
  return `${copies.length} pairs, from ${count("from")} to ${count("to")}${again === 0 ? "" : `, ${again} of them more than once`}`;
}

/** What is written to each dimension, where the words only count it: a paragraph that grows would push the page about. */
function nameRows(name: string, net: Matrix): string {
  const copies = copiesOf(net);
  if (copies.length <= MOST_TOLD) return "";
  const rows = net.map((_row, at) => ({ at, read: copies.filter(({ to }) => to === at) })).filter(({ read }) => read.length > 0);
  return ` ${name}: ${rows.map(({ at, read }) => `${at} gets ${list(read.map(({ from, times }) => `${from}${sayTimes(times)}`))}`).join("; ")}.`;
}

function nameProducts({ heads, both }: State): string {
  if (!both) return nameRows("The squares", netOf(heads[0]));
  const { twoTokens, oneToken } = expand(...heads);
  return nameRows("The squares of two tokens back", twoTokens) + nameRows("The squares of one token back", oneToken);
}

/** The 16 dimensions of a token as a column of places. */
function drawToken(x: number, top: number, name: string, words: string): SVGTemplateResult {
  return svg`<text class="small strong" x=${px(x)} y=${top - 22} text-anchor="middle">${name}</text>
    <text class="small muted" x=${px(x)} y=${top - 8} text-anchor="middle">${words}</text>
    ${Array.from({ length: D_MODEL }, (_, i) => svg`<rect class="face" x=${px(x - 13)} y=${top + i * ROW} width="26" height=${ROW} />
      <text class="small" style="font-size: 11px" x=${px(x)} y=${top + i * ROW + 11.5} text-anchor="middle">${i}</text>`)}`;
}

/**
 * All arrows are one shape and all squares another, however many: a click into full matrices changes
 * a handful of nodes, not a thousand.
 */
function drawCopies(copies: readonly Copy[], from: number, to: number, top: number, style: string): SVGTemplateResult {
  const middle = (i: number) => top + (i + 0.5) * ROW;
  const lines = copies.map((copy) => `M${px(from + 14)} ${px(middle(copy.from))}L${px(to - 21)} ${px(middle(copy.to))}`);
  const heads = [...new Set(copies.map((copy) => copy.to))].map((i) => `M${px(to - 22)} ${px(middle(i) - 4)}l7 4l-7 4`);
  return svg`<path class="line ${style}" d=${lines.join("")} />
    <path class="line ${style}" style="stroke-dasharray: none" d=${heads.join("")} />`;
}

/** A product as squares: rows are written, columns are read. */
function drawProduct(net: Matrix, name: string, left: number, top: number, cell: number, style: string): SVGTemplateResult {
  const size = cell * D_MODEL;
  const ticks = [0, 4, 8, 12];
  const squares = copiesOf(net).map(({ from, to }) => `M${px(left + from * cell + 0.5)} ${px(top + to * cell + 0.5)}h${px(cell - 1)}v${px(cell - 1)}h${px(1 - cell)}z`);
  // Each number has a place of its own, so that those that stay are not touched.
  const number = (times: number, to: number, from: number) =>
    times < 2 || cell < DIGITS ? nothing : svg`<text class="small strong" x=${px(left + (from + 0.5) * cell)} y=${px(top + (to + 0.5) * cell + 4)} text-anchor="middle" style="fill: var(--ground)">${times}</text>`;
  return svg`<text class="small strong" x=${px(left)} y=${top - 20}>${name}</text>
    ${ticks.map((i) => svg`<text class="small muted" style="font-size: 11px" x=${px(left + (i + 0.5) * cell)} y=${top - 5} text-anchor="middle">${i}</text>
      <text class="small muted" style="font-size: 11px" x=${px(left - 4)} y=${px(top + (i + 0.5) * cell + 4)} text-anchor="end">${i}</text>
      <path class="rule" d=${`M${px(left + i * cell)} ${top}v${px(size)}M${px(left)} ${px(top + i * cell)}h${px(size)}`} />`)}
    <path class="bar ${style}" d=${squares.join("")} />
    ${net.map((row, to) => row.map((times, from) => number(times, to, from)))}
    <rect class="axis" x=${px(left)} y=${top} width=${px(size)} height=${px(size)} />`;
}

const TOP = 44;
const SQUARE = 12; // CSS pixels of an entry of a product
const DIGITS = 8.5; // in a smaller square no number can be read
const TALL = D_MODEL * ROW;

/** One head: from the previous token to this one. */
function drawOne(first: Ones, width: number): { content: SVGTemplateResult; height: number } {
  const net = netOf(first);
  const wide = width >= 450;
  const right = wide ? 200 : Math.min(220, width - 40);
  const content = svg`${drawToken(44, TOP, "token before", "is read")}
    ${drawToken(right, TOP, "this token", "is added to")}
    ${drawCopies(copiesOf(net), 44, right, TOP, "blue")}
    ${wide ? drawProduct(net, "W_out W_V", width - 196, TOP + 22, SQUARE, "") : drawProduct(net, "W_out W_V", 24, TOP + TALL + 48, Math.min(SQUARE, (width - 26) / D_MODEL), "")}`;
  return { content, height: wide ? TOP + TALL + 8 : TOP + TALL + 48 + 200 };
}

/** Two heads: from two tokens back to this one, with the two products of part (d). */
function drawBoth([first, second]: State["heads"], width: number): { content: SVGTemplateResult; height: number } {
  const { twoTokens, oneToken } = expand(first, second);
  const span = Math.min(width - 84, 420);
  const [a, b, c] = [42, 42 + span / 2, 42 + span] as const;
  const below = TOP + TALL + 58;
  const cell = Math.min(SQUARE, (width / 2 - 34) / D_MODEL);
  const content = svg`${drawToken(a, TOP, "two back", "head 1 reads")}
    ${drawToken(b, TOP, "one back", "head 2 reads")}
    ${drawToken(c, TOP, "this token", "is added to")}
    ${drawCopies(copiesOf(netOf(first)), a, b, TOP, "blue")}
    ${drawCopies(copiesOf(netOf(second)), b, c, TOP, "orange dashed")}
    ${drawProduct(twoTokens, "two tokens back", 24, below, cell, "")}
    ${drawProduct(oneToken, "one token back", width / 2 + 24, below, cell, "orange")}`;
  return { content, height: below + cell * D_MODEL + 8 };
}

function code(head: Ones, number: 1 | 2): string {
  const matrix = (name: string, shape: string, ones: readonly Pair[]) => [
    `${name}_${number} = np.zeros(${shape})`,
    ...(ones.length === 0
      ? []
      : [`${name}_${number}[[${ones.map(([i]) => i).join(", ")}], [${ones.map(([, j]) => j).join(", ")}]] = 1`]),
  ];
  const written = head.writes.map(([line, dimension]) => [dimension, line] as const);
  return [
    ...matrix("W_V", `(${D_HEAD}, ${D_MODEL})`, head.reads),
    ...matrix("W_out", `(${D_MODEL}, ${D_HEAD})`, written),
  ].join("\n");
}

const holds = (pairs: readonly Pair[], [a, b]: Pair) => pairs.some(([i, j]) => i === a && j === b);

/** The head that is being filled, and how to change it. */
function filling(state: State, change: Change<State>) {
  const { active, heads, both } = state;
  return {
    active,
    head: heads[active],
    name: both ? ` of head ${active + 1}` : "",
    style: active === 0 ? "" : "second",
    put: (make: (head: Ones) => Ones) =>
      change(({ heads: [first, second] }) => ({
        heads: active === 0 ? [make(first), second] : [first, make(second)],
      })),
  };
}

export default makeModule<State>({
  name: "fill",
  title: "Fill the matrices of a head",
  task:
    "Click ones into W_V and W_out, or walk with the arrow keys and press Space. Each line inside " +
    "the head reads the dimensions that W_V gives it and writes to those that W_out gives it.",
  start: { heads: [EMPTY, EMPTY], active: 0, both: false },
  presets: {
    "one-copy": { heads: [{ reads: [[0, 5]], writes: [[0, 2]] }, EMPTY] },
    "two-heads": { both: true, active: 1, heads: [{ reads: [[0, 0]], writes: [[0, 8]] }, EMPTY] },
  },
  needs: [],
  // Two columns of places fit beside W_out on a phone, where one sees them answer; three do not.
  narrowest: ({ both }) => (both ? NARROWEST : 164),

  picture(state, parameters, width) {
    const { content, height } = state.both ? drawBoth(state.heads, width) : drawOne(state.heads[0], width);
    return {
      width,
      height,
      alt: `Arrows from the dimensions of one token to those of the next, and the product as squares. ${this.words(state, parameters)}${nameProducts(state)}`,
      content,
    };
  },

  controls(state, change) {
    const { active, head, name, style, put } = filling(state, change);
    return html`${state.both
        ? choice("head", "Fill", [["0", "head 1"], ["1", "head 2"]], state.active === 0 ? "0" : "1", (chosen) => change({ active: chosen === "0" ? 0 : 1 }))
        : null}
      <div class="wide">
        <b>W_V${name}</b>
        ${guard([head.reads, active], () => grid({
          name: `W_V${name}, 4 lines and 16 dimensions`, rows: D_HEAD, columns: D_MODEL, style,
          has: (line, dimension) => holds(head.reads, [line, dimension]),
          say: (line, dimension) => `line ${line} reads dimension ${dimension}`,
          toggle: (line, dimension) => put((now) => ({ ...now, reads: toggled(now.reads, [line, dimension]) })),
        }))}
        <p class="beyond">There is more to the right: scroll sideways to dimension 15.</p>
      </div>`;
  },

  side(state, change) {
    const { active, head, name, style, put } = filling(state, change);
    return html`<b>W_out${name}</b>
      ${guard([head.writes, active], () => grid({
        name: `W_out${name}, 16 dimensions and 4 lines`, rows: D_MODEL, columns: D_HEAD, style,
        has: (dimension, line) => holds(head.writes, [line, dimension]),
        say: (dimension, line) => `line ${line} writes dimension ${dimension}`,
        toggle: (dimension, line) => put((now) => ({ ...now, writes: toggled(now.writes, [line, dimension]) })),
      }))}
      <p><button type="button" @click=${() => put(() => EMPTY)}>Clear${name.replace(" of", "")}</button></p>`;
  },

  words({ heads, both }) {
    if (!both) return `The head copies ${sayCopies(netOf(heads[0]))}.`;
    const { twoTokens, oneToken } = expand(...heads);
    return `From two tokens back: ${sayCopies(twoTokens)}. From one token back, through one head alone: ${sayCopies(oneToken)}.`;
  },

  code({ heads, active }) {
    const number = active === 0 ? 1 : 2;
    return { gradeId: active === 0 ? "ex1a" : "ex1b", code: code(heads[active], number) };
  },
});
