import { describe, expect, it } from "vitest";
import { copiesOf, expand, netOf } from "../src/maths/paths";

const first = { reads: [[0, 0], [1, 1]], writes: [[0, 8], [1, 9]] } as const;
const second = { reads: [[0, 8], [1, 4], [2, 5]], writes: [[0, 0], [1, 1], [2, 2]] } as const;

describe("a head of ones", () => {
  it("copies what a line reads to where the same line writes", () => {
    expect(copiesOf(netOf(first))).toEqual([
      { from: 0, to: 8, times: 1 },
      { from: 1, to: 9, times: 1 },
    ]);
  });

  it("copies a dimension twice where two lines do", () => {
    const twice = { reads: [[0, 3], [1, 3]], writes: [[0, 7], [1, 7]] } as const;
    expect(copiesOf(netOf(twice))).toEqual([{ from: 3, to: 7, times: 2 }]);
  });

  it("copies nothing where a line reads and does not write", () => {
    expect(copiesOf(netOf({ reads: [[2, 3]], writes: [] }))).toEqual([]);
  });
});

describe("two heads in a row", () => {
  const { twoTokens, oneToken } = expand(first, second);

  it("bring from two tokens back what the second reads where the first wrote", () => {
    expect(copiesOf(twoTokens)).toEqual([{ from: 0, to: 0, times: 1 }]);
  });

  it("bring from one token back what each of them moves by itself", () => {
    expect(copiesOf(oneToken).length).toBe(5);
  });
});
