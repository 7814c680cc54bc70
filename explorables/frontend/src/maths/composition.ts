/** Measure how much of one head's output another head reads: the twin of `measure_composition` of `circuits`. */
import { multiply, transpose, type Matrix } from "./attention";
import type { Head } from "./circuit";

/** The Frobenius norm. */
const size = (matrix: Matrix): number => Math.hypot(...matrix.map((row) => Math.hypot(...row)));

/** `|W_QK_2 W_OV_1| / (|W_QK_2| |W_OV_1|)`: from 0, where the keys of head 2 see nothing of head 1, up to 1. */
export function composeKeys(first: Pick<Head, "W_V" | "W_out">, second: Pick<Head, "W_Q" | "W_K">): number {
  const W_OV = multiply(first.W_out, first.W_V);
  const W_QK = multiply(transpose(second.W_Q), second.W_K);
  return size(multiply(W_QK, W_OV)) / (size(W_QK) * size(W_OV));
}
