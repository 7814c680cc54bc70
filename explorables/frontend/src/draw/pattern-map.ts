/** Draw small maps of attention patterns: queries down, keys across, the darker the more attention. */
import { svg, type SVGTemplateResult } from "lit-html";
import { shadeCells } from "./pattern";
import { path, px } from "./plot";

const VISIBLE = 0.04; // a smaller share of attention is not drawn

/** A causal pattern of n tokens, given row by row, under its name. */
export function drawPattern(pattern: readonly number[] | undefined, n: number, name: string, left: number, top: number, size: number): SVGTemplateResult {
  const share = (i: number, j: number) => {
    const value = pattern?.[i * n + j] ?? 0;
    return value < VISIBLE ? 0 : value;
  };
  return svg`<text class="small strong" x=${px(left)} y=${top - 8}>${name}</text>
    <path class="hidden-keys" d=${`${path([[left, top], [left + size, top], [left + size, top + size]])}Z`} />
    ${shadeCells(n, share, left, top, size / n)}
    <rect class="axis" x=${px(left)} y=${top} width=${px(size)} height=${px(size)} />`;
}
