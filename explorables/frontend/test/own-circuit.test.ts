import { describe, expect, it } from "vitest";
import parameters from "../../dist/parameters.json";
import { LINE, makeQuestion, requireState, tellSteps, type State } from "../src/figures/stepper";
import { runCircuit, type Head } from "../src/maths/circuit";
import { completeHeads, requireOwn, runOwn, type Own, type OwnHead } from "../src/maths/own-circuit";
import { measureOwn } from "../src/training/training";
import { readLine } from "../src/maths/vocabulary";

/** The stream as a report tells it: with eight content numbers a word, the last four of no use here. */
const stream = { alpha: parameters.alpha, lam: parameters.lam, content: parameters.content.map((row) => [...row, 0, 0, 0, 0]), words: parameters.words };
const give = (one: OwnHead = {}, two: OwnHead = {}): Own => ({ heads: [one, two], stream });
const [one, two] = completeHeads("notes", give());
const line = readLine(LINE.slice(1).join(" "), parameters.words).tokens;
const start: State = { circuit: "notes", own: null, whose: "own", token: 5, step: 0, shown: 0, guesses: ["", "", "", ""] };
const rights = (state: Partial<State>) => [0, 1, 2, 3].map((step) => makeQuestion({ ...start, ...state }, parameters, step).right);

/** The same head in another basis of its inside: turned, stretched, with its note in the last scratch directions. */
function disguise({ W_V, W_out }: Head): Required<Pick<OwnHead, "W_V" | "W_out">> {
  const mixed = W_V.map((row, i) => row.map((value, k) => 3 * value - (W_V[(i + 1) % 4]?.[k] ?? 0)));
  const blank = W_out.map(() => [0, 0, 0, 0]);
  return { W_V: mixed, W_out: blank.map((row, i) => (i < blank.length - 4 ? row : row.map((_value, k) => (k === blank.length - 1 - i ? 1 : 0)))) };
}

describe("a learner's circuit", () => {
  it("is the book's where nothing is the learner's", () => {
    for (const name of ["pointer", "notes"] as const) {
      const [ours, theirs] = [runOwn(name, line, give()), runCircuit(name, line, parameters)];
      for (const layer of [0, 1] as const) {
        expect(ours[layer].pattern).toEqual(theirs[layer].pattern);
        expect(ours[layer].after.map((row) => row.slice(0, 28))).toEqual(theirs[layer].after);
      }
    }
  });

  it("is read by what its own head 1 writes, wherever and in whatever basis that is", () => {
    const own = give({ ...one, ...disguise(one) }, { W_Q: two.W_Q, W_K: two.W_K });
    // Only head 2, which looks for notes where the book writes them, is lost.
    expect(rights({ own }).slice(0, 2)).toEqual(["token 4", "word 4"]);
    expect(tellSteps({ ...start, own, shown: 4, step: 3 }, parameters)).not.toContain("The guess is “fish”");
  });

  it("is told as the learner's, and the book's beside it as the book's", () => {
    const own = give(one, two);
    const asked = (whose: State["whose"]) => makeQuestion({ ...start, own, whose }, parameters, 0);
    expect(asked("own").ask).toContain("Where will your head 1 look");
    expect(asked("own").why).toContain("your own queries and keys decide");
    expect(asked("book").ask).toContain("Where will head 1 look");
    expect(asked("book").why).toContain("turned back by one step");
    expect(rights({ own })).toEqual(rights({ own, whose: "book" }));
    expect(rights({ own })).toEqual(["token 4", "word 4", "token 2", "fish"]);
  });

  it("may bring no word", () => {
    const mute = { W_V: two.W_V.map((row) => row.map(() => 0)), W_out: two.W_out };
    const question = makeQuestion({ ...start, own: give({}, mute) }, parameters, 3);
    expect(question.right).toBe("no word");
    expect(question.why).toContain("next to nothing");
  });

  it("tells a pointer's place by what its head 1 writes of places", () => {
    const [first] = completeHeads("pointer", give());
    const turned = { W_V: first.W_V, W_out: first.W_out.map((row) => row.map((value) => -2 * value)) };
    expect(rights({ circuit: "pointer", own: give(turned) })[1]).toBe("place 1");
  });
});

describe("heads that came as data", () => {
  const fitting = { W_Q: one.W_Q, W_K: one.W_K };
  it("are shown if they fit", () => {
    expect(() => requireOwn(give(one, fitting))).not.toThrow();
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["text", "heads"],
    ["no stream", { heads: [{}, {}] }],
    ["one head", { heads: [{}], stream }],
    ["a head that is none", { heads: [{}, null], stream }],
    ["queries without keys", { heads: [{ W_Q: one.W_Q }, {}], stream }],
    ["queries and keys of two sizes", { heads: [{ W_Q: one.W_Q.slice(1), W_K: one.W_K }, {}], stream }],
    ["rows too short", { heads: [{ W_Q: [[1]], W_K: [[1]] }, {}], stream }],
    ["values that no output takes", { heads: [{ W_V: one.W_V, W_out: one.W_V }, {}], stream }],
    ["too many rows", { heads: [{ W_Q: Array.from({ length: 65 }, () => one.W_Q[0]), W_K: Array.from({ length: 65 }, () => one.W_Q[0]) }, {}], stream }],
    ["a number that is none", { heads: [{ W_Q: one.W_Q, W_K: one.W_K.map((row) => row.map(() => "1")) }, {}], stream }],
    ["a number beyond measure", { heads: [{ W_Q: one.W_Q, W_K: one.W_K.map((row) => row.map(() => 1e300)) }, {}], stream }],
    ["words without all numbers", { heads: [{}, {}], stream: { ...stream, content: parameters.content } }],
    ["words without names", { heads: [{}, {}], stream: { ...stream, words: stream.words.slice(1) } }],
    ["a name that is none", { heads: [{}, {}], stream: { ...stream, words: stream.words.map(() => 7) } }],
    ["no clocks", { heads: [{}, {}], stream: { ...stream, alpha: [], lam: [] } }],
  ])("are refused: %s", (_what, own) => {
    expect(() => requireOwn(own)).toThrow("These are no heads");
    if (own !== null) expect(() => requireState({ ...start, own })).toThrow("These are no heads");
  });

  it.each([{ circuit: "keys" }, { token: 0 }, { token: 6 }, { step: 4 }, { shown: -1 }, { guesses: [] }, { guesses: [1, 2, 3, 4] }, { whose: "mine" }])(
    "and so is what no control leads to: %o",
    (changed) => {
      expect(() => requireState({ ...start, ...changed })).toThrow("no state");
    },
  );
});

describe("a learner's heads on the lists of the training", () => {
  it("meet the demands of exercise 3 if they are the book's", () => {
    const { previous, induction } = measureOwn(give(one, two), [5, 16]);
    for (const mass of [previous, induction]) {
      expect(mass?.mean).toBeGreaterThan(0.95);
      expect(mass?.least).toBeGreaterThan(0.8);
      expect(mass?.first).toBe(1);
    }
  });

  it("are not measured where they are the book's", () => {
    expect(measureOwn(give({}, { W_Q: two.W_Q, W_K: two.W_K }), [3, 6]).previous).toBeNull();
  });

  it("are told to fail where they look elsewhere", () => {
    const [away] = completeHeads("pointer", give()); // at earlier copies
    const { previous } = measureOwn(give(away), [5, 16]);
    expect(previous?.mean).toBeLessThan(0.2);
    expect(previous?.first).toBeLessThan(0.5);
  });
});
