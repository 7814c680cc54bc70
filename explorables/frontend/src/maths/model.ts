/** Run a model of two heads and an unembedding, which says what comes next: exercise 4. */
import { dot, multiply, softmax, transpose, type Matrix } from "./attention";
import { buildCircuit, embed, pick, placesOf, runHead, widenHead, type CircuitName, type Head, type NamedStream } from "./circuit";

/** What the model is built from, besides its stream. */
export interface Voice extends NamedStream {
  /** Of the unembedding. */
  readonly gain: number;
  /** Length of the two marks: what every token carries, and what BOS carries. */
  readonly mark: number;
  /** The score of BOS where head 2 may rest there. */
  readonly rest: number;
}

export interface Choices {
  readonly circuit: CircuitName;
  /** The head whose output is left out; its pattern is still there. */
  readonly cut: "none" | "first" | "last";
  /** Whether head 2 of the notes rests at BOS when no note matches. */
  readonly rest: boolean;
}

export interface Said {
  readonly patterns: readonly [Matrix, Matrix]; // (n, n) each
  readonly logits: Matrix; // (n, 64)
  /** `-log p` of each next word, in nats, for the first n - 1 tokens. */
  readonly losses: readonly number[];
}

const MARKS = 2;

/** A head with one more row, which lets BOS have a score of its own and brings nothing. */
function letRest(head: Head, { mark, rest }: Voice): Head {
  const size = Math.sqrt(rest) / mark;
  const blank = new Array<number>(head.W_Q[0]?.length ?? 0).fill(0);
  return {
    W_Q: [...head.W_Q, [...blank.slice(MARKS), size, 0]],
    W_K: [...head.W_K, [...blank.slice(MARKS), 0, size]],
    W_V: [...head.W_V, blank],
    W_out: head.W_out.map((row) => [...row, 0]),
  };
}

/** Run a line through both heads and the unembedding. */
export function speak(tokens: readonly number[], voice: Voice, { circuit, cut, rest }: Choices): Said {
  const [one, two] = buildCircuit(circuit, voice).map((head) => widenHead(head, MARKS)) as [Head, Head];
  const x = embed(tokens, voice).map((row, i) => [...row, voice.mark, tokens[i] === 0 ? voice.mark : 0]);
  const first = runHead(x, one);
  const between = cut === "first" ? x : first.after;
  const second = runHead(between, rest && circuit === "notes" ? letRest(two, voice) : two);
  const end = cut === "last" ? between : second.after;
  const { found } = placesOf(voice);
  const arrows = voice.content.slice(1).map((arrow) => arrow.map((value) => voice.gain * value));
  const logits = multiply(end.map((row) => pick(row, found)), transpose(arrows));
  const losses = tokens.slice(1).map((next, i) => lossOf(logits[i] ?? [], next - 1));
  return { patterns: [first.pattern, second.pattern], logits, losses };
}

/** `-log p` of a word from the logits of all, in nats. */
function lossOf(logits: readonly number[], word: number): number {
  const most = Math.max(...logits);
  return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) - (logits[word] ?? 0);
}

/** The words by their chances behind a token, the likeliest first: `[word, chance]`, word 0 first in the table. */
export function rank(logits: readonly number[]): [number, number][] {
  return softmax(logits)
    .map((chance, word): [number, number] => [word, chance])
    .sort(([, a], [, b]) => b - a);
}

/** The mean of some numbers. */
export const mean = (numbers: readonly number[]): number => dot(numbers, numbers.map(() => 1)) / numbers.length;
