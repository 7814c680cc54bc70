/** Draw the controls: native inputs hold the values, and say them in words. */
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

export interface Slider {
  readonly label: string;
  /** The value in words, beside the label and for screen readers. */
  readonly said: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly change: (value: number) => void;
}

export function slider({ label, said, value, least, most, step, change }: Slider): TemplateResult {
  const read = (event: Event) => change(Number((event.target as HTMLInputElement).value));
  return html`<label class="slider">
    <span>${label}: <b>${said}</b></span>
    <input
      type="range"
      min=${least}
      max=${most}
      step=${step}
      .value=${live(String(value))}
      aria-label=${label}
      aria-valuetext=${said}
      @input=${read}
    />
  </label>`;
}

/** One of several, as radio buttons. */
export function choice<Value extends string>(
  name: string,
  legend: string,
  options: readonly (readonly [Value, string])[],
  chosen: Value,
  change: (value: Value) => void,
): TemplateResult {
  return html`<fieldset>
    <legend>${legend}</legend>
    ${options.map(
      ([value, label]) => html`<label
        ><input
          type="radio"
          name=${name}
          .checked=${live(value === chosen)}
          @change=${() => change(value)}
        />${label}</label
      >`,
    )}
  </fieldset>`;
}
