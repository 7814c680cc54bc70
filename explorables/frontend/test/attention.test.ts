import { describe, expect, it } from "vitest";
import { attentionScores, causalPattern, dot, multiply, softmax } from "../src/maths/attention";

describe("softmax", () => {
  it("adds up to 1 for scores that would overflow", () => {
    const shares = softmax([5000, 4999, -5000]);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(shares[0]).toBeCloseTo(Math.E / (1 + Math.E), 12);
  });
});

describe("a causal pattern", () => {
  it("gives nothing to what comes later", () => {
    expect(causalPattern([[1, 9], [0, 0]])).toEqual([[1, 0], [0.5, 0.5]]);
  });
});

describe("products", () => {
  it("refuse lists of different lengths", () => {
    expect(() => dot([1, 2], [1])).toThrow("lengths 2 and 1 differ");
  });

  it("score a query and a key by their dot product", () => {
    const scores = attentionScores([[1, 0], [0, 2]], [[1, 1]], [[3, -1]]);
    expect(scores).toEqual(multiply([[1], [2]], [[3, -2]]));
  });
});
