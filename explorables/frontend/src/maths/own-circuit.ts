/** Read a learner's own heads, as a report of a check hands them over, with suspicion; then run them. */
import { multiply, transpose, type Matrix } from "./attention";
import { buildCircuit, embed, placesOf, runHeads, widenHead, type CircuitName, type Head, type NamedStream, type Pass, type Stream } from "./circuit";

/** Matrices of the learner's; a pair that is missing is the book's. */
export type OwnHead = Partial<Head>;

export interface Own {
  readonly heads: readonly [OwnHead, OwnHead];
  /** With all coordinates of the content: those that the book's heads read come first. */
  readonly stream: NamedStream;
}

const LOOKS = ["W_Q", "W_K"] as const;
const MOVES = ["W_V", "W_out"] as const;
const READ = 4; // content coordinates of the book's heads
const MORE_CONTENT = 4;
const MORE_SCRATCH = 4;
const MOST_ROWS = 64;
const MOST_WORDS = 256;
const LONGEST_NAME = 40; // letters
const MOST_CLOCKS = 16;
const LARGEST = 1e9;

const isNumber = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= LARGEST;
const isName = (value: unknown): boolean => typeof value === "string" && value !== "" && value.length <= LONGEST_NAME;
const isList = (value: unknown, length: number): boolean => Array.isArray(value) && value.length === length && value.every(isNumber);
const isMatrix = (value: unknown, rows: number, columns: number): boolean =>
  Array.isArray(value) && value.length === rows && value.every((row) => isList(row, columns));

/** The same stream as the book's heads know it. */
const narrow = ({ alpha, lam, content }: Stream): Stream => ({ alpha, lam, content: content.map((row) => row.slice(0, READ)) });

const widthOf = (stream: Stream) => placesOf(narrow(stream)).d_model + MORE_CONTENT + MORE_SCRATCH;

/** Throw unless these are heads over a stream, and all fits together. */
export function requireOwn(told: unknown): asserts told is Own {
  const refuse = (what: string): never => {
    throw new RangeError(`These are no heads: ${what}.`);
  };
  const { heads, stream } = (told ?? {}) as Partial<Record<keyof Own, unknown>>;
  const { alpha, lam, content, words: names } = (stream ?? {}) as Partial<Record<keyof NamedStream, unknown>>;
  const clocks = Array.isArray(alpha) ? alpha.length : 0;
  if (clocks < READ || clocks > MOST_CLOCKS || !isList(alpha, clocks) || !isList(lam, clocks))
    return refuse("a stream has clocks");
  const words = Array.isArray(content) ? content.length : 0;
  if (words < 2 || words > MOST_WORDS || !isMatrix(content, words, READ + MORE_CONTENT)) return refuse("a stream has words");
  if (!Array.isArray(names) || names.length !== words - 1 || !names.every(isName)) return refuse("its words have names");
  const width = widthOf(stream as Stream);
  if (!Array.isArray(heads) || heads.length !== 2) return refuse("there are two");
  for (const head of heads as readonly unknown[]) {
    if (typeof head !== "object" || head === null) return refuse("each has matrices");
    for (const [first, second] of [LOOKS, MOVES]) {
      const { [first]: a, [second]: b } = head as Partial<Record<string, unknown>>;
      if (a === undefined && b === undefined) continue;
      const rows = Array.isArray(a) ? a.length : 0;
      const fits = second === "W_out" ? isMatrix(b, width, rows) : isMatrix(b, rows, width);
      if (rows < 1 || rows > MOST_ROWS || !isMatrix(a, rows, width) || !fits) return refuse(`${first} and ${second} do not fit together`);
    }
  }
}

/** Both heads, the book's where the learner's are missing. */
export function completeHeads(name: CircuitName, { heads, stream }: Own): readonly [Head, Head] {
  const built = buildCircuit(name, narrow(stream)).map((head) => widenHead(head, MORE_CONTENT + MORE_SCRATCH));
  return built.map((head, i) => ({ ...head, ...heads[i] })) as [Head, Head];
}

/** The stream of a line before the first head, with all coordinates. */
export function embedWhole(tokens: readonly number[], stream: Stream): number[][] {
  return embed(tokens, narrow(stream)).map((row, i) => [
    ...row,
    ...(stream.content[tokens[i] ?? 0] ?? []).slice(READ),
    ...new Array<number>(MORE_SCRATCH).fill(0),
  ]);
}

/** Run a line through a learner's circuit. */
export const runOwn = (name: CircuitName, tokens: readonly number[], own: Own): readonly [Pass, Pass] =>
  runHeads(embedWhole(tokens, own.stream), completeHeads(name, own));

/** What a head writes of some tokens: `W_out W_V x`, a row a token. */
export const moveRows = (x: Matrix, { W_V, W_out }: Head): number[][] => multiply(multiply(x, transpose(W_V)), transpose(W_out));
