/** Draw axes and lines of a small plot, in CSS pixels. */
import { svg, type SVGTemplateResult } from "lit-html";

export interface Scale {
  (value: number): number;
  readonly from: number;
  readonly to: number;
}

/** A linear scale from values to pixels. */
export function makeScale(from: number, to: number, start: number, end: number): Scale {
  const scale = (value: number) => start + ((value - from) / (to - from)) * (end - start);
  return Object.assign(scale, { from, to });
}

/** A coordinate with as many digits as a screen can show. */
export const px = (value: number): string => value.toFixed(1);

/** The path through points that are given as pixels. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
}

/** A horizontal axis with labelled ticks and a name under it. */
export function bottomAxis(
  scale: Scale,
  y: number,
  ticks: readonly number[],
  label: string,
): SVGTemplateResult {
  const middle = (scale(scale.from) + scale(scale.to)) / 2;
  return svg`<path class="axis" d=${path([[scale(scale.from), y], [scale(scale.to), y]])} />
    ${ticks.map(
      (tick) => svg`<path class="axis" d=${`M${px(scale(tick))} ${px(y)}v4`} />
        <text class="small" x=${px(scale(tick))} y=${px(y + 17)} text-anchor="middle">${tick}</text>`,
    )}
    <text class="small muted" x=${px(middle)} y=${px(y + 34)} text-anchor="middle">${label}</text>`;
}

/** A vertical axis with labelled ticks; its name stands above it. */
export function leftAxis(
  scale: Scale,
  x: number,
  ticks: readonly number[],
  label: string,
): SVGTemplateResult {
  const top = Math.min(scale(scale.from), scale(scale.to));
  return svg`<path class="axis" d=${path([[x, scale(scale.from)], [x, scale(scale.to)]])} />
    ${ticks.map(
      (tick) => svg`<path class="axis" d=${`M${px(x)} ${px(scale(tick))}h-4`} />
        <text class="small" x=${px(x - 7)} y=${px(scale(tick) + 4)} text-anchor="end">${tick}</text>`,
    )}
    <text class="small muted" x=${px(x - 30)} y=${px(top - 9)}>${label}</text>`;
}
