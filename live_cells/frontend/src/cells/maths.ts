/**
 * Set the formulas in what cells put out: MathJax comes with the first of them, if the page has not brought it. Where it
 * does not come, they become MathML: in mystmd's pages, and without a network, for which the script for that is kept
 * once Python has run.
 */

interface Startup {
  promise?: Promise<void>;
  /** what has read formulas so far, with all that they defined */
  input?: unknown;
  document?: unknown;
  getInputJax?: () => unknown;
  getDocument?: () => unknown;
}

interface MathJaxLike {
  typesetPromise?: (elements: Element[]) => Promise<void>;
  startup?: Startup;
}

interface Place {
  address: string;
  settings: object;
}

const FORMULA = /\\\(|\\\[|\$\$|\\begin\{/;

let place: Place | null = null;
let coming: Promise<void> | null = null;
let last: Promise<void> = Promise.resolve();

/** Say where MathJax is; null if the page brings it, or if there is none. */
export function placeMaths(found: Place | null): void {
  place = found;
}

/** Draw the formulas in an element, after those that were asked for before. */
export function typeset(element: Element): Promise<void> {
  if (!FORMULA.test(element.textContent)) return Promise.resolve();
  const draw = () => drawAlone(element);
  last = last.then(draw, draw); // formulas that cannot be drawn keep no others from it
  return last;
}

/**
 * Draw by a MathJax that has seen no other formula: what an output defines (\def, \newcommand, \label)
 * changes neither what another says nor what the page does.
 */
async function drawAlone(element: Element): Promise<void> {
  if (mathJax()?.typesetPromise === undefined && place !== null) await (coming ??= bring(place));
  if (!(await isThere())) {
    const formulas = await import("./formulas").catch(() => null); // if that does not come, they stay as they are written
    formulas?.draw(element);
    return;
  }
  const found = mathJax();
  const startup = found?.startup;
  await startup?.promise; // the page's own formulas come first
  if (startup?.getInputJax === undefined || startup.getDocument === undefined) {
    await found?.typesetPromise?.([element]);
    return;
  }
  const { input, document } = startup;
  startup.input = startup.getInputJax();
  startup.document = startup.getDocument();
  try {
    await found?.typesetPromise?.([element]);
  } finally {
    startup.input = input;
    startup.document = document;
  }
}

/** Whether the page has MathJax; its settings alone say that it is on its way. */
async function isThere(): Promise<boolean> {
  if (mathJax() === undefined) return false;
  if (document.readyState !== "complete") await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  return mathJax()?.startup?.promise !== undefined;
}

function mathJax(): MathJaxLike | undefined {
  return (window as unknown as { MathJax?: MathJaxLike }).MathJax;
}

/** Load MathJax without letting it look through the page: the page's own formulas are drawn already. */
async function bring({ address, settings }: Place): Promise<void> {
  (window as unknown as { MathJax: object }).MathJax = { ...settings, startup: { typeset: false } };
  await new Promise<void>((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      coming = null; // the network may be back at the next formula
      resolve();
    });
    document.head.append(script);
  });
  await mathJax()?.startup?.promise;
}
