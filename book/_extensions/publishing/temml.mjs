/** Answer each line {"tex", "display"} with a line {"mathml"} or {"error"}. The argument is Temml's file. */
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const temml = createRequire(import.meta.url)(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { mathml: temml.renderToString(tex, { displayMode: display, annotate: true, throwOnError: true }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
