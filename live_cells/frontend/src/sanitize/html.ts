/**
 * Make HTML that a cell produced safe to show: a notebook that a reader imports may be somebody
 * else's, and its output must neither act in the reader's name, nor load anything, nor cover the
 * page. DOMPurify parses and walks; the lists of what may stay are here.
 */
import DOMPurify from "dompurify";
import type { UponSanitizeAttributeHookEvent } from "dompurify";
import { findFaultInAddress } from "./pictures";
import { cleanStyle, spreadStyles } from "./styles";

const TAGS =
  "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure " +
  "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strong sub " +
  "summary sup table tbody td tfoot th thead time tr u ul var";
/** An inline drawing: what has a shape, and nothing that moves, repeats, filters or leads away. */
const DRAWN =
  "svg g path rect circle ellipse line polyline polygon text tspan title desc defs lineargradient radialgradient stop clippath";
const ATTRIBUTES =
  "alt class colspan datetime dir height href lang media open reversed role rowspan scope span src srcset start style tabindex title width";
const DRAWN_ATTRIBUTES =
  "clip-path clip-rule clippathunits cx cy d dominant-baseline dx dy fill fill-opacity fill-rule font-family font-size " +
  "font-style font-weight gradienttransform gradientunits id offset opacity points preserveaspectratio r rx ry " +
  "stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit " +
  "stroke-opacity stroke-width text-anchor transform version viewbox x x1 x2 xmlns y y1 y2";
/** Figures of the page that check what they are given, so that an output may bring them data. */
const VIEWERS: ReadonlySet<string> = new Set(["pattern", "stepper"]);
const MOST_DATA = 500_000; // characters
const SVG = "http://www.w3.org/2000/svg";
const LINK = /^(?:https?:|mailto:|#)/i;
const OWN_REFERENCE = /^url\(["']?#[\w.-]+["']?\)$/;

const purifier = DOMPurify(window);
purifier.addHook("uponSanitizeAttribute", (node, data) => {
  if (!mayStay(node, data)) data.keepAttr = false;
});

export function sanitize(html: string): DocumentFragment {
  const clean = purifier.sanitize(spreadStyles(html), {
    ALLOWED_TAGS: `${TAGS} ${DRAWN} #text`.split(" "),
    ALLOWED_ATTR: `${ATTRIBUTES} ${DRAWN_ATTRIBUTES} data-explorable data-state`.split(" "),
    ADD_URI_SAFE_ATTR: ["srcset", "data-state"], // judged below
    ALLOW_DATA_ATTR: false, // scripts of the page act on some of them; the two above are judged below
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of clean.querySelectorAll("svg a")) link.replaceWith(...link.childNodes);
  for (const link of clean.querySelectorAll("a[href]")) link.setAttribute("rel", "noopener noreferrer");
  for (const picture of clean.querySelectorAll("img:not([src])")) picture.replaceWith(tellOfPicture(picture));
  for (const source of clean.querySelectorAll("source:not([srcset])")) source.remove();
  return clean;
}

/** Whether an attribute may stay; a style keeps the declarations that may. */
function mayStay(node: Element, data: UponSanitizeAttributeHookEvent): boolean {
  const { attrName: name, attrValue: value } = data;
  switch (name) {
    case "href":
      return LINK.test(value);
    case "src":
    case "srcset": {
      const fault = findFaultInAddress(value);
      if (fault !== null) node.setAttribute("title", fault);
      return fault === null;
    }
    case "style":
      data.attrValue = cleanStyle(value);
      return data.attrValue !== "";
    case "data-explorable":
      return VIEWERS.has(value);
    case "data-state":
      return VIEWERS.has(node.getAttribute("data-explorable") ?? "") && isData(value);
    case "tabindex":
      return value === "0";
    case "id":
      return node.namespaceURI === SVG; // a drawing refers to its own gradients; the page's anchors are the page's
    default:
      return !/[\\]|url\s*\(/i.test(value) || OWN_REFERENCE.test(value) || name === "alt" || name === "title";
  }
}

/** Whether a text is an object in JSON, of a size that a page can hold; what it says, its reader judges. */
function isData(text: string): boolean {
  if (text.length > MOST_DATA) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A picture that is not shown leaves a line of text that says what was there. */
function tellOfPicture(picture: Element): HTMLElement {
  const line = document.createElement("span");
  const alternative = picture.getAttribute("alt") ?? "";
  const reason = picture.getAttribute("title") ?? "it has no address";
  line.textContent = `[A picture is not shown: ${reason}.${alternative === "" ? "" : ` It is described as: ${alternative}`}]`;
  return line;
}
