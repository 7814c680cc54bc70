import { describe, expect, it } from "vitest";
import parameters from "../../dist/parameters.json";
import { findWorst, remember } from "../src/figures/beta";
import { unfold } from "../src/figures/formation";
import { compare } from "../src/figures/rotation";
import { findCopies, makeWishes, patternAt } from "../src/maths/beta";

const line = parameters.hardest_line;
const wishes = makeWishes(
  line.map((token) => parameters.content[token] ?? []),
  parameters.alpha.slice(0, 2),
  parameters.lam.slice(0, 2),
);
const leastShare = (beta: number) => findWorst(patternAt(beta, wishes), findCopies(line)).share;

describe("the line with the two closest words at the worst distances", () => {
  it("halves the attention without the second wish", () => {
    expect(leastShare(0)).toBeCloseTo(0.5, 6);
  });

  it("is safe up to the bound that the book derives, and no further", () => {
    expect(leastShare(0.5)).toBeGreaterThan(0.99);
    expect(leastShare(1.04)).toBeGreaterThan(0.8);
    expect(leastShare(1.056)).toBeLessThan(0.6);
    expect(leastShare(1.07)).toBeLessThan(0.05);
  });
});

describe("the safe window", () => {
  const nothing = { low: null, least: null, most: null, high: null };

  it("is known once a value too small, a safe one and one too large were tried", () => {
    let seen = remember(nothing, 0.1, false);
    seen = remember(seen, 0.3, true);
    seen = remember(seen, 1.0, true);
    expect(seen).toEqual({ low: 0.1, least: 0.3, most: 1.0, high: null });
    expect(remember(seen, 1.2, false)).toEqual({ low: 0.1, least: 0.3, most: 1.0, high: 1.2 });
  });

  it("widens with every safe value and narrows with no other", () => {
    const seen = remember({ low: 0.1, least: 0.3, most: 1.0, high: 1.2 }, 0.2, true);
    expect(seen.least).toBe(0.2);
    expect(remember(seen, 1.1, false).high).toBe(1.1);
  });
});

describe("a head that is turned inside", () => {
  it("changes its entries and no score", () => {
    const { changed, entries, score } = compare({ turn: 35, both: true });
    expect([changed, entries]).toEqual([20, 20]);
    expect(score).toBeLessThan(1e-12);
  });

  it("changes scores if the keys stand still", () => {
    expect(compare({ turn: 35, both: false }).score).toBeGreaterThan(1);
  });
});

describe("a pattern of the training", () => {
  const n = parameters.formation.line.length;

  it("is the lower triangle of which each row is shared out whole", () => {
    for (const kept of parameters.formation.patterns["1.1"]) {
      const pattern = unfold(kept, n);
      for (let i = 0; i < n; i++) {
        const row = pattern.slice(i * n, (i + 1) * n);
        expect(row.slice(i + 1).every((share) => share === 0)).toBe(true);
        expect(Math.abs(row.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(0.1);
      }
    }
  });

  it("looks behind the copies at the end of the training, and not at its beginning", () => {
    const behind = (at: number) => {
      const pattern = unfold(parameters.formation.patterns["1.1"][at] ?? [], n);
      const queries = Array.from({ length: 8 }, (_, i) => 17 + i); // the list is said for the third time
      return queries.reduce((sum, i) => sum + (pattern[i * n + i - 15] ?? 0) + (pattern[i * n + i - 7] ?? 0), 0) / 8;
    };
    expect(behind(11)).toBeGreaterThan(0.4);
    expect(behind(0)).toBeLessThan(0.15);
  });
});
