/** Train the small transformer, and measure what forms in it. */
import { transpose } from "../maths/attention";
import { composeKeys } from "../maths/composition";
import { runOwn, type Own } from "../maths/own-circuit";
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

/** What a head gives to the tokens that are wanted, over many queries. */
export interface Mass {
  readonly mean: number;
  readonly least: number;
  /** The share of queries at which each of them gets more than any other token. */
  readonly first: number;
}

/** A pattern, row by row, as far as masses are measured on it. */
type Rows = ArrayLike<number>;

/** Attention on the wanted tokens at one query. */
interface Look {
  readonly mass: number;
  readonly first: boolean;
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
  const previous: Look[] = [];
  const induction: Look[] = [];
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
    previous.push(...lookBefore(early.pattern, line.length, from));
    induction.push(...lookAfterCopies(late.pattern, line, from));
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

function look(pattern: Rows, n: number, i: number, wanted: (j: number) => boolean): Look {
  let [mass, least, other] = [0, Infinity, -Infinity];
  for (let j = 0; j <= i; j++) {
    const share = pattern[i * n + j] as number;
    if (wanted(j)) {
      mass += share;
      least = Math.min(least, share);
    } else other = Math.max(other, share);
  }
  return { mass, first: least > other };
}

/**
 * What queries give to the token before, in the first round. Later tokens are asked for as well, but
 * the earlier ones carry the same notes: theirs may go soft.
 */
function lookBefore(pattern: Rows, n: number, from: number): Look[] {
  return Array.from({ length: from }, (_, i) => look(pattern, n, i + 1, (j) => j === i));
}

/** What queries give to the tokens after earlier copies of their word, from the second round on. */
function lookAfterCopies(pattern: Rows, line: readonly number[], from: number): Look[] {
  const n = line.length;
  return Array.from({ length: n - from }, (_, k) => look(pattern, n, from + k, (j) => j > 0 && line[j - 1] === line[from + k]));
}

function massOf(looks: readonly Look[]): Mass {
  const masses = looks.map(({ mass }) => mass);
  return {
    mean: masses.reduce((a, b) => a + b, 0) / masses.length,
    least: Math.min(...masses),
    first: looks.filter(({ first }) => first).length / looks.length,
  };
}

/** The same masses of a learner's heads, on the same lines with BOS in front; `null` for a head that is the book's. */
export function measureOwn(own: Own, periods: Choices["periods"]): { previous: Mass | null; induction: Mass | null } {
  const looks: { previous: Look[]; induction: Look[] } = { previous: [], induction: [] };
  for (const { line, from } of drawTests({ ...SHAPE, layers: 2 }, makeRandom(77), periods)) {
    const [early, late] = runOwn("notes", [0, ...line.map((word) => word + 1)], own).map(({ pattern }) => pattern.slice(1).flatMap((row) => row.slice(1))) as [number[], number[]];
    looks.previous.push(...lookBefore(early, line.length, from));
    looks.induction.push(...lookAfterCopies(late, line, from));
  }
  const [one, two] = own.heads;
  return { previous: one.W_Q ? massOf(looks.previous) : null, induction: two.W_Q ? massOf(looks.induction) : null };
}
