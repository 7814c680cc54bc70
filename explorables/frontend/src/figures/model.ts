/** Write a line, and hear what a whole model of two heads says next: exercise 4. */
import { html, svg, type SVGTemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { makeModule } from "../core/figure";
import type { Parameters } from "../core/parameters";
import { percent } from "../core/words";
import { choice, slider } from "../draw/controls";
import { drawMap } from "../draw/pattern";
import { makeScale, path, px } from "../draw/plot";
import type { Matrix } from "../maths/attention";
import type { CircuitName } from "../maths/circuit";
import { mean, rank, speak, type Choices, type Said } from "../maths/model";
import { largest, WHOLE } from "../maths/pattern";
import { nameToken, readLine } from "../maths/vocabulary";

const MOST_WORDS = 16;
const WIDE = 600;
const SHOWN = 5; // of the next words
const ROW = 26;
const LOSSES = 96; // CSS pixels of the highest loss
const SURE = 0.5;

const LINES = [
  ["one copy", "star fish swims past star"],
  ["said twice", "star fish swims past star fish swims past"],
  ["several copies", "the cat and the dog and the"],
  ["nothing to copy", "river stone bird sings sun"],
] as const;

export interface State {
  line: string;
  circuit: CircuitName;
  cut: Choices["cut"];
  rest: boolean;
  /** The token behind which the model is asked; the last where it is null. */
  token: number | null;
}

interface Heard extends Said {
  readonly tokens: readonly number[];
  readonly strange: readonly string[];
  /** How many words were too many. */
  readonly more: number;
}

/** The last answer of each set of parameters: pictures, words and controls ask for the same one. */
const heard = new WeakMap<Parameters, { key: string; said: Heard }>();

export function hear({ line, circuit, cut, rest }: State, parameters: Parameters): Heard {
  const key = JSON.stringify([line, circuit, cut, rest]);
  const kept = heard.get(parameters);
  if (kept?.key === key) return kept.said;
  const { tokens: all, strange } = readLine(line, parameters.words);
  const tokens = all.slice(0, MOST_WORDS + 1);
  const said = { ...speak(tokens, parameters, { circuit, cut, rest }), tokens, strange, more: all.length - tokens.length };
  heard.set(parameters, { key, said });
  return said;
}

const askedAt = ({ token }: State, { tokens }: Heard) => Math.min(token ?? tokens.length - 1, tokens.length - 1);
const quoted = (word: string) => `“${word}”`;
const nats = (loss: number) => (loss < 0.005 ? "0" : loss.toFixed(loss < 10 ? 2 : 0));
const spell = (token: number, { words }: Parameters) => nameToken(token, words);
const KNOWS_NOTHING = (words: readonly string[]) => Math.log(words.length);

/** A head's pattern as the maps take it. */
const asMap = (pattern: Matrix) => pattern.map((row) => row.map((share) => Math.round(WHOLE * share)));
const maps = new WeakMap<Matrix, Matrix>();
function mapOf(pattern: Matrix): Matrix {
  const kept = maps.get(pattern) ?? asMap(pattern);
  maps.set(pattern, kept);
  return kept;
}

function drawNext(logits: readonly number[], next: number | null, parameters: Parameters, left: number, top: number, width: number): SVGTemplateResult {
  const names = 62;
  const x = makeScale(0, 1, left + names, left + width - 52);
  const ranked = rank(logits);
  const others = ranked.slice(SHOWN);
  const rest = others.reduce((sum, [, chance]) => sum + chance, 0);
  return svg`${ranked.slice(0, SHOWN).map(([word, chance], i) => {
    const y = top + ROW * i;
    const right = next !== null && word === next - 1;
    return svg`<text class=${right ? "strong" : ""} x=${px(left)} y=${y + 15}>${parameters.words[word] ?? ""}</text>
      <rect class="bar ${right ? "orange" : ""}" x=${px(left + names)} y=${y + 3} width=${px(Math.max(0.5, x(chance) - left - names))} height="16" />
      <text class="small" x=${px(x(chance) + 6)} y=${y + 15}>${percent(chance)}${right ? " ← comes next" : ""}</text>`;
  })}
    <text class="small muted" x=${px(left)} y=${top + ROW * SHOWN + 15}>the other ${others.length} words together: ${percent(rest)}</text>`;
}

function drawLosses({ losses, tokens }: Heard, asked: number, parameters: Parameters, left: number, top: number, width: number): SVGTemplateResult {
  const n = tokens.length;
  const step = width / n;
  const level = KNOWS_NOTHING(parameters.words);
  const y = makeScale(0, Math.max(1.5 * level, ...losses), top + LOSSES, top);
  const x = (i: number) => left + (i + 0.5) * step;
  const upright = Math.max(...tokens.map((token) => spell(token, parameters).length)) * 8 > step;
  return svg`<rect class="shade" x=${px(x(asked) - step / 2)} y=${top - 16} width=${px(step)} height=${LOSSES + 16} />
    ${losses.map((loss, i) => svg`<rect class="bar ${loss > level + 0.05 ? "orange" : ""}" x=${px(x(i) - 0.36 * step)} y=${px(y(loss))} width=${px(0.72 * step)} height=${px(Math.max(0.5, top + LOSSES - y(loss)))} />
      <text class="small" x=${px(x(i))} y=${px(y(loss) - 4)} text-anchor="middle">${nats(loss)}</text>`)}
    <path class="line green dashed thin" d=${path([[left, y(level)], [left + width, y(level)]])} />
    <path class="axis" d=${`M${px(left)} ${top + LOSSES}h${px(width)}`} />
    ${tokens.map((token, i) => {
      const name = spell(token, parameters);
      const style = i === asked ? "strong" : "";
      return upright
        ? svg`<text class="small ${style}" transform="translate(${px(x(i) - 4)} ${top + LOSSES + 8}) rotate(90)">${name}</text>`
        : svg`<text class="small ${style}" x=${px(x(i))} y=${top + LOSSES + 17} text-anchor="middle">${name}</text>`;
    })}`;
}

/** Where things lie. */
function layOut(n: number, width: number) {
  const wide = width >= WIDE;
  const room = (width - 4) / 2;
  const size = Math.min(300, room - 32, Math.max(110, 30 * n));
  const next = size + 66;
  const losses = wide ? next : next + ROW * (SHOWN + 1) + 40;
  return {
    size,
    places: [24, 24 + room] as const,
    next: { left: 2, top: next + 30, width: wide ? 0.42 * width : width - 4 },
    losses: { left: wide ? 0.46 * width : 2, top: losses + 46, width: wide ? 0.54 * width - 4 : width - 4 },
    height: losses + 46 + LOSSES + 64,
  };
}

export default makeModule<State>({
  name: "model",
  title: "The whole model speaks",
  task:
    "Write a line of its words. Which word does it say next, and how surprised is it by each word of the " +
    "line? Cut one head, then the other, and try a line in which a word stands three times.",
  start: { line: LINES[0][1], circuit: "notes", cut: "none", rest: false, token: null },
  presets: { twice: { line: LINES[1][1] }, several: { line: LINES[2][1], rest: true } },
  needs: ["alpha", "lam", "content", "words", "gain", "mark", "rest"],

  picture(state, parameters, width) {
    const said = hear(state, parameters);
    const asked = askedAt(state, said);
    const { size, places, next, losses, height } = layOut(said.tokens.length, width);
    const names = [`head 1${state.cut === "first" ? ", cut" : ""}`, `head 2${state.cut === "last" ? ", cut" : ""}`];
    return {
      width,
      height,
      alt: `Two attention patterns, the likeliest next words, and the loss behind each token of the line ${said.tokens.map((token) => spell(token, parameters)).join(" ")}. ${this.words(state, parameters)}`,
      content: svg`${said.patterns.map((pattern, i) => {
        const rows = mapOf(pattern);
        const map = { told: { name: "", rows }, left: places[i] ?? 0, top: 48, size, causal: true, wanted: [] };
        return drawMap(map, names[i] ?? "", null, asked, largest(pattern[asked] ?? [0]), "query");
      })}
        <text class="small strong" x=${next.left} y=${next.top - 10}>Behind ${quoted(spell(said.tokens[asked] ?? 0, parameters))} at ${asked} it says</text>
        ${drawNext(said.logits[asked] ?? [], said.tokens[asked + 1] ?? null, parameters, next.left, next.top, next.width)}
        <text class="small strong" x=${px(losses.left)} y=${losses.top - 26}>${losses.width < 400 ? "Next word’s loss, nats; dashed: knows nothing" : "Loss of the next word, nats; dashed: knows nothing"}</text>
        ${drawLosses(said, asked, parameters, losses.left, losses.top, losses.width)}`,
    };
  },

  controls(state, change, parameters) {
    const said = hear(state, parameters);
    const asked = askedAt(state, said);
    const write = (event: Event) => change({ line: (event.target as HTMLInputElement).value, token: null });
    return html`<label class="line"><span>A line</span>
        <input type="text" .value=${live(state.line)} maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" @input=${write} /></label>
      <div class="buttons">${LINES.map(([name, line]) => html`<button type="button" aria-pressed=${state.line === line} @click=${() => change({ line, token: null })}>${name}</button>`)}</div>
      <details class="wide"><summary>The ${parameters.words.length} words that it knows</summary><p>${parameters.words.join(" ")}</p></details>
      ${choice("circuit", "Circuit", [["notes", "notes"], ["pointer", "pointers"]], state.circuit, (circuit) => change({ circuit }))}
      ${choice("cut", "Cut", [["none", "nothing"], ["first", "head 1"], ["last", "head 2"]], state.cut, (cut) => change({ cut }))}
      ${state.circuit === "notes"
        ? html`<label><input type="checkbox" .checked=${live(state.rest)} @change=${() => change((now) => ({ rest: !now.rest }))} />head 2 may rest at BOS</label>`
        : null}
      ${slider({
        label: "Ask behind token",
        said: `${asked} (${spell(said.tokens[asked] ?? 0, parameters)})`,
        value: asked,
        least: 0,
        most: Math.max(1, said.tokens.length - 1),
        step: 1,
        change: (token) => change({ token }),
      })}`;
  },

  words(state, parameters) {
    const said = hear(state, parameters);
    const asked = askedAt(state, said);
    const [[best, chance] = [0, 0], [second, other] = [0, 0]] = rank(said.logits[asked] ?? []);
    const word = (index: number) => quoted(parameters.words[index] ?? "");
    const place = `Behind ${quoted(spell(said.tokens[asked] ?? 0, parameters))} at ${asked}`;
    const says =
      chance >= SURE
        ? `${place} the model says ${word(best)}, with ${percent(chance)}.`
        : chance < 2 / parameters.words.length
          ? `${place} the model does not know: no word gets more than ${(100 * chance).toFixed(1)} %.`
          : `${place} the model is not sure: ${word(best)} gets ${percent(chance)}, and ${word(second)} ${percent(other)}.`;
    const next = said.tokens[asked + 1];
    const follows = next === undefined ? "" : ` The line goes on with ${quoted(spell(next, parameters))}: a loss of ${nats(said.losses[asked] ?? 0)} nats.`;
    const average = said.losses.length === 0 ? "" : ` Over the whole line the loss is ${nats(mean(said.losses))} nats a word; knowing nothing costs ${nats(KNOWS_NOTHING(parameters.words))}.`;
    const strange = said.strange.length === 0 ? "" : ` It does not know ${said.strange.map(quoted).join(", ")}, and reads the line without.`;
    const more = said.more === 0 ? "" : ` It reads the first ${MOST_WORDS} words.`;
    return `${says}${follows}${average}${strange}${more}`;
  },
});
