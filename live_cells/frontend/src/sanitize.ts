/**
 * Makes HTML that a cell produced safe to show: a notebook that a reader imports may be somebody
 * else's, and its output must not act in the reader's name.
 */
const FORBIDDEN = "script, iframe, object, embed, link, meta, base, form, frame, frameset, template";
const ADDRESSES = new Set(["href", "src", "xlink:href", "action", "formaction", "poster", "data"]);

export function sanitize(html: string): DocumentFragment {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  for (const element of parsed.content.querySelectorAll(FORBIDDEN)) element.remove();
  for (const element of parsed.content.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (!isHarmless(name.toLowerCase(), value)) element.removeAttribute(name);
    }
  }
  return parsed.content;
}

function isHarmless(name: string, value: string): boolean {
  if (name.startsWith("on") || name === "srcdoc") return false;
  if (!ADDRESSES.has(name)) return true;
  // control characters and blanks inside an address are ignored by browsers, so by us too
  // eslint-disable-next-line no-control-regex
  const address = value.replace(/[\u0000-\u0020]/g, "").toLowerCase();
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(address)?.[1];
  return scheme === undefined || ["http", "https", "mailto"].includes(scheme) || address.startsWith("data:image/");
}
