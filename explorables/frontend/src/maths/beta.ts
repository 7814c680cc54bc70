/** Score the two wishes of exercise 2d: the same content, at another place. */
import { causalPattern, dot, type Matrix } from "./attention";
import { scoreAt } from "./clocks";

/** What the scores are made of: content alike, and position alike, for every query and key. */
export interface Wishes {
  readonly content: Matrix;
  readonly position: Matrix;
}

/** The two parts of the scores of a sequence whose words have these arrows. */
export function makeWishes(
  arrows: Matrix,
  alpha: readonly number[],
  lam: readonly number[],
): Wishes {
  const still = alpha.map(() => 0);
  return {
    content: arrows.map((query) => arrows.map((key) => dot(query, key))),
    position: arrows.map((_, i) => arrows.map((_key, j) => scoreAt(i - j, alpha, lam, still))),
  };
}

/** The pattern of `content - beta position` under the causal mask. */
export function patternAt(beta: number, { content, position }: Wishes): number[][] {
  return causalPattern(
    content.map((row, i) => row.map((score, j) => score - beta * (position[i]?.[j] ?? 0))),
  );
}

/** The earlier copies of each token's word: `[query, key]`, one pair for each query that has one. */
export function findCopies(tokens: readonly number[]): [number, number][] {
  return tokens.flatMap((token, i) => {
    const earlier = tokens.indexOf(token);
    return earlier < i ? [[i, earlier] as [number, number]] : [];
  });
}
