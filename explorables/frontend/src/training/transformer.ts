/**
 * Compute an attention-only transformer with one head a layer, and its gradients, by hand.
 *
 * As in the course: the stream is a row a token, `q = W_Q (h + p)`, `k = W_K (h + p)`, `v = W_V h`,
 * and a head adds `W_out (A v)` to the stream. Positions p are learned and reach queries and keys
 * alone; values never see them. Scores are divided by the root of d_head, logits are `W_U h`.
 *
 * Everything lies in one Float64Array, so that the optimiser is one loop. Float32Array is slower in
 * JavaScript, whose numbers are doubles.
 */
import { makeRandom, type Random } from "./random";

export interface Shape {
  readonly vocabulary: number;
  readonly d_model: number;
  readonly d_head: number;
  /** Tokens of a line. */
  readonly tokens: number;
  readonly layers: number;
}

/** Where each matrix begins in the parameters, row by row. */
export interface Places {
  readonly W_E: number; // (vocabulary, d_model), a row a word
  readonly W_U: number; // (vocabulary, d_model), a row a word
  readonly p: number; // (tokens, d_model)
  readonly heads: readonly {
    readonly W_Q: number; // (d_head, d_model)
    readonly W_K: number; // (d_head, d_model)
    readonly W_V: number; // (d_head, d_model)
    readonly W_out: number; // (d_head, d_model): its transpose, so that all rows are read alike
  }[];
  readonly size: number;
}

export function layOut({ vocabulary, d_model, d_head, tokens, layers }: Shape): Places {
  let size = 0;
  const take = (rows: number) => {
    const start = size;
    size += rows * d_model;
    return start;
  };
  const [W_E, W_U, p] = [take(vocabulary), take(vocabulary), take(tokens)];
  const heads = Array.from({ length: layers }, () => ({
    W_Q: take(d_head),
    W_K: take(d_head),
    W_V: take(d_head),
    W_out: take(d_head),
  }));
  return { W_E, W_U, p, heads, size };
}

/** Weights drawn from N(0, 1 / d_model). */
export function drawWeights(shape: Shape, seed: number): Float64Array {
  const random = makeRandom(seed);
  const spread = 1 / Math.sqrt(shape.d_model);
  return Float64Array.from({ length: layOut(shape).size }, () => spread * random.normal());
}

/** `out[i][r] += sum_c x[i][c] rows[r][c]`: rows of x against rows of a matrix. */
function project(x: Float64Array, n: number, width: number, rows: Float64Array, at: number, count: number, out: Float64Array): void {
  for (let i = 0; i < n; i++)
    for (let r = 0; r < count; r++) {
      let sum = 0;
      const [a, b] = [i * width, at + r * width];
      for (let c = 0; c < width; c++) sum += (x[a + c] as number) * (rows[b + c] as number);
      out[i * count + r] = (out[i * count + r] as number) + sum;
    }
}

/** `out[i][c] += sum_r y[i][r] rows[r][c]`: back from rows of a matrix into its columns. */
function spread(y: Float64Array, n: number, count: number, rows: Float64Array, at: number, width: number, out: Float64Array): void {
  for (let i = 0; i < n; i++)
    for (let r = 0; r < count; r++) {
      const factor = y[i * count + r] as number;
      if (factor === 0) continue;
      const [a, b] = [i * width, at + r * width];
      for (let c = 0; c < width; c++) out[a + c] = (out[a + c] as number) + factor * (rows[b + c] as number);
    }
}

/** `gradient[r][c] += sum_i y[i][r] x[i][c]`: what a matrix gets from its two sides. */
function collect(y: Float64Array, x: Float64Array, n: number, count: number, width: number, gradient: Float64Array, at: number): void {
  for (let i = 0; i < n; i++)
    for (let r = 0; r < count; r++) {
      const factor = y[i * count + r] as number;
      if (factor === 0) continue;
      const [a, b] = [i * width, at + r * width];
      for (let c = 0; c < width; c++) gradient[b + c] = (gradient[b + c] as number) + factor * (x[a + c] as number);
    }
}

/** What one layer has computed for a line, kept for the way back. */
interface Layer {
  readonly stream: Float64Array; // (n, d_model): the layer's input
  readonly placed: Float64Array; // (n, d_model): with positions
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly v: Float64Array; // (n, d_head) each
  readonly pattern: Float64Array; // (n, n)
  readonly mixed: Float64Array; // (n, d_head): A v
}

export interface Run {
  readonly layers: readonly Layer[];
  readonly stream: Float64Array; // (n, d_model): after all layers
  readonly logits: Float64Array; // (n, vocabulary)
}

/** Run a line through the model; heads named in `without` add nothing. */
export function run(shape: Shape, weights: Float64Array, line: readonly number[], without: readonly number[] = []): Run {
  const { d_model, d_head, vocabulary } = shape;
  const places = layOut(shape);
  const n = line.length;
  let stream = new Float64Array(n * d_model);
  line.forEach((token, i) => {
    const at = places.W_E + token * d_model;
    stream.set(weights.subarray(at, at + d_model), i * d_model);
  });
  const layers = places.heads.map((head, number) => {
    const placed = stream.slice();
    for (let i = 0; i < n * d_model; i++) placed[i] = (placed[i] as number) + (weights[places.p + i] as number);
    const [q, k, v, mixed] = [0, 0, 0, 0].map(() => new Float64Array(n * d_head)) as [Float64Array, Float64Array, Float64Array, Float64Array];
    project(placed, n, d_model, weights, head.W_Q, d_head, q);
    project(placed, n, d_model, weights, head.W_K, d_head, k);
    project(stream, n, d_model, weights, head.W_V, d_head, v);
    const pattern = attend(q, k, n, d_head);
    mix(pattern, v, n, d_head, mixed);
    const next = stream.slice();
    if (!without.includes(number)) spread(mixed, n, d_head, weights, head.W_out, d_model, next);
    const layer = { stream, placed, q, k, v, pattern, mixed };
    stream = next;
    return layer;
  });
  const logits = new Float64Array(n * vocabulary);
  project(stream, n, d_model, weights, places.W_U, vocabulary, logits);
  return { layers, stream, logits };
}

function attend(q: Float64Array, k: Float64Array, n: number, d_head: number): Float64Array {
  const pattern = new Float64Array(n * n);
  const scale = 1 / Math.sqrt(d_head);
  for (let i = 0; i < n; i++) {
    let most = -Infinity;
    for (let j = 0; j <= i; j++) {
      let score = 0;
      for (let r = 0; r < d_head; r++) score += (q[i * d_head + r] as number) * (k[j * d_head + r] as number);
      pattern[i * n + j] = score * scale;
      if (score * scale > most) most = score * scale;
    }
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += pattern[i * n + j] = Math.exp((pattern[i * n + j] as number) - most);
    for (let j = 0; j <= i; j++) pattern[i * n + j] = (pattern[i * n + j] as number) / sum;
  }
  return pattern;
}

/** `out[i] += sum_j A[i][j] v[j]` */
function mix(pattern: Float64Array, v: Float64Array, n: number, d_head: number, out: Float64Array): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const share = pattern[i * n + j] as number;
      for (let r = 0; r < d_head; r++) out[i * d_head + r] = (out[i * d_head + r] as number) + share * (v[j * d_head + r] as number);
    }
}

/** How a line was predicted where it can be: summed loss in nats, right guesses, how many places. */
export interface Outcome {
  loss: number;
  right: number;
  places: number;
}

/**
 * The loss of a run at the places `from <= i < n - 1`, whose next word is predictable, and its
 * derivative by the logits, `softmax - 1` at the right word.
 */
export function judge({ logits }: Run, line: readonly number[], from: number, vocabulary: number, slope?: Float64Array): Outcome {
  const outcome = { loss: 0, right: 0, places: 0 };
  for (let i = from; i < line.length - 1; i++) {
    const row = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
    const next = line[i + 1] as number;
    let [most, best] = [-Infinity, -1];
    row.forEach((logit, word) => {
      if (logit > most) [most, best] = [logit, word];
    });
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - most);
    outcome.loss += most + Math.log(sum) - (row[next] as number);
    outcome.right += best === next ? 1 : 0;
    outcome.places += 1;
    if (slope === undefined) continue;
    row.forEach((logit, word) => {
      slope[i * vocabulary + word] = Math.exp(logit - most) / sum - (word === next ? 1 : 0);
    });
  }
  return outcome;
}

/** Add to `gradient` the derivative of a line's summed loss by every weight; return how it was predicted. */
export function learnFrom(shape: Shape, weights: Float64Array, line: readonly number[], from: number, gradient: Float64Array): Outcome {
  const { d_model, d_head, vocabulary } = shape;
  const places = layOut(shape);
  const n = line.length;
  const done = run(shape, weights, line);
  const slope = new Float64Array(n * vocabulary);
  const outcome = judge(done, line, from, vocabulary, slope);
  collect(slope, done.stream, n, vocabulary, d_model, gradient, places.W_U);
  let back = new Float64Array(n * d_model); // by the stream
  spread(slope, n, vocabulary, weights, places.W_U, d_model, back);
  for (let number = shape.layers - 1; number >= 0; number--) {
    const head = places.heads[number];
    const layer = done.layers[number];
    if (head === undefined || layer === undefined) throw new RangeError(`no layer ${number}`);
    const sides = () => new Float64Array(n * d_head);
    const [byMixed, byV, byQ, byK] = [sides(), sides(), sides(), sides()];
    collect(layer.mixed, back, n, d_head, d_model, gradient, head.W_out);
    project(back, n, d_model, weights, head.W_out, d_head, byMixed);
    backThroughAttention(layer, byMixed, n, d_head, { byV, byQ, byK });
    collect(byQ, layer.placed, n, d_head, d_model, gradient, head.W_Q);
    collect(byK, layer.placed, n, d_head, d_model, gradient, head.W_K);
    collect(byV, layer.stream, n, d_head, d_model, gradient, head.W_V);
    const byPlaced = new Float64Array(n * d_model);
    spread(byQ, n, d_head, weights, head.W_Q, d_model, byPlaced);
    spread(byK, n, d_head, weights, head.W_K, d_model, byPlaced);
    const next = back.slice();
    spread(byV, n, d_head, weights, head.W_V, d_model, next);
    for (let i = 0; i < n * d_model; i++) {
      gradient[places.p + i] = (gradient[places.p + i] as number) + (byPlaced[i] as number);
      next[i] = (next[i] as number) + (byPlaced[i] as number);
    }
    back = next;
  }
  line.forEach((token, i) => {
    const at = places.W_E + token * d_model;
    for (let c = 0; c < d_model; c++) gradient[at + c] = (gradient[at + c] as number) + (back[i * d_model + c] as number);
  });
  return outcome;
}

/** From the slope by A v to those by values, queries and keys. */
function backThroughAttention(
  { pattern, q, k, v }: Layer,
  byMixed: Float64Array,
  n: number,
  d_head: number,
  { byV, byQ, byK }: { byV: Float64Array; byQ: Float64Array; byK: Float64Array },
): void {
  const scale = 1 / Math.sqrt(d_head);
  const byShare = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let level = 0;
    for (let j = 0; j <= i; j++) {
      const share = pattern[i * n + j] as number;
      let sum = 0;
      for (let r = 0; r < d_head; r++) {
        const slope = byMixed[i * d_head + r] as number;
        sum += slope * (v[j * d_head + r] as number);
        byV[j * d_head + r] = (byV[j * d_head + r] as number) + share * slope;
      }
      byShare[j] = sum;
      level += share * sum;
    }
    for (let j = 0; j <= i; j++) {
      const byScore = (pattern[i * n + j] as number) * ((byShare[j] as number) - level) * scale;
      for (let r = 0; r < d_head; r++) {
        byQ[i * d_head + r] = (byQ[i * d_head + r] as number) + byScore * (k[j * d_head + r] as number);
        byK[j * d_head + r] = (byK[j * d_head + r] as number) + byScore * (q[i * d_head + r] as number);
      }
    }
  }
}

/** A line: a few words, all different, said over and over; and where its next word becomes predictable. */
export function drawLine(shape: Shape, random: Random, periods: readonly [number, number]): { line: number[]; from: number } {
  const period = random.whole(...periods);
  const words = random.distinct(period, shape.vocabulary);
  return { line: Array.from({ length: shape.tokens }, (_, i) => words[i % period] ?? 0), from: period };
}
