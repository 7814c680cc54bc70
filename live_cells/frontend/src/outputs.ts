/** Shows what a cell produced, in the elements and classes that the built book uses. */
import { typeset } from "./maths";
import { findFaultInAddress } from "./pictures";
import type { Bundle } from "./protocol";
import { sanitize } from "./sanitize";
import { TerminalText } from "./terminal";

export class OutputArea {
  /** what the book was built with */
  private readonly built: ChildNode[];
  /** the stream that is being written, while nothing else has come after it */
  private stream: { block: Element; text: TerminalText } | null = null;

  constructor(private readonly element: HTMLElement) {
    this.built = [...element.childNodes];
  }

  clear(): void {
    this.element.replaceChildren();
  }

  showBuilt(): void {
    this.element.replaceChildren(...this.built);
  }

  addStream(name: "stdout" | "stderr", text: string): void {
    const last = this.element.lastElementChild;
    if (last?.getAttribute("data-stream") === name && this.stream?.block === last) {
      this.stream.text.append(text);
      return;
    }
    this.stream = this.addText(`output stream ${name === "stderr" ? "stderr" : ""}`, text);
    this.stream.block.setAttribute("data-stream", name);
  }

  addError(text: string): void {
    this.addText("output traceback live-error", text);
  }

  addBundle(data: Bundle): void {
    const plain = asText(data["text/plain"]);
    if (typeof data["text/html"] === "string") this.addHtml(data["text/html"]);
    else if (typeof data["image/svg+xml"] === "string") this.addDrawing(data["image/svg+xml"], plain);
    else if (typeof data["image/png"] === "string") this.addPicture(data["image/png"], plain);
    else if (typeof data["text/latex"] === "string") this.addMath(data["text/latex"]);
    else this.addText("output text_plain", asText(data["text/markdown"]) || plain);
  }

  private addHtml(html: string): void {
    const block = this.addBlock("output text_html live-contained");
    block.append(sanitize(html));
    void typeset(block);
  }

  /** As a picture a drawing runs nothing, and its style is its own. */
  private addDrawing(svg: string, alternative: string): void {
    const bytes = new TextEncoder().encode(svg);
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    // in a document that is never shown, so that it is not drawn before it is judged
    const picture = document.implementation.createHTMLDocument().createElement("img");
    picture.setAttribute("src", `data:image/svg+xml;base64,${btoa(binary)}`);
    picture.setAttribute("alt", alternative);
    this.addHtml(picture.outerHTML);
  }

  private addPicture(base64: string, alternative: string): void {
    const address = `data:image/png;base64,${base64}`;
    const fault = findFaultInAddress(address);
    if (fault !== null) {
      this.addText("output text_plain", `[A picture is not shown: ${fault}.]\n${alternative}`);
      return;
    }
    const picture = document.createElement("img");
    picture.src = address;
    picture.alt = alternative;
    this.addBlock("output image_png").append(picture);
  }

  private addMath(latex: string): void {
    const block = this.addBlock("output text_latex");
    // IPython puts one dollar around a formula, which in a page's text may stand for money
    block.textContent = latex.replace(/^\$(?!\$)([^$]*)\$$/, "\\($1\\)");
    void typeset(block);
  }

  private addText(classes: string, text: string): { block: Element; text: TerminalText } {
    const block = this.addBlock(`${classes} highlight-myst-ansi notranslate`);
    const highlight = document.createElement("div");
    highlight.className = "highlight";
    const pre = document.createElement("pre");
    pre.tabIndex = 0; // long lines scroll, and the keyboard must be able to scroll them
    highlight.append(pre);
    block.append(highlight);
    return { block, text: new TerminalText(pre, text) };
  }

  private addBlock(classes: string): HTMLElement {
    const block = document.createElement("div");
    block.className = classes;
    this.element.append(block);
    return block;
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
