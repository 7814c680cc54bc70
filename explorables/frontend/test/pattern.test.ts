import { describe, expect, it } from "vitest";
import { DARK, LIGHT } from "../src/core/picture-style";
import { inkOn, opacityOf, short } from "../src/draw/pattern";
import module from "../src/figures/pattern";
import { isCausal, requirePatterns, type Patterns } from "../src/maths/pattern";

const good: Patterns = {
  patterns: [{ name: "seen", rows: [[10_000], [4000, 6000]] }],
  tokens: ["BOS", "star"],
  wanted: [[1, 1]],
  query: 1,
  key: 0,
};

describe("patterns that came as data", () => {
  it("are shown if they fit together", () => {
    expect(() => requirePatterns(good)).not.toThrow();
    expect(() => requirePatterns({ ...good, tokens: [], wanted: [] })).not.toThrow();
  });

  it.each<[string, object]>([
    ["no list", { patterns: "seen" }],
    ["nothing", { patterns: [null] }],
    ["no pattern", { patterns: [] }],
    ["too many", { patterns: Array.from({ length: 5 }, () => good.patterns[0]) }],
    ["patterns of different sizes", { patterns: [good.patterns[0], { name: "", rows: [[1]] }] }],
    ["a row that is too long", { patterns: [{ name: "", rows: [[1, 2, 3], [1]] }] }],
    ["a share above 1", { patterns: [{ name: "", rows: [[10_001], [1]] }] }],
    ["a share that is no number", { patterns: [{ name: "", rows: [["1"], [1]] }] }],
    ["too many tokens", { patterns: [{ name: "", rows: Array.from({ length: 129 }, () => []) }], tokens: [] }],
    ["a name that is no text", { patterns: [{ name: {}, rows: [[], []] }] }],
    ["a name that is a page long", { tokens: ["BOS", "x".repeat(81)] }],
    ["a name too few", { tokens: ["BOS"] }],
    ["a wanted cell outside", { wanted: [[1, 2]] }],
    ["a wanted cell of three numbers", { wanted: [[1, 1, 1]] }],
    ["a query outside", { query: 2 }],
    ["a key between two tokens", { key: 0.5 }],
  ])("are refused: %s", (_what, changed) => {
    expect(() => requirePatterns({ ...good, ...changed })).toThrow("These are no patterns");
  });

  it("are causal if no query looks ahead", () => {
    expect(isCausal(good.patterns)).toBe(true);
    expect(isCausal([{ name: "", rows: [[5000, 5000], [10_000]] }])).toBe(false);
  });
});

describe("the picture", () => {
  const draw = (state: object) => module.drawStill({} as never, { ...good, ...state }, 680, document.createElement("div")).alt;

  it("says the number, the tokens, and what is wanted", () => {
    expect(draw({})).toContain("Of the attention of query 1 (star), key 0 (BOS) gets 0.4. Key 1 (star) gets most, 0.6. It should look at 1 (star).");
  });

  it("says wanted beside seen", () => {
    const wanted = { name: "wanted", rows: [[], [0, 10_000]] };
    expect(draw({ patterns: [wanted, ...good.patterns], key: 1 })).toContain("1 (wanted), 0.6 (seen). No key gets more.");
  });

  it("says for each of several heads what gets most, unless the chosen key does everywhere", () => {
    const heads = [{ name: "", rows: [[10_000], [4000, 6000]] }, { name: "head 1.1", rows: [[10_000], [7000, 3000]] }];
    expect(draw({ patterns: heads, key: 0 })).toContain("0.4 in pattern 1, 0.7 (head 1.1). Key 1 (star) gets most, 0.6 in pattern 1. Key 0 (BOS) gets most, 0.7 (head 1.1).");
    expect(draw({ patterns: heads, along: "key", key: 0, query: 0 })).toContain("1 in pattern 1, 1 (head 1.1). No query gives it more.");
    const nothing = { name: "wanted", rows: [[], []] };
    expect(draw({ patterns: [nothing, ...good.patterns], key: 0 })).toContain("0.4 (seen). Key 1 (star) gets most, 0.6 (seen).");
  });

  it.each([[16, 343, 2], [12, 300, 2], [64, 343, 1], [128, 680, 1], [6, 343, 2]])("numbers %i tokens so that no two touch, %i pixels wide", (n, width, count) => {
    const patterns = Array.from({ length: count }, () => ({ name: "", rows: Array.from({ length: n }, () => [10_000]) }));
    const into = document.createElement("div");
    module.drawStill({} as never, { ...good, patterns, tokens: [], wanted: [], query: n - 1, key: 0 }, width, into);
    const lines = new Map<string, { from: number; to: number }[]>();
    for (const label of into.querySelectorAll("text[text-anchor=middle]")) {
      const text = label.textContent;
      if (!/^\d+$/.test(text) || label.matches(".on-full, .on-faint")) continue;
      const [x, half] = [Number(label.getAttribute("x")), (text.length * 7.7) / 2]; // a digit at 12 px
      const y = label.getAttribute("y") ?? "";
      lines.set(y, [...(lines.get(y) ?? []), { from: x - half, to: x + half }]);
    }
    expect(lines.size).toBeGreaterThanOrEqual(2); // above the maps, and below the bars
    for (const places of lines.values()) {
      places.sort((a, b) => a.from - b.from);
      places.slice(1).forEach((place, i) => expect(place.from).toBeGreaterThan(places[i]?.to ?? Infinity));
    }
  });

  it("says who looks at a key, and that a query sees no later one", () => {
    expect(draw({ along: "key", key: 0 })).toContain("Query 0 (BOS) gives it most, 1.");
    expect(draw({ query: 0, key: 1 })).toContain("Query 0 (BOS) does not see key 1 (star), which comes later.");
  });
});

describe("a number in a cell", () => {
  it("has two digits at most", () => {
    expect([0.001, 0.034, 0.97, 0.996].map(short)).toEqual(["0", ".03", ".97", "1"]);
  });
});

/** The luminance of a colour as WCAG has it, from 0 to 1. */
function luminance(colour: readonly number[]): number {
  const linear = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function colourOf(sheet: string, name: string): number[] {
  const [, hex = ""] = new RegExp(`--${name}: #([0-9a-f]+);`).exec(sheet) ?? [];
  const long = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  return [0, 2, 4].map((from) => parseInt(long.slice(from, from + 2), 16) / 255);
}

describe.each([["light", LIGHT], ["dark", DARK]])("numbers on cells, %s", (_theme, sheet) => {
  it("can be read at every share", () => {
    const [ground, cell] = [colourOf(sheet, "ground"), colourOf(sheet, "blue")];
    for (let share = 0; share <= 1; share += 0.01) {
      const covers = opacityOf(share);
      const behind = luminance(ground.map((part, i) => (1 - covers) * part + covers * (cell[i] ?? 0)));
      const ink = luminance(colourOf(sheet, inkOn(share)));
      const [low, high] = [Math.min(ink, behind), Math.max(ink, behind)];
      expect((high + 0.05) / (low + 0.05), `share ${share.toFixed(2)}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
