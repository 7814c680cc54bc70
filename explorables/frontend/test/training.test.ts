import { describe, expect, it } from "vitest";
import { makeRandom } from "../src/training/random";
import { listen, STEPS, type News, type Order } from "../src/training/train-worker";
import { startTraining } from "../src/training/training";
import { drawLine, drawWeights, judge, learnFrom, run, type Shape } from "../src/training/transformer";

const SMALL: Shape = { vocabulary: 7, d_model: 6, d_head: 4, tokens: 9, layers: 2 };

describe("a list of words", () => {
  it("says different words over and over, and can be foretold from the second round on", () => {
    const { line, from } = drawLine(SMALL, makeRandom(1), [3, 4]);
    expect(new Set(line.slice(0, from)).size).toBe(from);
    expect(line.slice(from)).toEqual(line.slice(0, line.length - from));
  });
});

describe("the gradient", () => {
  const weights = drawWeights(SMALL, 3);
  const { line, from } = drawLine(SMALL, makeRandom(2), [3, 4]);
  const lossOf = (changed: Float64Array) => judge(run(SMALL, changed, line), line, from, SMALL.vocabulary).loss;

  it("is what a small change of any weight does to the loss", () => {
    const gradient = new Float64Array(weights.length);
    learnFrom(SMALL, weights, line, from, gradient);
    const step = 1e-5;
    weights.forEach((weight, i) => {
      const [more, less] = [weights.slice(), weights.slice()];
      more[i] = weight + step;
      less[i] = weight - step;
      const slope = (lossOf(more) - lossOf(less)) / (2 * step);
      expect(Math.abs(slope - (gradient[i] ?? NaN))).toBeLessThan(1e-7);
    });
  });

  it("is nothing for a head that no logit hears", () => {
    const deaf = weights.slice();
    deaf.fill(0, 0, 2 * 7 * 6); // W_E and W_U
    const gradient = new Float64Array(weights.length);
    learnFrom(SMALL, deaf, line, from, gradient);
    expect(gradient.slice((2 * 7 + 9) * 6).every((slope) => slope === 0)).toBe(true);
  });
});

describe("a head that is taken out", () => {
  it("leaves its pattern and adds nothing", () => {
    const weights = drawWeights(SMALL, 4);
    const line = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    const [whole, without] = [run(SMALL, weights, line), run(SMALL, weights, line, [0])];
    expect(without.layers[0]?.pattern).toEqual(whole.layers[0]?.pattern);
    expect(without.layers[1]?.stream).toEqual(without.layers[0]?.stream);
  });
});

describe("the same seed", () => {
  it("gives the same training to the last digit", () => {
    const twice = [0, 1].map(() => {
      const training = startTraining({ layers: 1, periods: [3, 4], seed: 5 });
      training.advance();
      return training.measure();
    });
    expect(twice[0]).toEqual(twice[1]);
  });
});

describe("K-composition", () => {
  it("is what chance makes of it before training, and is asked of two layers only", () => {
    const begun = (layers: 1 | 2) => startTraining({ layers, periods: [3, 4], seed: 5 }).measure().composition;
    expect(begun(1)).toBeNull();
    expect(begun(2)).toBeGreaterThan(0.12);
    expect(begun(2)).toBeLessThan(0.25);
  });
});

describe("the worker", () => {
  it("tells what it measured, pauses at an order, and goes on from there", async () => {
    const news: News[] = [];
    let waiting: () => void = () => undefined;
    const scope = {
      onmessage: null as ((event: { data: Order }) => void) | null,
      postMessage(told: News) {
        news.push(told);
        waiting();
      },
    };
    const hear = (count: number) =>
      new Promise<void>((resolve) => {
        waiting = () => news.length >= count && resolve();
        waiting();
      });
    listen(scope);
    const order = (data: Order) => scope.onmessage?.({ data });
    order({ kind: "start", choices: { layers: 1, periods: [3, 4], seed: 0 } });
    await hear(2);
    order({ kind: "pause" });
    const paused = news.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(news.length).toBe(paused);
    order({ kind: "go on" });
    await hear(paused + 1);
    order({ kind: "pause" });
    expect(news.map(({ snapshot }) => snapshot.step)).toEqual(news.map((_, i) => 5 * i));
    expect(news.at(-1)?.done).toBe(false);
    expect(STEPS % 5).toBe(0);
  }, 60_000);
});
