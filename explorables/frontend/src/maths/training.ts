/** Train the small transformer, and measure what forms in it. */
import { transpose } from "./attention";
import { composeKeys } from "./composition";
import { makeRandom, type Random } from "./random";
import { drawLine, drawWeights, judge, layOut, learnFrom, run, type Outcome, type Shape } from "./transformer";

export const SHAPE: Shape = { vocabulary: 32, d_model: 32, d_head: 16, tokens: 33, layers: 2 };
const BATCH = 32;
const RATE = 0.01;
const WARM_UP = 50;
const LONGEST_GRADIENT = 1;
const [FIRST_MOMENT, SECOND_MOMENT, TINY] = [0.9, 0.98, 1e-9];

export interface Choices {
  readonly layers: 1 | 2;
  readonly periods: readonly [number, number];
  readonly seed: number;
}

/** What is measured at a step, on lines that are the same at every step. */
export interface Snapshot {
  readonly step: number;
  /** Mean loss in nats and share of right guesses, where the next word is predictable. */
  readonly loss: number;
  readonly accuracy: number;
  /** Accuracy with each layer's head taken out. */
  readonly without: readonly number[];
  /** Mean and least attention of the first head on the token before, for the words of the first round. */
  readonly previous: Mass;
  /** Mean and least attention of the last head on the tokens after earlier copies. */
  readonly induction: Mass;
  /** K-composition of the first head with the second; null where there is but one. */
  readonly composition: number | null;
  /** The patterns of all layers on the line that is shown, row by row. */
  readonly patterns: readonly (readonly number[])[];
}

export interface Mass {
  readonly mean: number;
  readonly least: number;
}

/** A model in training: `advance` takes one step of Adam on fresh lines. */
export interface Training {
  readonly line: readonly number[];
  advance(): void;
  measure(): Snapshot;
}

export function startTraining({ layers, periods, seed }: Choices): Training {
  const shape = { ...SHAPE, layers };
  const weights = drawWeights(shape, seed);
  const { size } = layOut(shape);
  const [gradient, first, second] = [0, 0, 0].map(() => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array];
  const random = makeRandom(seed + 1000);
  const tests = drawTests(shape, makeRandom(77), periods);
  let step = 0;

  return {
    line: tests[0]?.line ?? [],
    advance() {
      step += 1;
      gradient.fill(0);
      let places = 0;
      for (let i = 0; i < BATCH; i++) {
        const { line, from } = drawLine(shape, random, periods);
        places += learnFrom(shape, weights, line, from, gradient).places;
      }
      const length = Math.hypot(...blocks(gradient)) / places;
      const clip = Math.min(1, LONGEST_GRADIENT / length) / places;
      const rate = RATE * Math.min(1, step / WARM_UP);
      for (let i = 0; i < size; i++) {
        const slope = (gradient[i] as number) * clip;
        const mean = (first[i] = FIRST_MOMENT * (first[i] as number) + (1 - FIRST_MOMENT) * slope);
        const square = (second[i] = SECOND_MOMENT * (second[i] as number) + (1 - SECOND_MOMENT) * slope * slope);
        const unbiased = mean / (1 - FIRST_MOMENT ** step);
        const spread = Math.sqrt(square / (1 - SECOND_MOMENT ** step));
        weights[i] = (weights[i] as number) - (rate * unbiased) / (spread + TINY);
      }
    },
    measure: () => measure(shape, weights, tests, step),
  };
}

/** Lengths of the pieces of a long vector: `Math.hypot` takes only so many numbers at once. */
function blocks(vector: Float64Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < vector.length; at += 1024) lengths.push(Math.hypot(...vector.subarray(at, at + 1024)));
  return lengths;
}

type Line = ReturnType<typeof drawLine>;

function drawTests(shape: Shape, random: Random, periods: Choices["periods"]): Line[] {
  return Array.from({ length: 16 }, () => drawLine(shape, random, periods));
}

function measure(shape: Shape, weights: Float64Array, tests: readonly Line[], step: number): Snapshot {
  const { vocabulary, layers } = shape;
  const total: Outcome = { loss: 0, right: 0, places: 0 };
  const without = Array.from({ length: layers }, () => 0);
  const previous: number[] = [];
  const induction: number[] = [];
  let patterns: number[][] = [];
  for (const [index, { line, from }] of tests.entries()) {
    const done = run(shape, weights, line);
    const outcome = judge(done, line, from, vocabulary);
    total.loss += outcome.loss;
    total.right += outcome.right;
    total.places += outcome.places;
    without.forEach((right, layer) => {
      without[layer] = right + judge(run(shape, weights, line, [layer]), line, from, vocabulary).right;
    });
    const [early, late] = [done.layers[0], done.layers.at(-1)];
    if (early === undefined || late === undefined) throw new RangeError("a model without layers");
    // Later tokens are asked for as well, but the earlier ones carry the same notes: theirs may go soft.
    for (let i = 1; i <= from; i++) previous.push(early.pattern[i * line.length + i - 1] as number);
    for (let i = from; i < line.length; i++) induction.push(massAfterCopies(late.pattern, line, i));
    if (index === 0) patterns = done.layers.map(({ pattern }) => [...pattern]);
  }
  return {
    step,
    loss: total.loss / total.places,
    accuracy: total.right / total.places,
    without: without.map((right) => right / total.places),
    previous: massOf(previous),
    induction: massOf(induction),
    composition: composeLayers(shape, weights),
    patterns,
  };
}

function composeLayers(shape: Shape, weights: Float64Array): number | null {
  const { d_head, d_model } = shape;
  const [first, second] = layOut(shape).heads;
  if (first === undefined || second === undefined) return null;
  const rows = (at: number) => Array.from({ length: d_head }, (_, i) => [...weights.subarray(at + i * d_model, at + (i + 1) * d_model)]);
  return composeKeys({ W_V: rows(first.W_V), W_out: transpose(rows(first.W_out)) }, { W_Q: rows(second.W_Q), W_K: rows(second.W_K) });
}

/** The attention of query i on every token that follows an earlier copy of its word. */
function massAfterCopies(pattern: Float64Array, line: readonly number[], i: number): number {
  let mass = 0;
  for (let j = 1; j <= i; j++) if (line[j - 1] === line[i]) mass += pattern[i * line.length + j] as number;
  return mass;
}

function massOf(masses: readonly number[]): Mass {
  return { mean: masses.reduce((a, b) => a + b, 0) / masses.length, least: Math.min(...masses) };
}
