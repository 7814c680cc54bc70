/** Keep of a style what gives text and tables their look, and nothing that loads, moves or covers. */
const PROPERTIES =
  /^(?:border|padding|margin|outline|font|text-align|text-decoration|list-style|flex|background-color|background-image)(?:-|$)|^(?:color|width|height|gap|row-gap|column-gap|display|opacity|white-space|box-sizing|float|clear)$|^(?:min|max)-(?:width|height)$|^(?:vertical-align|line-height|overflow-[xy]|overflow|border-collapse|justify-content|align-items)$|^(?:fill|stroke)(?:-|$)/;
const FUNCTIONS = /^(?:rgba?|hsla?|oklch|oklab|lab|lch|color|color-mix|(?:linear|radial)-gradient|calc|min|max|clamp|var)$/;
const LONGEST = 2000;
const MOST_RULES = 20_000;
const MOST_LOOKS = 10_000_000; // of an element against a part of a selector: a second on a slow telephone
const SINGLE = /^#[\w-]+(?:\s*,\s*#[\w-]+)*$/; // what pandas writes for its cells

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
export function spreadStyles(html: string, most = MOST_LOOKS): string {
  if (!/<style/i.test(html)) return html;
  const holder = document.implementation.createHTMLDocument().createElement("template");
  holder.innerHTML = html;
  const { content } = holder;
  const rules = [...content.querySelectorAll("style")].flatMap(({ textContent }) => readRules(textContent));
  const named = new Map([...content.querySelectorAll("[id]")].map((element) => [element.id, element]));
  const count = content.querySelectorAll("*").length;
  const spread = new Map<Element, string>();
  let looks = 0;
  for (const { selectorText, style } of rules.slice(0, MOST_RULES)) {
    let about: Iterable<Element>;
    if (SINGLE.test(selectorText)) {
      about = selectorText.split(",").flatMap((name) => named.get(name.trim().slice(1)) ?? []);
    } else {
      looks += count * selectorText.split(/[\s>+~,]+/).length;
      about = looks > most ? [] : find(content, selectorText);
    }
    for (const element of about) {
      const before = spread.get(element) ?? "";
      if (before.length < LONGEST) spread.set(element, before + style.cssText); // a longer one does not stay
    }
  }
  for (const [element, said] of spread) {
    element.setAttribute("style", `${said}${element.getAttribute("style") ?? ""}`); // what an element says itself counts last
  }
  return holder.innerHTML;
}

/** The elements that a selector is about: none, if it can be written only in a sheet. */
function find(content: DocumentFragment, selector: string): Iterable<Element> {
  try {
    return content.querySelectorAll(selector);
  } catch {
    return [];
  }
}

/** The rules that hold always: no import is followed, and no state of an element is asked for. */
function readRules(text: string): CSSStyleRule[] {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const plain = (rule: CSSRule): rule is CSSStyleRule => rule instanceof CSSStyleRule && !rule.selectorText.includes(":");
  return [...sheet.cssRules].filter(plain);
}
