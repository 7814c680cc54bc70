/** Turn the query's hands, and see where the head looks: parts (b), (c) and (f) of exercise 2. */
import { html, svg, type SVGTemplateResult } from "lit-html";
import { makeModule } from "../core/figure";
import type { Parameters } from "../core/parameters";
import { rounded } from "../core/words";
import { choice, slider } from "../draw/controls";
import { bottomAxis, leftAxis, makeScale, path, px } from "../draw/plot";
import { findPeak, scoreAt, type Peak } from "../maths/clocks";

/** As many distances as the two clocks tell apart: after 133 tokens both stand as before. */
const SEARCHED = [-16, 116] as const;
const SHOWN = [-16, 64] as const; // distances on the axis
const isShown = (distance: number) => distance >= SHOWN[0] && distance <= SHOWN[1];
const PLACE = 5; // where the query of the drawing stands
const TURN = 2 * Math.PI;

type Mode = "steps" | "angle" | "alone";

interface State {
  mode: Mode;
  /** How far each clock is turned back, in steps of its own. */
  back: [number, number];
}

/** The first two clocks: the largest, and all that four rows can hold. */
function clocks({ alpha, lam }: Parameters): { alpha: [number, number]; lam: [number, number] } {
  const [a0 = 1, a1 = 1] = alpha;
  const [l0 = 1, l1 = 1] = lam;
  return { alpha: [a0, a1], lam: [l0, l1] };
}

function look(state: State, parameters: Parameters): (distance: number) => number {
  const { alpha, lam } = clocks(parameters);
  const angles = [state.back[0] * alpha[0], state.back[1] * alpha[1]];
  return (distance) => scoreAt(distance, alpha, lam, angles);
}

function peakOf(state: State, parameters: Parameters): Peak {
  return findPeak(look(state, parameters), ...SEARCHED);
}

const plural = (count: number, noun: string) => `${count} ${noun}${Math.abs(count) === 1 ? "" : "s"}`;

function sayTurn(steps: number): string {
  if (Math.abs(steps) < 0.005) return "not turned";
  return `turned ${steps > 0 ? "back" : "forward"} by ${plural(Number(rounded(Math.abs(steps), 2)), "step")}`;
}

function sayDistance(distance: number): string {
  if (distance === 0) return "at its own position";
  return `${plural(Math.abs(distance), "token")} ${distance > 0 ? "back" : "ahead"}`;
}

function degrees(angle: number): string {
  return `${rounded((angle * 360) / TURN)}°`;
}

/** A clock's face with the query's own hand and the turned one. */
function drawFace(
  k: number,
  centre: readonly [number, number],
  radius: number,
  alpha: number,
  back: number,
): SVGTemplateResult {
  const tip = (position: number, reach = radius - 8) =>
    [
      centre[0] + reach * Math.cos(alpha * position),
      centre[1] - reach * Math.sin(alpha * position),
    ] as const;
  const steps = Array.from({ length: Math.round(TURN / alpha) }, (_, n) => n);
  const own = tip(PLACE);
  const turned = tip(PLACE - back);
  return svg`<circle class="face" cx=${centre[0]} cy=${centre[1]} r=${radius} />
    ${steps.map((n) => svg`<path class="rule" d=${path([tip(n, radius - 5), tip(n, radius)])} />`)}
    <path class="line blue" d=${path([centre, own])} />
    <path class="line orange dashed thick" d=${path([centre, turned])} />
    <circle class="grip" data-grip=${k} cx=${px(turned[0])} cy=${px(turned[1])} r="9" />
    <text class="small strong" x=${centre[0]} y=${px(centre[1] + radius + 17)} text-anchor="middle"
      >clock ${k}, period ${Math.round(TURN / alpha)}</text>`;
}

interface Layout {
  readonly radius: number;
  readonly centres: readonly [readonly [number, number], readonly [number, number]];
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly height: number;
}

/** Clocks beside the plot where there is room, above it on a phone. */
function arrange(width: number): Layout {
  if (width >= 560) {
    const radius = 58;
    const plot = { left: 200, right: width - 12, top: 34, bottom: 276 };
    return { radius, centres: [[radius + 6, 70], [radius + 6, 222]], plot, height: 318 };
  }
  const radius = Math.min(62, (width - 40) / 4);
  const centres = [[width * 0.26, radius + 8], [width * 0.74, radius + 8]] as const;
  const top = 2 * radius + 66;
  return { radius, centres, plot: { left: 40, right: width - 12, top, bottom: top + 190 }, height: top + 232 };
}

/** The score at each distance: the dots are one shape, since 81 would be styled and laid out one by one. */
function drawCurve(state: State, parameters: Parameters, { plot }: Layout): SVGTemplateResult {
  const score = look(state, parameters);
  const most = parameters.lam.slice(0, 2).reduce((sum, size) => sum + size * size, 0);
  const x = makeScale(SHOWN[0], SHOWN[1], plot.left, plot.right);
  const y = makeScale(-most, most * 1.08, plot.bottom, plot.top);
  const at = Array.from({ length: SHOWN[1] - SHOWN[0] + 1 }, (_, i) => SHOWN[0] + i);
  const fine = Array.from({ length: 4 * (SHOWN[1] - SHOWN[0]) + 1 }, (_, i) => SHOWN[0] + i / 4);
  const peak = peakOf(state, parameters);
  const ticks = plot.right - plot.left > 380 ? [-10, 0, 10, 20, 30, 40, 50, 60] : [0, 20, 40, 60];
  const nearRight = x(peak.distance) > plot.right - 90;
  return svg`<path class="rule" d=${path([[plot.left, y(0)], [plot.right, y(0)]])} />
    <path class="line thin" d=${path(fine.map((d) => [x(d), y(score(d))]))} />
    <path class="line dots" d=${at.map((d) => `M${px(x(d))} ${px(y(score(d)))}h0`).join("")} />
    ${
      isShown(peak.second)
        ? svg`<rect class="dot" stroke="var(--blue)" x=${px(x(peak.second) - 5)} y=${px(y(score(peak.second)) - 5)} width="10" height="10" />`
        : null
    }
    ${
      isShown(peak.distance)
        ? svg`<path class="rule dashed" d=${path([[x(peak.distance), y(peak.score)], [x(peak.distance), plot.bottom]])} />
          <circle class="dot" stroke="var(--orange)" cx=${px(x(peak.distance))} cy=${px(y(peak.score))} r="6" />
          <text class="small strong" x=${px(x(peak.distance) + (nearRight ? -11 : 11))} y=${px(Math.max(plot.top - 2, y(peak.score) - 7))}
            text-anchor=${nearRight ? "end" : "start"}>${sayDistance(peak.distance)}</text>`
        : svg`<text class="small strong" x=${plot.right} y=${plot.top - 2} text-anchor="end">highest ${sayDistance(peak.distance)}, outside</text>`
    }
    ${bottomAxis(x, plot.bottom, ticks, "tokens back from the query")}
    ${leftAxis(y, plot.left, [-200, 0, 200], "score")}`;
}

/** Move what the chosen mode ties together. */
function tie(state: State, k: 0 | 1, back: number, parameters: Parameters): State["back"] {
  const { alpha } = clocks(parameters);
  if (state.mode === "steps") return [back, back];
  if (state.mode === "angle") {
    const angle = back * alpha[k];
    return [angle / alpha[0], angle / alpha[1]];
  }
  return k === 0 ? [back, state.back[1]] : [state.back[0], back];
}

export default makeModule<State>({
  name: "clock",
  title: "Turn the query's hands",
  task:
    "Turn the query's dashed hands away from its own, the solid ones, until the head looks at the token " +
    "just before. Then turn both clocks by the same angle instead of by the same number of steps: where " +
    "does the head look now?",
  start: { mode: "steps", back: [0, 0] },
  presets: { "three-back": { back: [3, 3] } },
  needs: ["alpha", "lam"],

  picture(state, parameters, width) {
    const layout = arrange(width);
    const { alpha } = clocks(parameters);
    return {
      width,
      height: layout.height,
      alt: `Two clocks with the query's own hand and its turned hand, and the score against the distance. ${this.words(state, parameters)}`,
      content: svg`${([0, 1] as const).map((k) => drawFace(k, layout.centres[k], layout.radius, alpha[k], state.back[k]))}
        ${drawCurve(state, parameters, layout)}`,
    };
  },

  controls(state, change, parameters) {
    const { alpha } = clocks(parameters);
    const pull = (k: 0 | 1) => (back: number) => change((now) => ({ back: tie(now, k, back, parameters) }));
    const enter = (mode: Mode) => {
      const entered = { ...state, mode };
      change({ mode, back: tie(entered, 0, Math.round(state.back[0]), parameters) });
    };
    const range = { least: -10, most: 10 };
    const modes = choice("mode", "Turn both", [
      ["steps", "by the same steps"],
      ["angle", "by the same angle"],
      ["alone", "each alone"],
    ], state.mode, enter);
    if (state.mode === "steps") {
      const [back] = state.back;
      return html`${modes}
      ${slider({ label: "Both clocks", said: sayTurn(back), value: back, ...range, step: 0.5, change: pull(0) })}`;
    }
    if (state.mode === "angle") {
      const said = `turned back by ${degrees(state.back[0] * alpha[0])}: ${rounded(state.back[0], 2)} steps of clock 0, ${rounded(state.back[1], 2)} of clock 1`;
      return html`${modes}
      ${slider({ label: "Both clocks", said, value: state.back[0], ...range, step: 0.5, change: pull(0) })}`;
    }
    return html`${modes}
    ${([0, 1] as const).map((k) => slider({ label: `Clock ${k}`, said: sayTurn(state.back[k]), value: state.back[k], ...range, step: 0.5, change: pull(k) }))}`;
  },

  words(state, parameters) {
    const peak = peakOf(state, parameters);
    if (peak.lead < 1e-6)
      return `Two distances tie: the head looks as much ${sayDistance(peak.distance)} as ${sayDistance(peak.second)}. A whole number of steps tells them apart.`;
    const beyond = isShown(peak.second) ? "" : " and outside the picture";
    return `The head looks ${sayDistance(peak.distance)}: the score is ${rounded(peak.score)} there. The next best place, ${sayDistance(peak.second)}${beyond}, scores ${rounded(peak.lead)} less.`;
  },

  drag(state, point, width, parameters) {
    const { centres } = arrange(width);
    const distances = centres.map(([x, y]) => Math.hypot(point.x - x, point.y - y));
    const k = (distances[0] ?? 0) <= (distances[1] ?? 0) ? 0 : 1;
    const { alpha } = clocks(parameters);
    const angle = Math.atan2(centres[k][1] - point.y, point.x - centres[k][0]);
    // The hand may stand at many turns; take the one nearest to where it was.
    const period = TURN / alpha[k];
    const raw = PLACE - angle / alpha[k];
    const near = raw + Math.round((state.back[k] - raw) / period) * period;
    const back = Math.max(-10, Math.min(10, Math.round(near * 2) / 2));
    return { back: tie(state, k, back, parameters) };
  },
});
