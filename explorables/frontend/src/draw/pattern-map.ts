/** Small maps of attention patterns: queries down, keys across, the darker the more attention. */
import { svg, type SVGTemplateResult } from "lit-html";
import { path, px } from "./plot";

const VISIBLE = 0.04; // a smaller share of attention is not drawn

/** A causal pattern of n tokens, given row by row, under its name. */
export function drawPattern(pattern: readonly number[] | undefined, n: number, name: string, left: number, top: number, size: number): SVGTemplateResult {
  const step = size / n;
  const cells = (pattern ?? []).flatMap((value, at) =>
    value < VISIBLE
      ? []
      : [svg`<rect class="cell" fill-opacity=${value.toFixed(2)} x=${px(left + (at % n) * step)} y=${px(top + Math.floor(at / n) * step)} width=${px(step)} height=${px(step)} />`],
  );
  return svg`<text class="small strong" x=${px(left)} y=${top - 8}>${name}</text>
    <path class="hidden-keys" d=${`${path([[left, top], [left + size, top], [left + size, top + size]])}Z`} />
    ${cells}<rect class="axis" x=${px(left)} y=${top} width=${px(size)} height=${px(size)} />`;
}
