/** Read attention patterns that came as data with suspicion: a cell's output may hold anything. */
import type { Matrix } from "./attention";

/** A pattern by name; a row a query, in ten-thousandths, zeros at the end of a row left out. */
export interface Told {
  readonly name: string;
  readonly rows: Matrix;
}

export interface Patterns {
  /** Over the same tokens; where there are several, the first is often what was wanted. */
  readonly patterns: readonly Told[];
  /** A label for each token; none where they have no names. */
  readonly tokens: readonly string[];
  /** Where a right head looks: `[query, key]`. */
  readonly wanted: readonly (readonly [number, number])[];
  /** The token that looks, and the one that is looked at, to begin with. */
  readonly query: number;
  readonly key: number;
}

export const MOST_TOKENS = 128;
const MOST_PATTERNS = 4;
const LONGEST_NAME = 80; // characters
export const WHOLE = 10_000;

const isPlace = (value: unknown, n: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < n;
const isName = (value: unknown): value is string => typeof value === "string" && value.length <= LONGEST_NAME;
const isRow = (row: unknown, n: number): boolean =>
  Array.isArray(row) && row.length <= n && row.every((share) => isPlace(share, WHOLE + 1));

/** Throw unless these are patterns over the same tokens, and all that is said of them fits. */
export function requirePatterns(told: { readonly [Key in keyof Patterns]: unknown }): asserts told is Patterns {
  const { patterns, tokens, wanted, query, key } = told;
  const refuse = (what: string) => {
    throw new RangeError(`These are no patterns: ${what}.`);
  };
  if (!Array.isArray(patterns) || patterns.length < 1 || patterns.length > MOST_PATTERNS)
    return refuse(`one to ${MOST_PATTERNS} are shown at once`);
  const lists = patterns.map((pattern: unknown) => (pattern as Partial<Told> | null)?.rows);
  const n = lists[0]?.length ?? 0;
  if (n < 1 || n > MOST_TOKENS) return refuse(`there are 1 to ${MOST_TOKENS} tokens`);
  for (const rows of lists)
    if (!Array.isArray(rows) || rows.length !== n || !rows.every((row) => isRow(row, n)))
      return refuse(`each has ${n} rows of at most ${n} whole numbers from 0 to ${WHOLE}`);
  if (!patterns.every((pattern: Told) => isName(pattern.name))) return refuse("each has a name");
  if (!Array.isArray(tokens) || ![0, n].includes(tokens.length) || !tokens.every(isName)) return refuse(`the tokens have ${n} names`);
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every((place) => isPlace(place, n));
  if (!Array.isArray(wanted) || !wanted.every(isPair)) return refuse("a wanted cell is a query and a key");
  if (!isPlace(query, n) || !isPlace(key, n)) return refuse("the query and the key are tokens");
}

/** The share, from 0 to 1, that a query gives to a key. */
export const shareOf = ({ rows }: Told, query: number, key: number): number => (rows[query]?.[key] ?? 0) / WHOLE;

/** Whether no query of any pattern looks at a later key. */
export const isCausal = (patterns: readonly Told[]): boolean =>
  patterns.every(({ rows }) => rows.every((row, i) => row.slice(i + 1).every((share) => share === 0)));

/** The place of the largest number, the first of those that are equal. */
export const largest = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares));
