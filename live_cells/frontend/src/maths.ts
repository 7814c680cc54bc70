/** Formulas in what cells put out: MathJax comes with the first of them, if the page has not brought it. */

interface MathJaxLike {
  typesetPromise?: (elements: Element[]) => Promise<void>;
  startup?: { promise?: Promise<void> };
}

interface Place {
  address: string;
  settings: object;
}

const FORMULA = /\\\(|\\\[|\$\$|\\begin\{/;

let place: Place | null = null;
let coming: Promise<void> | null = null;

/** Say where MathJax is; null if the page brings it, or if there is none. */
export function placeMaths(found: Place | null): void {
  place = found;
}

/** Draw the formulas in an element. */
export async function typeset(element: Element): Promise<void> {
  if (!FORMULA.test(element.textContent)) return;
  if (mathJax()?.typesetPromise === undefined && place !== null) await (coming ??= bring(place));
  await mathJax()?.typesetPromise?.([element]);
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
