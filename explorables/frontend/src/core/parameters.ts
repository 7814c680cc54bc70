/** Read the numbers of the toy stream that figures need; the page or the notebook hands them over. */
import type { Matrix } from "../maths/attention";

export interface Parameters {
  /** Angle per token of each position pair, radians. */
  readonly alpha: readonly number[];
  /** Length of the hand of each pair. */
  readonly lam: readonly number[];
  /** The four largest coordinates of the words 0 (BOS) to 64. */
  readonly content: Matrix;
  /** A line in which the two closest words meet at the worst distances. */
  readonly hardest_line: readonly number[];
  /** Names of the words 1 to 64. */
  readonly words: readonly string[];
  /** Of the unembedding of exercise 4. */
  readonly gain: number;
  /** Length of the marks that every token, and BOS, may carry. */
  readonly mark: number;
  /** The score of BOS where a head may rest there. */
  readonly rest: number;
  /** How the circuit of the trained model formed. */
  readonly formation: Formation;
}

/** A training at twelve moments. */
export interface Formation {
  /** The columns of the table of scores, among them `step`. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
  /** The words of the line that the heads are shown. */
  readonly line: readonly number[];
  /** For each head and moment the percentages of the lower triangle, row by row. */
  readonly patterns: Readonly<Record<"0.0" | "1.1", Matrix>>;
}
