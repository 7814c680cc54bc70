/** Look into attention patterns: one query's row or one key's column, wanted beside seen. */
import { html, svg } from "lit-html";
import { makeModule } from "../core/figure";
import { choice, slider } from "../draw/controls";
import { drawBars, drawMap, styleOf } from "../draw/pattern";
import { px } from "../draw/plot";
import { causalPattern } from "../maths/attention";
import { isCausal, largest, requirePatterns, shareOf, WHOLE, type Patterns, type Told } from "../maths/pattern";

const LARGEST = 330; // CSS pixels of a map
const LARGEST_CELL = 44;
const SIDE = 24; // for its labels
const HEAD = 48;
const BARS = 84;
const WIDE = 560; // from here on, bars stand beside a single map

export interface State extends Patterns {
  /** What the bars show: the row of a query, or the column of a key. */
  readonly along: "query" | "key";
}

/** An example: an induction head that is too soft, beside what is wanted of it. */
const TOKENS = ["BOS", "star", "fish", "swims", "star", "fish"];
const follows = (i: number, j: number) => j > 0 && j < i && TOKENS[j - 1] === TOKENS[i];
const soft = causalPattern(TOKENS.map((_query, i) => TOKENS.map((_key, j) => (follows(i, j) ? 2 : 0))));
const tell = (name: string, pattern: readonly (readonly number[])[]): Told => ({
  name,
  rows: pattern.map((row) => row.map((share) => Math.round(WHOLE * share))),
});
const EXAMPLE: Patterns = {
  patterns: [tell("wanted", TOKENS.map((_query, i) => TOKENS.map((_key, j) => (follows(i, j) ? 1 : 0)))), tell("seen", soft)],
  tokens: TOKENS,
  wanted: TOKENS.flatMap((_query, i) => TOKENS.flatMap((_key, j) => (follows(i, j) ? [[i, j] as const] : []))),
  query: 5,
  key: 3,
};

const countOf = ({ patterns }: State) => patterns[0]?.rows.length ?? 0;
const named = (state: State, token: number) => (state.tokens[token] ? `${token} (${state.tokens[token]})` : String(token));
const indices = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Up to three digits after the point, and no needless zeros. */
const say = (share: number) => String(Number(share.toFixed(3)));

/** Where the maps and the bars lie. */
function layOut(state: State, width: number) {
  const count = state.patterns.length;
  const across = Math.min(2, count);
  const room = (width - 4) / across;
  const size = Math.min(LARGEST, room - SIDE - 8, LARGEST_CELL * countOf(state));
  const places = state.patterns.map((_pattern, i) => ({
    left: SIDE + (i % across) * Math.min(room, size + SIDE + 40),
    top: HEAD + Math.floor(i / across) * (size + HEAD),
  }));
  const foot = Math.ceil(count / across) * (size + HEAD);
  const beside = count === 1 && width >= WIDE;
  const left = beside ? SIDE + size + 28 : 2;
  return { size, places, foot, bars: { left, top: beside ? HEAD : foot + 18, width: width - left - 2 } };
}

/** The shares that the bars show, pattern by pattern. */
const lines = (state: State): number[][] =>
  state.patterns.map((told) =>
    indices(countOf(state)).map((i) => (state.along === "query" ? shareOf(told, state.query, i) : shareOf(told, i, state.key))),
  );

/** What says which of several patterns a number is of. */
function nameOf(patterns: readonly Told[], i: number): string {
  if (patterns.length === 1) return "";
  const name = patterns[i]?.name ?? "";
  return name === "" ? ` in pattern ${i + 1}` : ` (${name})`;
}

/** How the patterns differ at a cell: "1 is wanted, 0.97 is seen"; or the one number. */
function sayCell({ patterns, query, key }: State): string {
  return patterns.map((told, i) => say(shareOf(told, query, key)) + nameOf(patterns, i)).join(", ");
}

/** Which key or query has most, pattern by pattern where one of them has more than the chosen. */
function sayMost(state: State): string {
  const { patterns, query, key, along } = state;
  const chosen = along === "query" ? key : query;
  const most = lines(state).map((shares) => {
    const best = largest(shares);
    return { best, share: shares[best] ?? 0, beaten: (shares[chosen] ?? 0) < (shares[best] ?? 0) };
  });
  if (!most.some(({ beaten }) => beaten)) return along === "query" ? "No key gets more." : "No query gives it more.";
  const [side, does] = along === "query" ? ["Key", "gets most"] : ["Query", "gives it most"];
  const told = most.flatMap(({ best, share }, i) => (share === 0 ? [] : `${side} ${named(state, best)} ${does}, ${say(share)}${nameOf(patterns, i)}.`));
  return told.join(" ");
}

export default makeModule<State>({
  name: "pattern",
  title: "Who looks where",
  task: "Point at a cell, or move the sliders: see how one query shares its attention, or who looks at one key.",
  start: { ...EXAMPLE, along: "query" },
  needs: [],
  require: requirePatterns,

  picture(state, _parameters, width) {
    const { size, places, foot, bars } = layOut(state, width);
    const { patterns, query, key, along, wanted } = state;
    const causal = isCausal(patterns);
    const n = countOf(state);
    const chosen = along === "query" ? key : query;
    const names = indices(n).map((i) => state.tokens[i] ?? "");
    const longest = Math.max(...names.map((name) => name.length));
    const labels = 24 + (longest === 0 ? 0 : longest * 7 > bars.width / n - 6 ? 4 + 8 * Math.min(longest, 12) : 16);
    return {
      width,
      height: Math.max(foot + 4, bars.top + 28 + BARS + labels),
      alt: `Attention ${patterns.length === 1 ? "pattern" : "patterns"} of ${n} tokens, a row a query and a column a key. ${this.words(state, _parameters)}`,
      content: svg`${patterns.map((told, i) => {
        const place = places[i] ?? { left: 0, top: 0 };
        return drawMap({ told, ...place, size, causal, wanted }, told.name, styleOf(i, patterns.length), query, key, along);
      })}
        <text class="small strong" x=${px(bars.left)} y=${px(bars.top)}>${along === "query" ? `Query ${named(state, query)} looks at the keys` : `Key ${named(state, key)} is looked at by the queries`}</text>
        ${drawBars(lines(state), names, chosen, bars.left, bars.top + 26, bars.width, BARS)}`,
    };
  },

  point(state, { x, y }, width) {
    const { size, places } = layOut(state, width);
    const n = countOf(state);
    for (const { left, top } of places) {
      const [key, query] = [Math.floor(((x - left) / size) * n), Math.floor(((y - top) / size) * n)];
      if (key >= 0 && key < n && query >= 0 && query < n) return { query, key };
    }
    return {};
  },

  controls(state, change) {
    const most = countOf(state) - 1;
    const move = (name: "query" | "key") =>
      slider({
        label: name === "query" ? "Query, the token that looks" : "Key, the token looked at",
        said: named(state, state[name]),
        value: state[name],
        least: 0,
        most,
        step: 1,
        change: (value) => change({ [name]: value }),
      });
    return html`${choice("along", "Bars of", [["query", "a row: one query"], ["key", "a column: one key"]], state.along, (along) => change({ along }))}
      ${move("query")}${move("key")}`;
  },

  words(state) {
    const { patterns, query, key, wanted } = state;
    const hidden = key > query && isCausal(patterns);
    const gives = hidden
      ? `Query ${named(state, query)} does not see key ${named(state, key)}, which comes later.`
      : `Of the attention of query ${named(state, query)}, key ${named(state, key)} gets ${sayCell(state)}.`;
    const most = sayMost(state);
    const should = wanted.filter(([i]) => i === query).map(([, j]) => named(state, j));
    const aim = wanted.length === 0 ? "" : should.length === 0 ? " Nothing is wanted of this query." : ` It should look at ${should.join(" and ")}.`;
    return `${gives} ${most}${aim}`;
  },
});
