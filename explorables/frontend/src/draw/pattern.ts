/** Draw attention patterns as maps of cells, and one row or column of them as bars. */
import { svg, type SVGTemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { shareOf, type Told } from "../maths/pattern";
import { px } from "./plot";

const LEVELS = 20; // a map has as many shapes as shades, however many cells it has
const NUMBERED = 22; // CSS pixels of a cell that holds its number
const LABELLED = 13; // CSS pixels from one label to the next
const DIGIT = 8; // CSS pixels of a digit of a label

/** Bars and maps of the patterns in turn. */
export const STYLES = ["outline", "", "orange", "green"] as const;
export const styleOf = (index: number, count: number): string => (count === 1 ? "" : (STYLES[index] ?? ""));

/** How many of n tokens, a step apart, go by for each that has its number beside those of the others. */
export const labelEvery = (n: number, step: number): number => Math.ceil(Math.max(LABELLED, DIGIT * String(n - 1).length + 3) / step);

/** A share with two digits, as the maps of the book write it. */
export function short(share: number): string {
  if (share < 0.005) return "0";
  return share >= 0.995 ? "1" : share.toFixed(2).slice(1);
}

/** How dark the cell of a share is drawn, from 0 to LEVELS. */
const levelOf = (share: number): number => Math.max(0, Math.ceil(share * LEVELS - 0.2));

/**
 * The class of a number on the cell of its share. Cells of the same share are dark in one theme and
 * light in the other; from these levels on, black or white is the ink that can be read there.
 */
const [MIDDLING, FULL] = [13, 17];
export function inkOn(share: number): string {
  const level = levelOf(share);
  if (level === 0) return "muted";
  return level >= FULL ? "on-full" : level >= MIDDLING ? "on-middling" : "on-faint";
}

/** How much a cell covers its ground. */
export const opacityOf = (share: number): number => levelOf(share) / LEVELS;

export interface MapOf {
  readonly told: Told;
  readonly left: number;
  readonly top: number;
  readonly size: number;
  readonly causal: boolean;
  readonly wanted: readonly (readonly [number, number])[];
}

function square(left: number, top: number, step: number, i: number, j: number): string {
  return `M${px(left + j * step)} ${px(top + i * step)}h${px(step)}v${px(step)}h${px(-step)}z`;
}

/** Cells in shades of their shares, a shape a shade; those under a hundredth stay empty. */
export function shadeCells(n: number, share: (i: number, j: number) => number, left: number, top: number, step: number): (SVGTemplateResult | null)[] {
  const shades = Array.from({ length: LEVELS + 1 }, (): string[] => []);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const level = levelOf(share(i, j));
      if (level > 0) shades[level]?.push(square(left, top, step, i, j));
    }
  return shades.map((cells, level) => (cells.length === 0 ? null : svg`<path class="cell" fill-opacity=${(level / LEVELS).toFixed(2)} d=${cells.join("")} />`));
}

/** What of a map does not follow the reader: cells, numbers, the mask, the wanted cells. */
function drawCells({ told, left, top, size, causal, wanted }: MapOf): SVGTemplateResult {
  const n = told.rows.length;
  const step = size / n;
  const numbers: SVGTemplateResult[] = [];
  told.rows.forEach((_row, i) => {
    for (let j = 0; j < n; j++) {
      const share = shareOf(told, i, j);
      if (step >= NUMBERED && !(causal && j > i))
        numbers.push(svg`<text class="small ${inkOn(share)}" x=${px(left + (j + 0.5) * step)} y=${px(top + (i + 0.5) * step + 4)} text-anchor="middle">${short(share)}</text>`);
    }
  });
  return svg`${causal ? svg`<path class="hidden-keys" d=${told.rows.map((_row, i) => `M${px(left + (i + 1) * step)} ${px(top + i * step)}H${px(left + size)}v${px(step)}H${px(left + (i + 1) * step)}z`).join("")} />` : null}
    ${shadeCells(n, (i, j) => shareOf(told, i, j), left, top, step)}
    ${numbers}
    <path class="line orange ${step < 8 ? "thin" : ""}" d=${wanted.map(([i, j]) => square(left, top, step, i, j)).join("")} />`;
}

/** A map with its labels, and the row and the column that the reader looks at; its style is that of bars elsewhere, if any. */
export function drawMap(map: MapOf, name: string, style: string | null, query: number, key: number, along: "query" | "key"): SVGTemplateResult {
  const { told, left, top, size } = map;
  const n = told.rows.length;
  const step = size / n;
  const every = labelEvery(n, step);
  const [row, column] = along === "query" ? ["thick", "thin dashed"] : ["thin dashed", "thick"];
  const swatch = style === "outline" ? "bar outline" : `bar ${style}`;
  const named = (name: string) => svg`${style === null ? null : svg`<rect class=${swatch} x=${px(left + 1)} y=${top - 39} width="11" height="11" />`}
    <text class="small strong" x=${px(left + (style === null ? 0 : 18))} y=${top - 29}>${name}</text>`;
  return svg`${name === "" ? null : named(name)}
    ${guard([told.rows, left, top, size], () => drawCells(map))}
    ${guard([n, left, top, size], () => told.rows.map((_row, i) => i % every !== 0 ? null : svg`<text class="small muted" x=${px(left - 4)} y=${px(top + (i + 0.5) * step + 4)} text-anchor="end">${i}</text>
        <text class="small muted" x=${px(left + (i + 0.5) * step)} y=${top - 6} text-anchor="middle">${i}</text>`))}
    <rect class="axis" x=${px(left)} y=${top} width=${px(size)} height=${px(size)} />
    <rect class="line ${row}" x=${px(left - 1)} y=${px(top + query * step)} width=${px(size + 2)} height=${px(step)} />
    <rect class="line ${column}" x=${px(left + key * step)} y=${px(top - 1)} width=${px(step)} height=${px(size + 2)} />`;
}

/** One row or column: a bar a token and pattern, the number above it where there is room. */
export function drawBars(lists: readonly (readonly number[])[], names: readonly string[], chosen: number, left: number, top: number, width: number, height: number): SVGTemplateResult {
  const n = names.length;
  const step = width / n;
  const foot = top + height;
  const bar = Math.max(1.5, (0.72 * step) / lists.length);
  const every = labelEvery(n, step);
  const upright = Math.max(...names.map((name) => name.length)) * 7 > step - 6;
  const x = (i: number) => left + (i + 0.5) * step;
  return svg`<path class="axis" d=${`M${px(left)} ${foot}h${px(width)}`} />
    <rect class="shade" x=${px(x(chosen) - step / 2)} y=${top - 16} width=${px(step)} height=${height + 16} />
    ${lists.map((shares, p) => shares.map((share, i) => {
      if (share < 0.005 && i !== chosen) return null;
      const tall = Math.max(0.5, share * height);
      const from = x(i) + (p - lists.length / 2) * bar;
      const said = step / lists.length >= 20 || (i === chosen && p === lists.length - 1);
      return svg`<rect class="bar ${styleOf(p, lists.length)}" x=${px(from)} y=${px(foot - tall)} width=${px(Math.max(1, bar - 1))} height=${px(tall)} />
        ${said ? svg`<text class="small ${i === chosen ? "strong" : ""}" x=${px(from + bar / 2)} y=${px(foot - tall - 4)} text-anchor="middle">${short(share)}</text>` : null}`;
    }))}
    ${names.map((name, i) => {
      if (i !== chosen && (i % every !== 0 || Math.abs(i - chosen) < every)) return null;
      return svg`<text class="small ${i === chosen ? "strong" : "muted"}" x=${px(x(i))} y=${foot + 15} text-anchor="middle">${i}</text>
        ${upright
          ? step < LABELLED ? null : svg`<text class="small ${i === chosen ? "strong" : ""}" transform="translate(${px(x(i) - 4)} ${foot + 22}) rotate(90)">${name}</text>`
          : svg`<text class="small ${i === chosen ? "strong" : ""}" x=${px(x(i))} y=${foot + 30} text-anchor="middle">${name}</text>`}`;
    })}`;
}
