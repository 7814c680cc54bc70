/** Multiply out which dimensions one head copies to which, and two in a row, as in exercise 1. */
import { at, multiply, transpose, type Matrix } from "./attention";

export const D_MODEL = 16;
export const D_HEAD = 4;

/** A head's value and output matrices as the places of their ones: `[line, dimension]`. */
export interface Ones {
  /** In W_V (4, 16): which dimension a line reads. */
  readonly reads: readonly (readonly [number, number])[];
  /** In W_out (16, 4): which dimension a line writes. */
  readonly writes: readonly (readonly [number, number])[];
}

/** A matrix of zeros with ones at places. */
export function matrixOf(
  ones: readonly (readonly [number, number])[],
  rows: number,
  columns: number,
): number[][] {
  const matrix = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (const [row, column] of ones) {
    const line = matrix[row];
    if (line === undefined || column >= columns) throw new RangeError(`no entry at ${row}, ${column}`);
    line[column] = 1;
  }
  return matrix;
}

/** `W_net = W_out W_V` (16, 16): what the head moves, from a column's dimension to a row's. */
export function netOf({ reads, writes }: Ones): number[][] {
  const W_V = matrixOf(reads, D_HEAD, D_MODEL);
  return multiply(transpose(matrixOf(writes, D_HEAD, D_MODEL)), W_V);
}

/** The two paths of exercise 1 (d). */
export function expand(first: Ones, second: Ones): { twoTokens: number[][]; oneToken: number[][] } {
  const [one, two] = [netOf(first), netOf(second)];
  return {
    twoTokens: multiply(two, one),
    oneToken: two.map((row, i) => row.map((value, j) => value + at(one, i, j))),
  };
}

/** From which dimension, to which, and how often. */
export interface Copy {
  readonly from: number;
  readonly to: number;
  readonly times: number;
}

/** The entries of a product that are not zero. */
export function copiesOf(net: Matrix): Copy[] {
  return net.flatMap((row, to) =>
    row.flatMap((times, from) => (times === 0 ? [] : [{ from, to, times }])),
  );
}
