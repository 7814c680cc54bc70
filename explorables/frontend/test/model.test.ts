import { describe, expect, it } from "vitest";
import parameters from "../../dist/parameters.json";
import module, { hear, type State } from "../src/figures/model";
import { mean } from "../src/maths/model";
import { readLine } from "../src/maths/vocabulary";

const start: State = { line: "star fish swims past star", circuit: "notes", cut: "none", rest: false, token: null };
const alt = (state: Partial<State>) =>
  module.drawStill(parameters, { ...start, ...state }, 680, document.createElement("div")).alt;
const twice = "star fish swims past star fish swims past";

describe("a line", () => {
  it("is read word by word, and what is not in the vocabulary is named", () => {
    expect(readLine("  Star fsh  fish ", parameters.words)).toEqual({ tokens: [0, 13, 18], strange: ["fsh"] });
  });

  it("may be empty, unknown or too long", () => {
    expect(alt({ line: "" })).toContain("Behind “BOS” at 0");
    expect(alt({ line: "fsh" })).toContain("It does not know “fsh”, and reads the line without.");
    expect(alt({ line: "star ".repeat(20) })).toContain("It reads the first 16 words.");
  });
});

describe("the model", () => {
  it("continues a line that has begun anew, by notes and by pointers", () => {
    for (const circuit of ["notes", "pointer"] as const)
      expect(alt({ circuit })).toContain("Behind “star” at 5 the model says “fish”, with 100 %.");
  });

  it("says nothing true without either head", () => {
    expect(alt({ cut: "first" })).not.toContain("says “fish”");
    expect(alt({ cut: "last" })).toContain("the model does not know: no word gets more than 1.6 %");
  });

  it("is as surprised as one that knows nothing where it rests, and not at all by what it has seen", () => {
    const { losses } = hear({ ...start, line: twice, rest: true }, parameters);
    for (const loss of losses.slice(0, 4)) expect(loss).toBeCloseTo(Math.log(64), 6);
    for (const loss of losses.slice(5)) expect(loss).toBeLessThan(0.01);
    const loud = hear({ ...start, line: twice }, parameters).losses;
    expect(mean(loud.slice(0, 4))).toBeGreaterThan(2 * Math.log(64));
  });

  it("mixes the words that followed several copies", () => {
    expect(alt({ line: "the cat and the dog and the", rest: true })).not.toContain("with 100 %");
  });
});
