/** Draw formulas as MathML, by Temml, where there is no MathJax. */
import temml from "temml";
import { make } from "../dom";

const FORMULA = /\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|(\\begin\{([a-z]+\*?)\}[\s\S]+?\\end\{\5\})/g;
const LARGEST: [number, number] = [30, 500]; // em, and points
const LEFT_ALONE = "pre, code, style, textarea, math";

/** Draw the formulas in an element; what cannot be drawn stays as it is written. */
export function draw(element: Element): void {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode() !== null) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    if (text.parentElement?.closest(LEFT_ALONE) == null) text.replaceWith(...split(text.data));
  }
}

/** Cut a text into what is a formula and what is not. */
function* split(text: string): Iterable<string | HTMLElement> {
  let done = 0;
  for (const found of text.matchAll(FORMULA)) {
    yield text.slice(done, found.index);
    done = found.index + found[0].length;
    const [, dollars, brackets, inline, environment] = found;
    yield drawOne(inline ?? dollars ?? brackets ?? environment ?? "", inline === undefined) ?? found[0];
  }
  yield text.slice(done);
}

/** Each formula is drawn by itself: what one defines changes no other. Links and scripts it cannot make. */
function drawOne(tex: string, displayMode: boolean): HTMLElement | null {
  const place = make("span", { class: "live-formula" });
  try {
    temml.render(tex, place, { displayMode, throwOnError: true, trust: false, annotate: true, maxSize: LARGEST });
  } catch {
    return null;
  }
  for (const named of place.querySelectorAll("[id]")) named.removeAttribute("id"); // \label makes anchors, which are the page's
  return place;
}
