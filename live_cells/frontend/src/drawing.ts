/**
 * Finds what makes a drawing too dear to show. As a picture, SVG neither runs nor loads anything,
 * but a few hundred bytes can describe a drawing that takes a browser hours: elements that are used
 * again inside one another, filters, motion. What is drawn in the end is counted before it is drawn.
 */
const RASTER = /^data:image\/(?:png|jpeg|gif);base64,/;
const LONGEST = 4_000_000; // characters of SVG
const MOST_DRAWN = 200_000; // elements, each as often as it is used; 64 characters of attributes count as one more
const PATTERN_TILES = 100;
const DEEPEST = 64; // elements in elements
const WIDEST = 20_000; // pixels
const REFUSED = /^(?:fe[A-Z]\w*|filter|foreignObject|animate\w*|set|mpath|discard|mask|marker|script|iframe|audio|video|canvas)$/;
const REFUSED_STYLE = /\\|@(?!media\b)|filter|mask|marker|animation|transition|blend|shadow|image(?!-rendering)/i;
const REFERENCE = /url\(\s*["']?([^)"']*)["']?\s*\)/g;

/** Why a drawing is not shown, or null if it may be. */
export function findFault(svg: string): string | null {
  if (svg.length > LONGEST) return "the drawing is too large";
  if (/<!ENTITY|<\?(?!xml\s)|encoding\s*=\s*["'](?!utf-8["'])/i.test(svg)) return "the drawing is written in an unusual way";
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.localName !== "svg" || root.querySelector("parsererror") !== null) return "the drawing is damaged";
  if (["width", "height"].some((name) => parseFloat(root.getAttribute(name) ?? "") > WIDEST)) return "the drawing is too large";
  try {
    return new Count(root).of(root, 0) > MOST_DRAWN ? "the drawing is too complex" : null;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

class Fault extends Error {}

/** Counts what is drawn for an element: itself, its children, and all that it refers to. */
class Count {
  private readonly known = new Map<Element, number>();
  private readonly open = new Set<Element>();
  private readonly named = new Map<string, Element>();

  constructor(root: Element) {
    for (const element of [...root.querySelectorAll("[id]")].reverse()) this.named.set(element.id, element);
  }

  of(element: Element, depth: number): number {
    const known = this.known.get(element);
    if (known !== undefined) return known;
    if (depth > DEEPEST || this.open.has(element)) throw new Fault("the drawing is too complex");
    this.check(element);
    this.open.add(element);
    let drawn = 1;
    for (const { value } of element.attributes) drawn += value.length / 64;
    for (const child of [...element.children, ...this.references(element)]) drawn += this.of(child, depth + 1);
    if (element.localName === "pattern") drawn *= PATTERN_TILES;
    this.open.delete(element);
    this.known.set(element, drawn);
    return drawn;
  }

  private check(element: Element): void {
    if (REFUSED.test(element.localName)) throw new Fault(`the drawing has <${element.localName}>`);
    const styles = [element.getAttribute("style") ?? "", element.localName === "style" ? element.textContent : ""];
    const dear = [...element.attributes].some(({ name }) => /^(?:filter$|mask$|marker)/.test(name));
    if (dear || styles.some((style) => REFUSED_STYLE.test(style))) throw new Fault("the drawing has effects");
    if (/url\s*\(/i.test(styles[1] ?? "")) throw new Fault("the drawing has effects");
  }

  private references(element: Element): Element[] {
    const found: Element[] = [];
    for (const { localName, value } of element.attributes) {
      const names = [...value.matchAll(REFERENCE)].map(([, name]) => name ?? "");
      if (localName === "href" && element.localName !== "a" && !RASTER.test(value)) names.push(value);
      for (const name of names) {
        if (!name.startsWith("#")) throw new Fault("the drawing refers to another file");
        const target = this.named.get(name.slice(1));
        if (target !== undefined) found.push(target);
      }
    }
    return found;
  }
}
