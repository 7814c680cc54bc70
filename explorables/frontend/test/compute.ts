/** Compute with the figures' mathematics what a Python test asks for on stdin, as JSON. */
import { LINE } from "../src/figures/stepper";
import { attentionScores, causalPattern } from "../src/maths/attention";
import { makeWishes, patternAt } from "../src/maths/beta";
import { runCircuit } from "../src/maths/circuit";
import { hand, scoreAt } from "../src/maths/clocks";
import { composeKeys } from "../src/maths/composition";
import { speak } from "../src/maths/model";
import { runOwn } from "../src/maths/own-circuit";
import { expand, netOf } from "../src/maths/paths";
import { readLine } from "../src/maths/vocabulary";

const functions = { attentionScores, causalPattern, composeKeys, expand, hand, readLine, lineOf: () => LINE, makeWishes, netOf, patternAt, runCircuit, runOwn, scoreAt, speak };
type Asked = [keyof typeof functions, unknown[]];

declare const process: {
  stdin: AsyncIterable<Uint8Array> & { setEncoding(encoding: string): void };
  stdout: { write(text: string): void };
};

process.stdin.setEncoding("utf8");
const pieces: string[] = [];
for await (const piece of process.stdin) pieces.push(String(piece));
const asked = JSON.parse(pieces.join("")) as Asked[];
const answers = asked.map(([name, given]) => (functions[name] as (...all: unknown[]) => unknown)(...given));
process.stdout.write(JSON.stringify(answers));
