/** Keep of a style what gives text and tables their look, and nothing that loads, moves or covers. */
const PROPERTIES =
  /^(?:border|padding|margin|outline|font|text-align|text-decoration|list-style|flex|background-color|background-image)(?:-|$)|^(?:color|width|height|gap|row-gap|column-gap|display|opacity|white-space|box-sizing|float|clear)$|^(?:min|max)-(?:width|height)$|^(?:vertical-align|line-height|overflow-[xy]|overflow|border-collapse|justify-content|align-items)$|^(?:fill|stroke)(?:-|$)/;
const FUNCTIONS = /^(?:rgba?|hsla?|oklch|oklab|lab|lch|color|color-mix|(?:linear|radial)-gradient|calc|min|max|clamp|var)$/;
const LONGEST = 2000;
const MOST_RULES = 20_000;

/** Return a style attribute without the declarations that may not stay. The browser parses it. */
export function cleanStyle(text: string): string {
  if (text.length > LONGEST) return "";
  // a document that is never shown: nothing in it is laid out, so nothing is fetched
  const { style } = document.implementation.createHTMLDocument().createElement("p");
  style.cssText = text;
  for (const name of [...style]) {
    if (!PROPERTIES.test(name) || !isPlain(style.getPropertyValue(name))) style.removeProperty(name);
  }
  return style.cssText;
}

function isPlain(value: string): boolean {
  if (/[\\]|-\d*\.?\d+(?:px|em|rem|%|v[wh])/.test(value)) return false; // a negative margin reaches over the page
  return [...value.matchAll(/([\w-]*)\s*\(/g)].every(([, name]) => FUNCTIONS.test(name ?? "") || name === "");
}

/**
 * Put the rules of an output's own style elements onto the elements that they are about: a table that pandas has
 * coloured keeps its colours, and nothing of the page gets any. The elements go when the output is made safe.
 */
export function spreadStyles(html: string): string {
  if (!/<style/i.test(html)) return html;
  const holder = document.implementation.createHTMLDocument().createElement("template");
  holder.innerHTML = html;
  const rules = [...holder.content.querySelectorAll("style")].flatMap(({ textContent }) => readRules(textContent));
  for (const { selectorText, style } of rules.slice(0, MOST_RULES)) {
    for (const element of holder.content.querySelectorAll(selectorText)) {
      element.setAttribute("data-spread", `${element.getAttribute("data-spread") ?? ""}${style.cssText}`);
    }
  }
  for (const element of holder.content.querySelectorAll("[data-spread]")) {
    const own = element.getAttribute("style") ?? "";
    element.setAttribute("style", `${element.getAttribute("data-spread") ?? ""}${own}`); // what an element says itself counts last
  }
  return holder.innerHTML;
}

/** The rules that hold always: no import is followed, and no state of an element is asked for. */
function readRules(text: string): CSSStyleRule[] {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const plain = (rule: CSSRule): rule is CSSStyleRule => rule instanceof CSSStyleRule && !rule.selectorText.includes(":");
  return [...sheet.cssRules].filter(plain);
}
