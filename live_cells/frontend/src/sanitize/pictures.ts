/**
 * Find why a picture must not be shown: it lies elsewhere, is damaged, or is too dear to draw. As a
 * picture, SVG neither runs nor loads anything, but a few hundred bytes can describe a drawing that takes
 * a browser hours: elements that are used again inside one another, filters, motion. What is drawn in the
 * end is counted before it is drawn.
 */

const DATA = /^data:image\/(png|jpeg|gif|svg\+xml);base64,([A-Za-z0-9+/=\s]*)$/;
const MOST_PIXELS = 40_000_000; // decoded, 160 MB
const RASTER = /^data:image\/(?:png|jpeg|gif);base64,/;
const LONGEST = 4_000_000; // characters of SVG
const MOST_DRAWN = 200_000; // elements, each as often as it is used; 64 characters of attributes count as one more
const PATTERN_TILES = 100;
const DEEPEST = 64; // elements in elements
const WIDEST = 20_000; // pixels
const REFUSED = /^(?:fe[A-Z]\w*|filter|foreignObject|animate\w*|set|mpath|discard|mask|marker|script|iframe|audio|video|canvas)$/;
const REFUSED_STYLE = /\\|@(?!media\b)|filter|mask|marker|animation|transition|blend|shadow|image(?!-rendering)/i;
const REFERENCE = /url\(\s*["']?([^)"']*)["']?\s*\)/g;

/** Why a picture at this address is not shown, or null if it may be. */
export function findFaultInAddress(address: string): string | null {
  const [, kind, encoded] = DATA.exec(address) ?? [];
  if (kind === undefined || encoded === undefined) return `it would have been loaded from ${address.slice(0, 200)}`;
  try {
    const bytes = Uint8Array.from(atob(encoded.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
    if (kind === "svg+xml") return findFault(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return countPixels(bytes) > MOST_PIXELS ? "it is too large" : null;
  } catch {
    return "it is damaged";
  }
}

/** The number of pixels that a PNG, a GIF or a JPEG says it has; throws if it says none. */
function countPixels(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) === 0x89504e47) return view.getUint32(16) * view.getUint32(20);
  if (view.getUint32(0) === 0x47494638) return view.getUint16(6, true) * view.getUint16(8, true);
  if (view.getUint16(0) !== 0xffd8) throw new RangeError("This is no picture of a known kind.");
  let place = 2;
  while (!isFrame(view.getUint16(place))) place += 2 + view.getUint16(place + 2);
  return view.getUint16(place + 5) * view.getUint16(place + 7);
}

/** Whether a JPEG's marker begins a frame, which holds its size. */
function isFrame(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}

/** Why a drawing is not shown, or null if it may be. */
function findFault(svg: string): string | null {
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
