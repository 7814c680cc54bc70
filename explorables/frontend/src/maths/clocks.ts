/** Compute positions as hands of clocks: what a turned query scores at every distance. */

/** A hand of clock k at position n: `lam (cos(alpha n), sin(alpha n))`. */
export function hand(alpha: number, lam: number, position: number): [number, number] {
  return [lam * Math.cos(alpha * position), lam * Math.sin(alpha * position)];
}

/**
 * The score of a key `distance` tokens back of a query whose hands were turned back.
 *
 * Turning clock k back by `angles[k]` gives `sum_k lam_k^2 cos(alpha_k distance - angles[k])`.
 */
export function scoreAt(
  distance: number,
  alpha: readonly number[],
  lam: readonly number[],
  angles: readonly number[],
): number {
  return angles.reduce((sum, angle, k) => {
    const size = lam[k] ?? 0;
    return sum + size * size * Math.cos((alpha[k] ?? 0) * distance - angle);
  }, 0);
}

/** Where a curve of scores is highest, where next, and by how much it leads. */
export interface Peak {
  readonly distance: number;
  readonly score: number;
  readonly second: number;
  readonly lead: number;
}

/** The highest and the second highest of the scores at whole distances from `first` to `last`. */
export function findPeak(score: (distance: number) => number, first: number, last: number): Peak {
  const scores = Array.from({ length: last - first + 1 }, (_, i) => ({
    distance: first + i,
    score: score(first + i),
  }));
  const [best, next] = scores.sort((a, b) => b.score - a.score);
  if (best === undefined || next === undefined) throw new RangeError("fewer than two distances");
  return {
    distance: best.distance,
    score: best.score,
    second: next.distance,
    lead: best.score - next.score,
  };
}
