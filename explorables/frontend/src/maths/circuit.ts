/**
 * Run two heads that continue repeated text, by pointers (exercise 2) or by notes (exercise 3).
 *
 * The named directions of the toy stream are orthonormal, so a token is a list of its coordinates:
 * the four largest of the content, then cos 0, sin 0, cos 1, sin 1 and so on, then scratch v_0 to
 * v_11. No head reads the directions that are left out.
 */
import { attentionScores, causalPattern, dot, multiply, transpose, type Matrix } from "./attention";
import { hand } from "./clocks";

export interface Head {
  readonly W_Q: Matrix; // (d_head, d_model)
  readonly W_K: Matrix; // (d_head, d_model)
  readonly W_V: Matrix; // (d_head, d_model)
  readonly W_out: Matrix; // (d_model, d_head)
}

export type CircuitName = "pointer" | "notes";

/** What the heads are built from: the clocks and the words of the stream. */
export interface Stream {
  readonly alpha: readonly number[];
  readonly lam: readonly number[];
  /** The four largest content coordinates of each word, a row a word; row 0, BOS, is zero. */
  readonly content: Matrix;
}

/** A stream whose words have names. */
export interface NamedStream extends Stream {
  /** Of the words 1, 2 and so on. */
  readonly words: readonly string[];
}

const BETA = 0.5; // of part 2d
const SCRATCH = 12; // v_0 to v_11: head 1 writes into the first eight, head 2 into the last four
const NOTED = 8;
const SAME = 2; // clocks that tell "here" from "not here", and the place before
const POINTED = 4; // clocks of a pointer
const ROUNDING = 1e-9;
const FAINT = 0.2; // less of an arrow than this says nothing

const range = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);

/** Where each subspace lies among the coordinates. */
export function placesOf({ alpha, content }: Stream) {
  const width = content[0]?.length ?? 0;
  const scratch = width + 2 * alpha.length;
  return {
    content: range(0, width),
    position: range(width, 2 * alpha.length),
    noted: range(scratch, NOTED),
    found: range(scratch + NOTED, width),
    d_model: scratch + SCRATCH,
  };
}

/** The numbers of one token at some coordinates. */
export const pick = (token: readonly number[], places: readonly number[]): number[] =>
  places.map((place) => token[place] ?? 0);

/** Rows that read one coordinate each. */
function read(places: readonly number[], d_model: number): number[][] {
  return places.map((place) => range(0, d_model).map((i) => (i === place ? 1 : 0)));
}

/** Rows that read pairs of coordinates, each pair turned on by `steps` steps of its clock. */
function readTurned(places: readonly number[], alpha: readonly number[], steps: number, d_model: number): number[][] {
  const rows = read(places, d_model);
  return rows.map((row, i) => {
    const angle = steps * (alpha[i >> 1] ?? 0);
    const other = rows[i ^ 1] ?? [];
    const sign = i % 2 === 0 ? -1 : 1;
    return row.map((value, k) => Math.cos(angle) * value + sign * Math.sin(angle) * (other[k] ?? 0));
  });
}

/** The reference heads of a circuit: 2d + 2e and 2f, or 3a and 3b; head 2 writes the word that it finds. */
export function buildCircuit(name: CircuitName, stream: Stream): readonly [Head, Head] {
  const { content, position, noted, found, d_model } = placesOf(stream);
  const { alpha } = stream;
  const rows = (places: readonly number[]) => read(places, d_model);
  const words = rows(content);
  const same = rows(position.slice(0, 2 * SAME));
  const copies = { W_V: words, W_out: transpose(rows(found)) };
  if (name === "pointer") {
    const here = same.map((row) => row.map((value) => -BETA * value));
    const clocks = rows(position.slice(0, 2 * POINTED));
    return [
      { W_Q: [...words, ...here], W_K: [...words, ...same], W_V: clocks, W_out: transpose(rows(noted)) },
      { W_Q: readTurned(noted, alpha, 1, d_model), W_K: clocks, ...copies },
    ];
  }
  const note = rows(noted.slice(0, content.length));
  const before = readTurned(position.slice(0, 2 * SAME), alpha, -1, d_model);
  return [
    { W_Q: before, W_K: same, W_V: words, W_out: transpose(note) },
    { W_Q: words, W_K: note, ...copies },
  ];
}

/** The stream of a line before the first head, a row a token. */
export function embed(tokens: readonly number[], { alpha, lam, content }: Stream): number[][] {
  return tokens.map((token, n) => [
    ...(content[token] ?? []),
    ...alpha.flatMap((angle, k) => hand(angle, lam[k] ?? 0, n)),
    ...new Array<number>(SCRATCH).fill(0),
  ]);
}

/** What a head does to a stream. */
export interface Pass {
  readonly scores: Matrix; // (n, n)
  readonly pattern: Matrix; // (n, n)
  readonly values: Matrix; // (n, d_head): what it brings to each token
  readonly output: Matrix; // (n, d_model): what it adds
  readonly after: Matrix; // (n, d_model): the stream with it added
}

export function runHead(x: Matrix, { W_Q, W_K, W_V, W_out }: Head): Pass {
  const scores = attentionScores(x, W_Q, W_K);
  const pattern = causalPattern(scores);
  const values = multiply(pattern, multiply(x, transpose(W_V)));
  const output = multiply(values, transpose(W_out));
  const after = x.map((row, i) => row.map((value, k) => value + (output[i]?.[k] ?? 0)));
  return { scores, pattern, values, output, after };
}

/** Run two heads on a stream, the second on what the first has left. */
export function runHeads(x: Matrix, [one, two]: readonly [Head, Head]): readonly [Pass, Pass] {
  const first = runHead(x, one);
  return [first, runHead(first.after, two)];
}

/** Run a line through both heads of a circuit. */
export function runCircuit(name: CircuitName, tokens: readonly number[], stream: Stream): readonly [Pass, Pass] {
  return runHeads(embed(tokens, stream), buildCircuit(name, stream));
}

/** Rows with some zeros behind. */
const widen = (rows: Matrix, by: number): number[][] => rows.map((row) => [...row, ...new Array<number>(by).fill(0)]);

/** The same head in a stream that has more coordinates, of which it knows nothing. */
export function widenHead({ W_Q, W_K, W_V, W_out }: Head, by: number): Head {
  const nothing = Array.from({ length: by }, () => W_V.map(() => 0));
  return { W_Q: widen(W_Q, by), W_K: widen(W_K, by), W_V: widen(W_V, by), W_out: [...W_out, ...nothing] };
}

/** The row that is most like an arrow, with the cosine, and the next best. */
export interface Alike {
  readonly row: number;
  readonly cosine: number;
  readonly next: number;
  readonly nextCosine: number;
}

/** Find what an arrow is most like; `null` where next to nothing is written. Rows of zeros are like nothing. */
export function findAlike(arrow: readonly number[], rows: Matrix): Alike | null {
  const length = Math.hypot(...arrow);
  const lengths = rows.map((row) => Math.hypot(...row));
  const longest = Math.max(...lengths);
  const [best, next] = rows
    .flatMap((other, row) => {
      const size = lengths[row] ?? 0;
      return size <= ROUNDING * longest ? [] : [{ row, size, cosine: dot(arrow, other) / (length * size) }];
    })
    .sort((a, b) => b.cosine - a.cosine);
  if (best === undefined || next === undefined || length < FAINT * best.size) return null;
  return { row: best.row, cosine: best.cosine, next: next.row, nextCosine: next.cosine };
}
