import { expect, test } from "vitest";
import { TerminalText } from "../src/cells/terminal";

function show(...texts: string[]): HTMLPreElement {
  const pre = document.createElement("pre");
  const terminal = new TerminalText(pre, texts[0] ?? "");
  for (const text of texts.slice(1)) terminal.append(text);
  return pre;
}

test("ANSI colours become classes and nothing of the codes is left", () => {
  const pre = show("plain \u001b[31mred\u001b[0m \u001b[1;32mbold green\u001b[0m");
  expect(pre.textContent).toBe("plain red bold green");
  expect(pre.querySelector(".ansi-red-fg")?.textContent).toBe("red");
  expect(pre.querySelector(".ansi-green-fg")?.textContent).toBe("bold green");
});

test("a colour goes on in what is printed later, and a code may come in two pieces", () => {
  const pre = show("\u001b[3", "4mblue", " still blue");
  expect(pre.textContent).toBe("blue still blue");
  expect([...pre.querySelectorAll(".ansi-blue-fg")].map((each) => each.textContent)).toEqual(["blue", " still blue"]);
});

test("codes that are no colours are left out", () => {
  expect(show("a\u001b[2Kb\u001b[1;1Hc\u001b[?25ld\u001b(Be").textContent).toBe("abcde");
});

test("a carriage return writes over the line", () => {
  expect(show("10%\r", "60%\r", "100%\ndone\n").textContent).toBe("100%\ndone\n");
  expect(show("one\r\ntwo\r\n").textContent).toBe("one\ntwo\n");
});

test("what a cell prints is text, whatever it looks like", () => {
  const pre = show("<img src=x onerror=alert(1)> & \u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\");
  expect(pre.querySelector("img")).toBeNull();
  expect(pre.querySelector("a[href^=javascript]")).toBeNull();
  expect(pre.textContent).toContain("<img src=x onerror=alert(1)> & ");
});
