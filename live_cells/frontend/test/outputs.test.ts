import { beforeEach, expect, test, vi } from "vitest";
import "../src/cells/formulas"; // an output that asks for it must not wait for it to be read
import { render } from "../src/cells/markdown";
import { OutputArea } from "../src/cells/outputs";
import { TypedLine } from "../src/session/typed-line";

// jsdom gives the elements of MathML no style, as browsers do, and Temml writes into it
Object.defineProperty(Element.prototype, "style", { configurable: true, value: {} });

let element: HTMLElement;
let area: OutputArea;

beforeEach(() => {
  element = document.createElement("div");
  area = new OutputArea(element);
});

test("what was shown under an id is changed where it stands, and nothing else is", () => {
  area.addBundle({ "text/plain": "first" }, "bar");
  area.addBundle({ "text/plain": "between" });
  area.addBundle({ "text/plain": "again" }, "bar");
  area.change({ "text/plain": "half" }, "bar");
  area.change({ "text/html": "<b>done</b>" }, "bar");
  area.change({ "text/plain": "nothing" }, "other");
  expect([...element.children].map((each) => each.textContent)).toEqual(["done", "between", "done"]);
  expect(element.querySelectorAll("b").length).toBe(2);
});

test("an output cannot pass itself off as one that is shown under an id", () => {
  area.addBundle({ "text/html": '<p data-display-id="bar">forged</p>' });
  area.change({ "text/plain": "changed" }, "bar");
  expect(element.textContent).toBe("forged");
});

test("Markdown is shown as what it says, made safe", async () => {
  area.addBundle({ "text/markdown": "| a | b |\n|---|---|\n| **1** | [x](javascript:alert) |\n\n<img src=x onerror=alert(1)>", "text/plain": "<Markdown>" });
  expect(element.textContent).toContain("**1**");
  await vi.waitFor(() => expect(element.querySelector("td strong")?.textContent).toBe("1"));
  expect(element.querySelector("[onerror], a[href]")).toBeNull();
});

test("a formula in Markdown stays a formula, and a price a price", () => {
  expect(render("with $W_{O}$ and $a_b$ and $x<y$")).toBe("<p>with \\(W_{O}\\) and \\(a_b\\) and \\(x&#60;y\\)</p>\n");
  expect(render("$$\\sum_i x_i$$")).toBe("<p>\\[\\sum_i x_i\\]</p>\n");
  expect(render("from $5 to $10")).toBe("<p>from $5 to $10</p>\n");
});

test("where there is no MathJax formulas become MathML, each by itself, and code is left alone", async () => {
  area.addBundle({ "text/latex": "$\\displaystyle \\def\\x{z}\\frac{\\x}{2}$" });
  await vi.waitFor(() => expect(element.querySelector("math mfrac")).not.toBeNull());
  area.addBundle({ "text/markdown": "with $\\x$ and `\\(a\\)` and $\\href{javascript:alert(1)}{b}$" });
  area.addBundle({ "text/html": "<p>\\(x^2\\) for $5</p>" });
  await vi.waitFor(() => expect(element.querySelector("msup")).not.toBeNull());
  const [, second, third] = element.children;
  expect(second?.textContent).toContain("with \\(\\x\\)"); // another formula has defined it, and this one not
  expect(second?.querySelector("code")?.textContent).toBe("\\(a\\)");
  expect(element.querySelector("[href]")).toBeNull();
  expect(third?.textContent).toContain("for $5");
});

test("a formula takes no anchor of the page, stays in its block and is no larger than a reader can want", async () => {
  area.addBundle({ "text/latex": "\\begin{align}a&=b\\label{cell-ex1a}\\\\c&=d\\end{align}" });
  area.addBundle({ "text/latex": "$$a\\label{cell-ex1b}\\tag{3}$$" });
  area.addBundle({ "text/latex": "$\\kern-50em\\rule{200em}{200em}$" });
  await vi.waitFor(() => expect(element.querySelectorAll("math")).toHaveLength(3));
  expect(element.querySelectorAll("mtr").length).toBe(3);
  expect(element.querySelector("[id]")).toBeNull();
  expect(element.querySelector("mspace")?.getAttribute("width")).toBe("30em");
  expect([...element.children].every((block) => block.classList.contains("live-contained"))).toBe(true);
});

test("a question is asked where the output goes, and answered once", () => {
  const answer = vi.fn();
  area.addStream("stdout", "before");
  area.ask("Your word? ", answer);
  const field = element.querySelector("input") as HTMLInputElement;
  expect(field.labels?.[0]?.textContent).toBe("Your word? ");
  field.value = "blue";
  field.form?.requestSubmit();
  expect(answer.mock.calls).toEqual([["blue"]]);
  expect(element.querySelector("form")).toBeNull();
  area.ask("", answer);
  area.dropQuestion();
  expect(element.querySelector("form")).toBeNull();
});

test("a line that is typed arrives as it is, before or while somebody waits for it", () => {
  const page = new TypedLine();
  const worker = new TypedLine(page.memory);
  page.give("grün 🟢");
  expect(worker.take(() => false, 1)).toBe("grün 🟢");
  let looks = 0;
  expect(worker.take(() => ++looks === 3, 1)).toBeNull();
  expect(looks).toBe(3);
  page.give("");
  expect(worker.take(() => true, 1)).toBe("");
});
