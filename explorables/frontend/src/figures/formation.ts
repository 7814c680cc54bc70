/** Slide through the training of the model of exercise 6: what is there first, and what next. */
import { html, svg, type SVGTemplateResult } from "lit-html";
import { makeModule } from "../core/figure";
import type { Formation, Parameters } from "../core/parameters";
import { percent } from "../core/words";
import { slider } from "../draw/controls";
import { drawPattern } from "../draw/pattern-map";
import { leftAxis, makeScale, path, px, type Scale } from "../draw/plot";

interface State {
  /** Which of the moments is shown. */
  at: number;
}

const LAST = 11;
const LEFT = 38;
const RIGHT = 18; // half of the last step's label hangs over
const LOSS_HEIGHT = 84;
const GAP = 88; // from the losses down to the scores: their legend stands there
const SCORE_HEIGHT = 130;
const LEGEND_LINE = 18;

const LOSSES = [
  ["list_loss", "lists, where the word can be known", "thick"],
  ["text_loss", "text", "purple dashed"],
] as const;
const SCORES = [
  ["copying", "copying, 1.1", "green dashed"],
  ["K", "K-composition, 0.0 to 1.1", "orange thick"],
  ["Q", "Q-composition, 0.0 to 1.1", "orange dashdot thick"],
  ["previous", "previous token, 0.0", "blue"],
  ["induction", "induction, 1.1", "thick dotted"],
] as const;
type Column = (typeof LOSSES | typeof SCORES)[number][0];

/** The rows of a pattern that is kept as the percentages of its lower triangle. */
export function unfold(kept: readonly number[], n: number): number[] {
  return Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return j > i ? 0 : (kept[(i * (i + 1)) / 2 + j] ?? 0) / 100;
  });
}

const step = (formation: Formation, at: number): number => formation.scores["step"]?.[at] ?? 0;
const value = (formation: Formation, column: Column, at: number): number => formation.scores[column]?.[at] ?? 0;

function drawCurves(
  formation: Formation,
  columns: readonly (readonly [Column, string, string])[],
  x: Scale,
  y: Scale,
): SVGTemplateResult[] {
  return columns.map(
    ([column, , style]) =>
      svg`<path class="line ${style}" d=${path((formation.scores["step"] ?? []).map((_, at) => [x(at), y(value(formation, column, at))] as const))} />`,
  );
}

function drawLegend(columns: readonly (readonly [Column, string, string])[], top: number): SVGTemplateResult[] {
  return columns.map(([, name, style], i) => {
    const y = top + LEGEND_LINE * i;
    return svg`<path class="line ${style}" d=${`M${LEFT} ${y - 4}h34`} /><text class="small" x=${LEFT + 42} y=${y}>${name}</text>`;
  });
}

/** Both plots over the twelve moments, which stand at equal distances, and the one that is shown. */
function drawPlots(formation: Formation, at: number, width: number): { content: SVGTemplateResult; height: number } {
  const x = makeScale(0, LAST, LEFT, width - RIGHT);
  const top = 26;
  const loss = makeScale(0, 5, top + LOSS_HEIGHT, top);
  const scoresTop = top + LOSS_HEIGHT + GAP;
  const foot = scoresTop + SCORE_HEIGHT;
  const share = makeScale(0, 1, foot, scoresTop);
  const unknown = loss(Math.log(64));
  const legend = foot + 58;
  const every = (width - LEFT) / LAST >= 38 ? 1 : 2;
  const content = svg`<path class="rule dashed" d=${path([[LEFT, unknown], [width - RIGHT, unknown]])} />
    <text class="small muted" x=${width - RIGHT} y=${px(unknown - 6)} text-anchor="end">all 64 words alike: 4.16</text>
    ${leftAxis(loss, LEFT, [0, 2, 4], "loss of the next word, in nats")}
    ${leftAxis(share, LEFT, [0, 0.5, 1], "score")}
    ${drawCurves(formation, LOSSES, x, loss)}
    ${drawCurves(formation, SCORES, x, share)}
    <path class="axis" d=${path([[LEFT, foot], [width - RIGHT, foot]])} />
    ${(formation.scores["step"] ?? []).map((label, i) => svg`<path class="axis" d=${`M${px(x(i))} ${foot}v4`} />
      ${(LAST - i) % every === 0 ? svg`<text class="small" x=${px(x(i))} y=${foot + 17} text-anchor="middle">${label}</text>` : null}`)}
    <text class="small muted" x=${px((LEFT + width - RIGHT) / 2)} y=${foot + 34} text-anchor="middle">step of the training</text>
    <path class="line green thin" d=${path([[x(at), top], [x(at), foot]])} />
    ${drawLegend(LOSSES, top + LOSS_HEIGHT + 22)}
    ${drawLegend(SCORES, legend)}`;
  return { content, height: legend + LEGEND_LINE * SCORES.length - 8 };
}

export default makeModule<State>({
  name: "formation",
  title: "Watch the circuit of this model form",
  task:
    "Slide from the beginning of the training to its end. What can head 1.1 do before it has " +
    "anything to look for? And what changes between steps 700 and 1000?",
  start: { at: LAST },
  needs: ["formation"],

  picture({ at }, parameters, width) {
    const { formation } = parameters;
    const n = formation.line.length;
    const wide = width >= 600;
    const size = wide ? 216 : (width - 16) / 2;
    const plots = drawPlots(formation, at, wide ? width - size - 36 : width);
    const [left, top] = wide ? [width - size - 2, 26] : [0, plots.height + 34];
    const second: readonly [number, number] = wide ? [left, top + size + 40] : [size + 14, top];
    const shown = (name: "0.0" | "1.1") => unfold(formation.patterns[name][at] ?? [], n);
    return {
      width,
      height: wide ? Math.max(plots.height, second[1] + size + 8) : top + size + 8,
      alt: `Two plots over twelve moments of the training, losses above and scores below, and the attention of heads 0.0 and 1.1 on a list of eight words that is said three times. ${this.words({ at }, parameters)}`,
      content: svg`${plots.content}
        ${drawPattern(shown("0.0"), n, "head 0.0", left, top, size)}
        ${drawPattern(shown("1.1"), n, "head 1.1", ...second, size)}`,
    };
  },

  controls({ at }, change, parameters) {
    const said = `step ${step(parameters.formation, at)}`;
    return html`${slider({ label: "Moment", said, value: at, least: 0, most: LAST, step: 1, change: (moved) => change({ at: moved }) })}`;
  },

  words({ at }, { formation }: Parameters) {
    const said = (column: Column) => value(formation, column, at).toFixed(2);
    return (
      `At step ${step(formation, at)} the model guesses ${percent(formation.scores["accuracy"]?.[at] ?? 0)} of the words ` +
      `that can be known, and loses ${said("list_loss")} nats there. Head 1.1 scores ${said("copying")} for copying and ` +
      `${said("induction")} for induction, head 0.0 ${said("previous")} for the previous token. ` +
      `K-composition is at ${said("K")}, Q-composition at ${said("Q")}; random heads have 0.12.`
    );
  },
});
