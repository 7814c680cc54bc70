/** Show what a cell produced, in the elements and classes that the built book uses. */
import { make } from "../dom";
import { typeset } from "./maths";
import { findFaultInAddress } from "../sanitize/pictures";
import type { Bundle } from "../session/protocol";
import { sanitize } from "../sanitize/html";
import { TerminalText } from "./terminal";

export class OutputArea {
  /** what the book was built with */
  private readonly built: ChildNode[];
  /** the stream that is being written, while nothing else has come after it */
  private stream: { block: Element; text: TerminalText } | null = null;
  /** whether what the book was built with stands here */
  isBuilt = true;
  /** whether anything has ever stood here */
  wasUsed: boolean;
  /** where the reader is to type a line */
  private question: HTMLInputElement | null = null;

  constructor(private readonly element: HTMLElement) {
    this.built = [...element.childNodes];
    this.wasUsed = this.built.length > 0;
  }

  clear(): void {
    this.element.replaceChildren();
    this.isBuilt = false;
  }

  showBuilt(): void {
    this.element.replaceChildren(...this.built);
    this.isBuilt = true;
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

  /** Show a bundle; under `id`, if it has one, it can be changed later. */
  addBundle(data: Bundle, id?: string): void {
    this.addShown(data);
    const block = this.element.lastElementChild;
    if (id !== undefined && block instanceof HTMLElement) block.dataset.displayId = id;
  }

  /** Show a bundle in the place of each that was shown under this id. */
  change(data: Bundle, id: string): void {
    for (const old of this.element.querySelectorAll<HTMLElement>(":scope > [data-display-id]")) {
      if (old.dataset.displayId !== id) continue;
      this.addBundle(data, id);
      old.replaceWith(this.element.lastElementChild as Element);
    }
  }

  /** Put a field where a cell asks for a line; it goes when it was answered. */
  ask(prompt: string, answer: (text: string) => void): void {
    const field = make("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    const form = make("form", { class: "live-question" }, make("label", {}, prompt, field), make("button", { class: "live-button" }, "Answer"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.dropQuestion();
      answer(field.value);
    });
    this.element.append(form);
    this.question = field;
  }

  focusQuestion(): void {
    this.question?.focus();
  }

  /** Nobody waits for an answer any more. */
  dropQuestion(): void {
    this.question?.form?.remove();
    this.question = null;
  }

  private addShown(data: Bundle): void {
    const plain = asText(data["text/plain"]);
    if (typeof data["text/html"] === "string") this.addHtml(data["text/html"]);
    else if (typeof data["text/markdown"] === "string") this.addMarkdown(data["text/markdown"]);
    else if (typeof data["image/svg+xml"] === "string") this.addDrawing(data["image/svg+xml"], plain);
    else if (typeof data["image/png"] === "string") this.addPicture(data["image/png"], plain);
    else if (typeof data["text/latex"] === "string") this.addMath(data["text/latex"]);
    else this.addText("output text_plain", plain);
  }

  private addHtml(html: string): void {
    const block = this.addBlock("output text_html live-contained");
    block.append(sanitize(html));
    void typeset(block);
  }

  /** As it is written until the code that reads Markdown has come, which most pages never need. */
  private addMarkdown(text: string): void {
    const block = this.addBlock("output text_markdown live-contained");
    block.textContent = text;
    void import("./markdown").then(
      ({ render }) => {
        block.replaceChildren(sanitize(render(text)));
        return typeset(block);
      },
      () => undefined, // without a network it stays as it is written
    );
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
    const block = this.addBlock("output text_latex live-contained");
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
    this.wasUsed = true;
    this.element.append(block);
    return block;
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
