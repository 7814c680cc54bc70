import { describe, expect, it } from "vitest";
import parameters from "../../dist/parameters.json";
import { percent, rounded } from "../src/core/words";
import { goBack, goOn, guess, makeQuestion, STEPS, tellSteps, type State } from "../src/figures/stepper";
import { findAlike, placesOf, runCircuit } from "../src/maths/circuit";

const start: State = { circuit: "pointer", own: null, whose: "own", token: 5, step: 0, shown: 0, guesses: ["", "", "", ""] };
const rights = (state: Partial<State>) =>
  [0, 1, 2, 3].map((step) => makeQuestion({ ...start, ...state }, parameters, step).right);
const CIRCUITS = ["pointer", "notes"] as const;

describe("the last star", () => {
  it("is told a place by the pointer's head 1, and the word by head 2", () => {
    expect(rights({})).toEqual(["token 1", "place 1", "token 2", "fish"]);
  });

  it("finds fish by its note", () => {
    expect(rights({ circuit: "notes" })).toEqual(["token 4", "word 4", "token 2", "fish"]);
  });
});

describe("a word that comes for the first time", () => {
  it("points at itself, and the circuit guesses it again", () => {
    expect(rights({ token: 2 })).toEqual(["token 2", "place 2", "token 2", "fish"]);
  });

  it("matches no note: the blank ones share the attention", () => {
    expect(rights({ circuit: "notes", token: 1 })).toEqual(["token 0", "nothing 0", "spread", "star"]);
    expect(rights({ circuit: "notes", token: 4 })).toEqual(["token 3", "word 20", "spread", "star"]);
  });

  it("may be guessed rightly by luck, which is said", () => {
    const { why } = makeQuestion({ ...start, circuit: "notes", token: 4 }, parameters, 3);
    expect(why).toContain("The line does go on with “star”, but by luck.");
  });
});

describe("every question", () => {
  const all = CIRCUITS.flatMap((circuit) =>
    [1, 2, 3, 4, 5].flatMap((token) =>
      [0, 1, 2, 3].map((step) => ({ circuit, token, step, ...makeQuestion({ ...start, circuit, token }, parameters, step) })),
    ),
  );

  it("offers two to four different answers, the right one among them", () => {
    for (const { options, right } of all) {
      const ids = options.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(new Set(options.map(({ label }) => label)).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThanOrEqual(2);
      expect(ids.length).toBeLessThanOrEqual(4);
      expect(ids).toContain(right);
    }
  });

  it("offers only tokens that can be seen", () => {
    for (const { options, token } of all)
      for (const { id } of options) {
        const [kind, place] = id.split(" ");
        if (kind === "token") expect(Number(place)).toBeLessThanOrEqual(token);
      }
  });

  it("offers the word to a reader who believes that head 1 brings it", () => {
    const { options } = makeQuestion(start, parameters, 1);
    expect(options.map(({ label }) => label)).toEqual(["the word “star”", "the word “fish”", "position 1", "position 5"]);
  });
});

describe("the order of steps", () => {
  const walk = (state: State, ...moves: ((state: State) => Partial<State>)[]) =>
    moves.reduce((now, move) => ({ ...now, ...move(now) }), state);

  it("shows a step once it was guessed, and goes on then", () => {
    const guessed = walk(start, (state) => guess(state, 0, "token 4"));
    expect(guessed).toMatchObject({ step: 0, shown: 1, guesses: ["token 4", "", "", ""] });
    expect(walk(guessed, goOn)).toMatchObject({ step: 1, shown: 1 });
  });

  it("shows a step without a guess before it goes on", () => {
    expect(walk(start, goOn)).toMatchObject({ step: 0, shown: 1 });
    expect(walk(start, goOn, goOn)).toMatchObject({ step: 1, shown: 1 });
  });

  it("lets nobody guess what is shown", () => {
    const shown = walk(start, goOn);
    expect(guess(shown, 0, "token 1")).toEqual({});
  });

  it("takes no guess at a step that was left before the picture was drawn anew", () => {
    expect(guess({ ...start, step: 1, shown: 1 }, 0, "token 1")).toEqual({});
  });

  it("goes back to what was said, and forward again without asking twice", () => {
    const there = walk(start, (state) => guess(state, 0, "token 4"), goOn, goBack);
    expect(there).toMatchObject({ step: 0, shown: 1, guesses: ["token 4", "", "", ""] });
    expect(goBack(there)).toEqual({ step: 0 });
    expect(walk(there, goOn)).toMatchObject({ step: 1, shown: 1 });
  });

  it("begins anew after the last", () => {
    const moves = new Array<typeof goOn>(2 * STEPS - 1).fill(goOn);
    const end = walk(start, ...moves);
    expect(end).toMatchObject({ step: STEPS - 1, shown: STEPS });
    expect(walk(end, goOn)).toEqual(start);
  });
});

describe("the picture in words", () => {
  it("tells the steps that are shown, and no other", () => {
    expect(tellSteps(start, parameters)).toBe("No head has run yet.");
    expect(tellSteps({ ...start, step: 1, shown: 4 }, parameters)).toBe("Head 1 looks at “star” at 1. Head 1 writes position 1.");
    expect(tellSteps({ ...start, circuit: "notes", token: 1, step: 3, shown: 4 }, parameters)).toBe(
      "Head 1 looks at BOS at 0. Head 1 writes nothing. Head 2 looks at several alike. The guess is “star”.",
    );
  });
});

describe("a circuit", () => {
  it("leaves content and position of every token as they were", () => {
    const { content, position } = placesOf(parameters);
    for (const name of CIRCUITS) {
      const [one, two] = runCircuit(name, [0, 7, 9, 7], parameters);
      for (const place of [...content, ...position])
        expect(two.after.map((row) => row[place])).toEqual(one.after.map((row) => row[place]));
    }
  });

  it("continues a line that it has not seen", () => {
    const line = [0, 40, 3, 61, 22, 40];
    for (const name of CIRCUITS) {
      const [, { after }] = runCircuit(name, line, parameters);
      const found = placesOf(parameters).found.map((place) => after[5]?.[place] ?? 0);
      expect(findAlike(found, parameters.content)?.row).toBe(3);
    }
  });

  it("is like nothing where next to nothing is written", () => {
    const rows = [[0, 0], [3, 4], [-4, 3]];
    expect(findAlike([0, 0], rows)).toBeNull();
    expect(findAlike([0.5, 0.5], rows)).toBeNull();
    expect(findAlike([2, 2], rows)).toMatchObject({ row: 1, next: 2 });
  });
});

describe("a number in words", () => {
  it("has a real minus sign and no needless zeros", () => {
    expect([rounded(-2.04), rounded(2304), rounded(-760.4, 0)]).toEqual(["−2", "2304", "−760"]);
  });
});

describe("a share in words", () => {
  it("has a digit more where it is nearly all or nothing", () => {
    expect([1, 0.99999, 0.998, 0.5, 0.004, 1e-9].map(percent)).toEqual(["100 %", "100 %", "99.8 %", "50 %", "0.4 %", "0 %"]);
  });
});
