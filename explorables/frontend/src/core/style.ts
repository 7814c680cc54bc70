/**
 * Set the look of what stands around a picture: task, controls, words. The figure is a stacking
 * context of its own, so that the browser paints it again and not the page around it; a grid is,
 * too, and its tracks have a fixed size, so that a click into one cell measures no other.
 */
export const FIGURE_STYLE = `
  :host { display: block; isolation: isolate; color: var(--ink); font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
  p { margin: 0.25rem 0; }
  .task { color: var(--ink); font-size: 0.95rem; }
  .controls { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0; }
  fieldset { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0; padding: 0; border: 0; flex-basis: 100%; }
  legend { float: left; margin-right: 1rem; padding: 0; font-weight: 600; line-height: 1.75rem; }
  label { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 1.75rem; }
  label.slider { flex: 1 1 17rem; flex-wrap: wrap; column-gap: 0.75rem; }
  label.slider > span { flex: 1 1 100%; font-variant-numeric: tabular-nums; }
  input[type="range"] { flex: 1 1 12rem; min-height: 1.75rem; margin: 0; accent-color: var(--blue); }
  label.line { flex: 1 1 100%; }
  input[type="text"] { flex: 1 1 12rem; min-width: 0; min-height: 2rem; padding: 0.15rem 0.5rem; border: 1px solid var(--muted);
    border-radius: 0.35rem; background: var(--ground); color: var(--ink); font: inherit; }
  summary { min-height: 1.75rem; cursor: pointer; }
  button[aria-pressed="true"] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); }
  input[type="radio"], input[type="checkbox"] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--blue); }
  button { min-height: 2rem; padding: 0.15rem 0.8rem; border: 1px solid var(--muted); border-radius: 0.35rem;
    background: var(--ground); color: var(--ink); font: inherit; cursor: pointer; }
  button:hover { border-color: var(--ink); }
  button[aria-disabled="true"] { border-color: var(--rule); color: var(--muted); cursor: default; }
  button.right { border: 2px solid var(--green); color: var(--ink); font-weight: 600; } button.wrong { border-style: dashed; }
  .buttons { display: flex; flex: 1 1 100%; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.25rem; }
  .buttons legend { float: none; margin: 0 0 0.25rem; line-height: inherit; }
  :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; border-radius: 2px; }
  pre { overflow-x: auto; margin: 0.5rem 0; padding: 0.5rem; border: 1px solid var(--rule); background: var(--pale);
    color: var(--ink); font-size: 0.85rem; }
  table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
  caption { padding: 0.25rem 0; text-align: left; font-weight: 600; }
  td { white-space: nowrap; }
  td, th { padding: 0.15rem 0.6rem 0.15rem 0; border-bottom: 1px solid var(--rule); text-align: left; font-weight: normal; }
  thead th { color: var(--muted); }
  .message { margin-left: 0.75rem; }
  .wide { flex: 1 1 100%; min-width: 0; overflow-x: auto; padding: 3px; }
  .grid { display: grid; grid-auto-rows: 24px; gap: 1px; width: max-content; isolation: isolate; }
  .grid [role="row"] { display: contents; }
  .grid [role="gridcell"] { display: grid; }
  .wide { container-type: inline-size; }
  .beyond { display: none; margin: 0.25rem 0 0; color: var(--muted); font-size: 0.85rem; }
  @container (max-width: 425px) { .beyond { position: sticky; left: 0; display: block; } }
  .grid [role="columnheader"], .grid [role="rowheader"] { display: grid; place-items: center; min-width: 24px;
    color: var(--muted); font-size: 0.75rem; }
  .grid button { width: 24px; height: 24px; min-height: 0; padding: 0; border: 1px solid var(--rule); border-radius: 0;
    font-size: 0.85rem; line-height: 1; }
  .grid button[aria-pressed="true"] { background: var(--blue); color: var(--ground); font-weight: 700; }
  .grid.second button[aria-pressed="true"] { background: var(--orange); }
  .grid button:focus-visible { position: relative; z-index: 1; }
  @media (forced-colors: active) { button[aria-pressed="true"] { border-width: 3px; } }
  @media (forced-colors: active) { .grid button[aria-pressed="true"] { background: Highlight; color: HighlightText; forced-color-adjust: none; } }
  .middle { display: flex; flex-wrap: wrap-reverse; align-items: flex-end; gap: 0.5rem 1rem; }
  .stage { flex: 1 1; min-width: 0; overflow: hidden; }
  .picture { display: block; max-width: 100%; height: auto; }
  .words { min-height: 3rem; font-variant-numeric: tabular-nums; }
  .status, .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
