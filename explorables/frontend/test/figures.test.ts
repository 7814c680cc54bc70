import { describe, expect, it } from "vitest";
import parameters from "../../dist/parameters.json";
import { findWorst, remember } from "../src/figures/beta";
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
