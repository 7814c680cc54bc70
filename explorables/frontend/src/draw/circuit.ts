/** Draw two heads at work on a line: a column a token, time upwards, one query's attention in each layer. */
import { svg, type SVGTemplateResult } from "lit-html";
import { percent, rounded } from "../core/words";
import { path, px } from "./plot";

/** What stands in a subspace of one token: a name, and the numbers as a small drawing. */
export interface Content {
  readonly name: string;
  /** Of an arrow, from -1 to 1. */
  readonly bars?: readonly number[];
  /** Of clocks: cosine and sine in turn. */
  readonly hands?: readonly number[];
}

export interface Look {
  /** Shares of the attention of the query on each token. */
  readonly shares: readonly number[];
  readonly scores: readonly number[];
  /** What is moved, if that is known already. */
  readonly moved: string | null;
}

export interface Drawing {
  readonly words: readonly string[];
  readonly query: number;
  readonly content: readonly Content[];
  readonly position: readonly Content[];
  /** What is not known yet is null. */
  readonly scratch: readonly Content[] | null;
  readonly looks: readonly [Look | null, Look | null];
  readonly guess: string | null;
  /** Which step is to be predicted now, if one is: head 1, scratch, head 2 or guess. */
  readonly asked: number | null;
}

const LABELS = 62; // CSS pixels left of the columns
const ROW = 48; // of a subspace
const BAND = 102; // of a head
const GUESS = 34;
const WORDS = 40;
const MOST_BAR = 30;
const SEEN = 0.01; // a smaller share moves too little for an arrow

interface Columns {
  readonly middle: (i: number) => number;
  readonly step: number;
  readonly right: number;
}

function drawBars(numbers: readonly number[], x: number, y: number): SVGTemplateResult {
  const left = x - 3.5 * numbers.length;
  return svg`<path class="rule" d=${`M${px(left - 2)} ${px(y)}h${px(7 * numbers.length + 3)}`} />
    ${numbers.map((value, i) => {
      const size = 11 * Math.max(-1, Math.min(1, value));
      return svg`<rect class="mark" x=${px(left + 7 * i)} y=${px(Math.min(y, y - size))} width="5" height=${px(Math.abs(size))} />`;
    })}`;
}

function drawHands(hands: readonly number[], x: number, y: number, step: number): SVGTemplateResult {
  const clocks = hands.length / 2;
  const radius = Math.min(10, step / (2 * clocks) - 3); // neighbours keep apart on a phone
  return svg`${Array.from({ length: clocks }, (_, k) => {
    const centre = x + (2 * k + 1 - clocks) * (radius + 0.5);
    const tip = [centre + (hands[2 * k] ?? 0) * radius, y - (hands[2 * k + 1] ?? 0) * radius] as const;
    return svg`<circle class="face" cx=${px(centre)} cy=${px(y)} r=${px(radius)} />
      <path class="line" d=${path([[centre, y], tip])} />`;
  })}`;
}

/** The place of what is not shown yet; the one that is asked for now stands out. */
function drawUnknown(asked: boolean, x: number, y: number): SVGTemplateResult {
  return svg`<text class=${asked ? "strong" : "muted"} x=${px(x)} y=${y} text-anchor="middle">?</text>`;
}

function drawRow(name: string, row: readonly Content[] | null, { middle, step, right }: Columns, top: number, query: number, asked = false): SVGTemplateResult {
  return svg`<path class="rule" d=${`M0 ${top}H${px(right)}`} />
    <text class="small strong" x="0" y=${top + 20}>${name}</text>
    ${row === null
      ? drawUnknown(asked, middle(query), top + 30)
      : row.map(({ name: said, bars, hands }, i) => svg`${bars ? drawBars(bars, middle(i), top + 16) : null}
          ${hands ? drawHands(hands, middle(i), top + 15, step) : null}
          <text class="small ${i === query ? "strong" : ""}" x=${px(middle(i))} y=${top + 42} text-anchor="middle">${said}</text>`)}`;
}

/** The attention of the query as bars over the tokens, and an arrow for what it moves. */
function drawBand(name: string, look: Look | null, { middle, step, right }: Columns, top: number, query: number, style: string, count: number, asked: boolean): SVGTemplateResult {
  const foot = top + BAND - 18;
  const lane = top + 24;
  const width = Math.min(26, step - 12);
  const hidden = middle(query) + step / 2;
  return svg`<path class="rule" d=${`M0 ${top}H${px(right)}`} />
    <text class="small strong" x="0" y=${top + 40}>${name}</text>
    <text class="small muted" x="0" y=${top + 56}>${look === null ? "" : "attention"}</text>
    ${query < count - 1 ? svg`<rect class="hidden-keys" x=${px(hidden)} y=${top + 1} width=${px(right - hidden)} height=${BAND - 1} />` : null}
    ${look === null
      ? drawUnknown(asked, middle(query), top + 56)
      : svg`<path class="axis" d=${`M${px(middle(0) - step / 2 + 3)} ${foot}H${px(hidden - 3)}`} />
          ${look.shares.slice(0, query + 1).map((share, i) => {
            const tall = MOST_BAR * share;
            const above = foot - tall;
            return svg`<rect class="bar ${style}" x=${px(middle(i) - width / 2)} y=${px(above)} width=${px(width)} height=${px(tall)} />
              ${share >= SEEN ? drawMove(middle(i), middle(query), above - 16, lane, top, style) : null}
              <text class="small" x=${px(middle(i))} y=${px(above - 4)} text-anchor="middle">${percent(share)}</text>
              ${step >= 76 ? svg`<text class="small muted" x=${px(middle(i))} y=${foot + 13} text-anchor="middle">score ${rounded(look.scores[i] ?? 0, 0)}</text>` : null}`;
          })}
          ${look.moved === null ? null : svg`<text class="small strong halo" x=${px(middle(query) - 7)} y=${lane - 5} text-anchor="end">${look.moved}</text>`}`}`;
}

/** From the bar of a key up into the lane, along it, and up into the query's column. */
function drawMove(from: number, to: number, start: number, lane: number, end: number, style: string): SVGTemplateResult {
  return svg`<path class="line ${style === "" ? "blue" : "orange dashed"}" d=${path([[from, start], [from, lane], [to, lane], [to, end + 3]])} />
    <path class="line ${style === "" ? "blue" : "orange"}" d=${`M${px(to - 4)} ${px(end + 7)}l4 -5l4 5`} />`;
}

export function drawCircuit(drawing: Drawing, width: number): { content: SVGTemplateResult; height: number } {
  const { words, query, looks, guess, asked } = drawing;
  const step = (width - LABELS - 2) / words.length;
  const columns = { step, right: width, middle: (i: number) => LABELS + (i + 0.5) * step };
  const top = { two: GUESS, scratch: GUESS + BAND, one: GUESS + BAND + ROW, position: GUESS + 2 * BAND + ROW };
  const content = top.position + ROW;
  const foot = content + ROW;
  const height = foot + WORDS;
  const x = columns.middle(query);
  const steps = [[top.one, BAND], [top.scratch, ROW], [top.two, BAND], [0, GUESS]] as const;
  const shaded = asked === null ? undefined : steps[asked];
  return {
    height,
    content: svg`${shaded === undefined ? null : svg`<rect class="shade" x="0" y=${shaded[0]} width=${px(width)} height=${shaded[1]} />`}
      <rect class="axis" x=${px(x - step / 2)} y="1" width=${px(step)} height=${height - 2} rx="4" />
      ${drawBand("head 2", looks[1], columns, top.two, query, "orange", words.length, asked === 2)}
      ${drawRow("scratch", drawing.scratch, columns, top.scratch, query, asked === 1)}
      ${drawBand("head 1", looks[0], columns, top.one, query, "", words.length, asked === 0)}
      ${drawRow("position", drawing.position, columns, top.position, query)}
      ${drawRow("content", drawing.content, columns, content, query)}
      <path class="axis" d=${`M0 ${foot}H${px(width)}`} />
      ${words.map((word, i) => svg`<text class=${i === query ? "strong" : ""} x=${px(columns.middle(i))} y=${foot + 17} text-anchor="middle">${word}</text>
        <text class="small muted" x=${px(columns.middle(i))} y=${foot + 33} text-anchor="middle">${i === query ? `▲ ${i}` : i}</text>`)}
      <text class="small strong" x="0" y="20">guess</text>
      ${guess === null ? drawUnknown(asked === 3, x, 22) : svg`<text class="strong" x=${px(x)} y="20" text-anchor="middle">${guess}</text>`}`,
  };
}
