/** Keeps of a style what gives text and tables their look, and nothing that loads, moves or covers. */
const PROPERTIES =
  /^(?:border|padding|margin|outline|font|text-align|text-decoration|list-style|flex|background-color)(?:-|$)|^(?:color|width|height|gap|row-gap|column-gap|display|opacity|white-space|box-sizing|float|clear)$|^(?:min|max)-(?:width|height)$|^(?:vertical-align|line-height|overflow-[xy]|overflow|border-collapse|justify-content|align-items)$|^(?:fill|stroke)(?:-|$)/;
const FUNCTIONS = /^(?:rgba?|hsla?|oklch|oklab|lab|lch|color|color-mix|calc|min|max|clamp|var)$/;
const LONGEST = 2000;

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
