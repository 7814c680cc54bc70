/** Draw a matrix of zeros and ones to click or walk through with the arrow keys. */
import { html, type TemplateResult } from "lit-html";

export interface Grid {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Whether a one stands at a place. */
  readonly has: (row: number, column: number) => boolean;
  /** What the entry says, for those who hear it: "line 0 reads dimension 3". */
  readonly say: (row: number, column: number) => string;
  readonly toggle: (row: number, column: number) => void;
  readonly style?: string;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Move the focus within the grid: it is one stop of the Tab key, and arrows do the rest. */
function walk(event: KeyboardEvent): void {
  const from = event.target as HTMLElement;
  const grid = event.currentTarget as HTMLElement;
  const place = (name: "row" | "column") => Number(from.dataset[name]);
  const cells = [...grid.querySelectorAll<HTMLButtonElement>("button")];
  const last = cells.at(-1);
  const edges: Readonly<Record<string, readonly [number, number]>> = {
    Home: [place("row"), 0],
    End: [place("row"), Number(last?.dataset["column"])],
  };
  const step = STEPS[event.key];
  const to = step ? [place("row") + step[0], place("column") + step[1]] : edges[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = cells.find((cell) => Number(cell.dataset["row"]) === to[0] && Number(cell.dataset["column"]) === to[1]);
  if (next === undefined) return;
  for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
  next.focus();
}

export function grid({ name, rows, columns, has, say, toggle, style = "" }: Grid): TemplateResult {
  const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
  return html`<div
    class="grid ${style}"
    role="grid"
    aria-label=${name}
    style="grid-template: auto / repeat(${columns + 1}, 24px)"
    @keydown=${walk}
  >
    <div role="row">
      <span role="columnheader"><span class="unseen">row</span></span>
      ${indices(columns).map((j) => html`<span role="columnheader">${j}</span>`)}
    </div>
    ${indices(rows).map(
      (i) => html`<div role="row">
        <span role="rowheader">${i}</span>
        ${indices(columns).map(
          (j) => html`<span role="gridcell"
            ><button
              type="button"
              data-row=${i}
              data-column=${j}
              tabindex=${i === 0 && j === 0 ? 0 : -1}
              aria-pressed=${has(i, j)}
              aria-label="${say(i, j)}: ${has(i, j) ? 1 : 0}"
              @click=${() => toggle(i, j)}
            >
              ${has(i, j) ? 1 : ""}
            </button></span
          >`,
        )}
      </div>`,
    )}
  </div>`;
}
