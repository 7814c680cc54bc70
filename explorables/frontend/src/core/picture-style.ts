/**
 * Set the look of every picture, by class. The colours are those of the course's other figures; a
 * still picture carries this sheet inside itself and follows the colour scheme of its page.
 */
export const LIGHT = `
  --ink: #1b1f24; --muted: #505a64; --rule: #d5dbe1; --ground: #ffffff; --pale: #eceff2;
  --blue: #0b5fa5; --orange: #c4500a; --green: #00785a; --purple: #94428a;
  --on-faint: #000; --on-middling: #000; --on-full: #fff; --blue-pale: #dcebf8; --orange-pale: #fbe6d3; --green-pale: #dcf1e7;`;
export const DARK = `
  --ink: #e8ebee; --muted: #aab4be; --rule: #3d454d; --ground: #14181c; --pale: #262c32;
  --blue: #6cb6f5; --orange: #ff9a57; --green: #4cc9a0; --purple: #dd93d3;
  --on-faint: #fff; --on-middling: #000; --on-full: #000; --blue-pale: #16344d; --orange-pale: #4a2a12; --green-pale: #123a2d;`;

const MARKS = `
  text { fill: var(--ink); font: 13px/1.2 system-ui, "DejaVu Sans", sans-serif; }
  text.small { font-size: 12px; } text.muted { fill: var(--muted); } text.strong { font-weight: 600; }
  text.halo { paint-order: stroke; stroke: var(--ground); stroke-width: 4; stroke-linejoin: round; }
  .axis { stroke: var(--muted); stroke-width: 1; fill: none; }
  .rule { stroke: var(--rule); stroke-width: 1; fill: none; }
  .face { fill: var(--ground); stroke: var(--rule); stroke-width: 1.5; }
  .line { fill: none; stroke: var(--ink); stroke-width: 2; }
  .blue { stroke: var(--blue); } .orange { stroke: var(--orange); } .green { stroke: var(--green); }
  .purple { stroke: var(--purple); } .dashed { stroke-dasharray: 6 3; } .dotted { stroke-dasharray: 1.5 3; } .dashdot { stroke-dasharray: 9 3 2 3; }
  .thin { stroke-width: 1.25; } .thick { stroke-width: 3; } .dots { stroke-width: 3.6; stroke-linecap: round; }
  .bar { fill: var(--blue); stroke: none; } .bar.orange { fill: var(--orange); } .bar.pale { fill: var(--blue-pale); }
  .bar.outline { fill: none; stroke: var(--ink); stroke-width: 1.5; }
  .dot { fill: var(--ground); stroke-width: 2.5; } .cell { stroke: none; fill: var(--blue); }
  text.on-faint { fill: var(--on-faint); } text.on-middling { fill: var(--on-middling); } text.on-full { fill: var(--on-full); } .bar.green { fill: var(--green); }
  .mark { fill: var(--ink); } .hidden-keys { fill: var(--pale); } .shade { fill: var(--green-pale); }
  .grip { fill: var(--ground); stroke: var(--orange); stroke-width: 2.5; cursor: grab; touch-action: none; }
  @media (forced-colors: active) {
    text { fill: CanvasText; } text.on-full { fill: HighlightText; } text.on-faint, text.on-middling { fill: CanvasText; paint-order: stroke; stroke: Canvas; stroke-width: 4; stroke-linejoin: round; } text.halo { stroke: Canvas; } .axis, .rule, .line, .dot, .grip { stroke: CanvasText; }
    .mark { fill: CanvasText; } .bar, .cell { fill: Highlight; forced-color-adjust: none; } .face, .dot, .grip { fill: Canvas; }
  }`;

/** In a page: the host says whether it stands on dark. */
export const PICTURE_STYLE = `:host { ${LIGHT} } :host([data-dark]) { ${DARK} } ${MARKS}`;

/** Inside a still picture: an image follows the colour scheme that its page has chosen. */
export const STILL_STYLE = `:root { ${LIGHT} } @media (prefers-color-scheme: dark) { :root { ${DARK} } } ${MARKS}`;
