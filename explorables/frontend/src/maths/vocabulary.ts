/** Read lines of words as tokens, by the table of names that a page hands over; BOS is token 0. */

/** A line as tokens, BOS in front; words that are not in the vocabulary are left out and named. */
export function readLine(line: string, words: readonly string[]): { tokens: number[]; strange: string[] } {
  const written = line.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return {
    tokens: [0, ...written.filter((word) => words.includes(word)).map((word) => words.indexOf(word) + 1)],
    strange: written.filter((word) => !words.includes(word)),
  };
}

/** The name of a token. */
export const nameToken = (token: number, words: readonly string[]): string => (token === 0 ? "BOS" : (words[token - 1] ?? ""));
