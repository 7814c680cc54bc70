/** Show text as a terminal does: colours from ANSI codes, and lines that are written over. */
import { AnsiUp } from "ansi_up";
import { sanitize } from "../sanitize/html";

/** What stands before a carriage return that something else of the line follows. */
const OVERWRITTEN = /[^\n]*\r(?![\r\n]|$)/g;
/** Terminal commands that are no colours, which a page cannot obey: moving, erasing, titles. */
// eslint-disable-next-line no-control-regex
const COMMANDS = /\u001b(?:\[[0-9;?]*[@-ln-~]|[()][0-9A-B]|[=>78cDEHM])/g;

export class TerminalText {
  private readonly pre: HTMLPreElement;
  private colours = makeColours();
  private text = "";

  constructor(pre: HTMLPreElement, text: string) {
    this.pre = pre;
    this.append(text);
  }

  append(text: string): void {
    this.text += text;
    if (!this.text.includes("\r")) {
      this.write(text);
      return;
    }
    this.text = this.text.replaceAll("\r\n", "\n").replace(OVERWRITTEN, "");
    this.colours = makeColours();
    this.pre.replaceChildren();
    this.write(this.text);
  }

  private write(text: string): void {
    this.pre.append(sanitize(this.colours.ansi_to_html(text.replace(COMMANDS, ""))));
  }
}

/** Classes only: the colours stand in the style sheet, for both themes. */
function makeColours(): AnsiUp {
  const colours = new AnsiUp();
  colours.use_classes = true;
  return colours;
}
