/** Draw random numbers that a seed decides, so that a run can be repeated. */

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** `count` different numbers below `below`. */
  distinct(count: number, below: number): number[];
}

/** Mulberry32: 32 bits of state, enough for initial weights and lines of words. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1));
  return {
    uniform,
    whole,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    distinct(count, below) {
      const left = Array.from({ length: below }, (_, i) => i);
      return Array.from({ length: count }, () => left.splice(whole(0, left.length - 1), 1)[0] ?? 0);
    },
  };
}
