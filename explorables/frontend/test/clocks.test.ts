import { describe, expect, it } from "vitest";
import { findPeak, scoreAt } from "../src/maths/clocks";

const alpha = [(2 * Math.PI) / 19, (2 * Math.PI) / 7];
const lam = [15, 6];
const look = (...steps: number[]) => {
  const angles = steps.map((step, k) => step * (alpha[k] ?? 0));
  return findPeak((d) => scoreAt(d, alpha, lam, angles), 0, 127);
};

describe("the score of turned hands", () => {
  it("is highest as many tokens back as both hands were turned back in steps of their own", () => {
    for (const steps of [0, 1, 3, 9]) expect(look(steps, steps).distance).toBe(steps);
  });

  it("leads at its peak by what the two squares leave over the second best", () => {
    const { score, second, lead } = look(0, 0);
    expect(score).toBeCloseTo(261, 9);
    expect(second).toBe(77);
    expect(lead).toBeCloseTo(12.190, 2);
  });

  it("is highest 22 back where both hands were turned by three steps of clock 0", () => {
    const angle = 3 * (alpha[0] ?? 0);
    expect(look(3, angle / (alpha[1] ?? 1)).distance).toBe(22);
  });

  it("has a first and a second best, or there is nothing to compare", () => {
    expect(() => findPeak(() => 0, 3, 3)).toThrow("fewer than two");
  });
});
