/** Write numbers as a sentence has them. */

/** A number with at most `digits` after the point, and a real minus sign. */
export const rounded = (value: number, digits = 1): string => String(Number(value.toFixed(digits))).replace("-", "−");

/** A share of 1; with a digit after the point where it is nearly, and not quite, all or nothing. */
export function percent(share: number): string {
  const near = Math.min(share, 1 - share);
  return `${(100 * share).toFixed(near < 0.005 && near >= 0.0005 ? 1 : 0)} %`;
}
