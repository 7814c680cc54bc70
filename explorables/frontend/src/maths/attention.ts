/** Compute attention on plain arrays of rows: scores, softmax, patterns. The twin of `circuits.attention`. */

/** Rows of numbers, all equally long. */
export type Matrix = readonly (readonly number[])[];

/** The number at a place of a matrix; throws where there is none, which is a fault of ours. */
export function at(matrix: Matrix, row: number, column: number): number {
  const value = matrix[row]?.[column];
  if (value === undefined) throw new RangeError(`no entry at row ${row}, column ${column}`);
  return value;
}

/** The sum of products of two lists of equal length. */
export function dot(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`lengths ${a.length} and ${b.length} differ`);
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** The rows of `matrix` as columns. */
export function transpose(matrix: Matrix): number[][] {
  const width = matrix[0]?.length ?? 0;
  return Array.from({ length: width }, (_, j) => matrix.map((_row, i) => at(matrix, i, j)));
}

/** The matrix product `a @ b`. */
export function multiply(a: Matrix, b: Matrix): number[][] {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** `scores[i][j] = (W_Q x_i) . (W_K x_j)`, not divided by the root of d_head. */
export function attentionScores(x: Matrix, W_Q: Matrix, W_K: Matrix): number[][] {
  const queries = multiply(x, transpose(W_Q));
  const keys = multiply(x, transpose(W_K));
  return multiply(queries, transpose(keys));
}

/** Shares that add up to 1, larger where the score is; the largest score is taken off first. */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** The attention pattern of scores under the causal mask: query i sees the keys 0 to i. */
export function causalPattern(scores: Matrix): number[][] {
  return scores.map((row, i) => [
    ...softmax(row.slice(0, i + 1)),
    ...new Array<number>(row.length - i - 1).fill(0),
  ]);
}
