import { expect, test } from "vitest";
import { sanitize } from "../src/sanitize/html";
import { cleanStyle, spreadStyles } from "../src/sanitize/styles";

function clean(html: string): string {
  const box = document.createElement("div");
  box.append(sanitize(html));
  return box.innerHTML;
}

const PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const drawing = (svg: string): string => `data:image/svg+xml;base64,${btoa(svg)}`;
const SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';

test("tables, figures and pictures made by a cell pass", () => {
  const html = `<figure><img src="${PIXEL}" alt="heads"><figcaption>Two <b>heads</b></figcaption></figure>`;
  expect(clean(html)).toBe(html);
  expect(clean('<table class="t"><tbody><tr><th scope="row">a</th></tr></tbody></table>')).toContain('scope="row"');
  expect(clean('<a href="#part">there</a>')).toContain('<a href="#part"');
  expect(clean('<a href="https://example.org/">there</a>')).toContain('href="https://example.org/"');
  const drawn = `<svg viewBox="0 0 9 9"><g fill="none"><path d="M0 0h9"></path></g><linearGradient id="g"></linearGradient><rect fill="url(#g)"></rect></svg>`;
  expect(clean(drawn)).toBe(drawn);
});

test("a figure for wide and narrow screens passes", () => {
  const svg = drawing(`<svg ${SVG}><path d="M0 0"/></svg>`);
  const html = `<picture><source media="(max-width: 600px)" srcset="${svg}" width="3"><img src="${svg}" alt="x"></picture>`;
  expect(clean(html)).toContain(`srcset="${svg}"`);
  expect(clean(html)).toContain(`src="${svg}"`);
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<iframe src='https://example.org'></iframe>",
  "<svg><script>alert(1)</script></svg>",
  "<svg onload=alert(1)></svg>",
  "<a href='java\nscript:alert(1)'>x</a>",
  "<a href=' javascript:alert(1)'>x</a>",
  "<form action='javascript:alert(1)'><button>x</button></form>",
  "<button formaction='javascript:alert(1)'>x</button><input autofocus onfocus=alert(1)>",
  "<details open ontoggle=alert(1)><summary>s</summary></details>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<meta http-equiv=refresh content='0;url=//example.org'>",
  "<svg><a href='#'><animate attributeName=href values='javascript:alert(1)'/><text>x</text></a></svg>",
  "<svg><a><set attributeName=href to='javascript:alert(1)'/><rect width=9 /></a></svg>",
  "<math><a xlink:href='javascript:alert(1)'>m</a><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
  "<svg><use href='data:image/svg+xml,<svg id=x><a href=javascript:alert(1) /></svg>#x'/></svg>",
  "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>",
  "<svg><style>@import 'https://example.org/x'</style></svg>",
  "<style>body{background:url(https://example.org/css)} main{visibility:hidden}</style>",
  "<div style='background:url(https://example.org/bg)'>x</div>",
  "<div style='background-image:image-set(\"https://example.org/bg\" 1x)'>x</div>",
  "<div style='list-style:url(https://example.org/bg)'>x</div>",
  "<div style='background:\\75rl(https://example.org/bg)'>x</div>",
  "<div style='cursor:url(https://example.org/c),auto'>x</div>",
  "<svg><rect fill='url(https://example.org/x#y)'/></svg>",
  "<img srcset='https://example.org/x 1x' alt=x>",
  "<picture><source srcset='https://example.org/x'></picture>",
  "<video poster='https://example.org/x' src='https://example.org/x'></video>",
  "<a href='#x' ping='https://example.org/x'>x</a>",
  "<table background='https://example.org/x'><tr><td>x</td></tr></table>",
  "<b data-bs-toggle=modal data-onclick=alert(1)>x</b>",
  "<b id='live-cells-page'>alert(1)</b>".replace("alert(1)", "x"),
])("%s does nothing", (html) => {
  const left = clean(html).replace(/\[A picture is not shown:[^\]]*\]/g, "");
  expect(left).not.toMatch(/alert|example\.org|srcdoc|<style|javascript|data-|live-cells-page/);
});

test.each(["pattern", "stepper"])("an output may bring data to a viewer of the page that checks them: %s", (name) => {
  const html = `<div class="explorable" data-explorable="${name}" data-state='{"tokens":["\\"a","<b>","url(x)"]}'><img src="${PIXEL}" alt="x"></div>`;
  const box = document.createElement("div");
  box.append(sanitize(html));
  const place = box.querySelector<HTMLElement>("[data-explorable]");
  expect(place?.dataset.explorable).toBe(name);
  expect(JSON.parse(place?.dataset.state ?? "")).toEqual({ tokens: ['"a', "<b>", "url(x)"] });
  expect(place?.querySelector("img")).not.toBeNull();
});

test.each([
  `<b data-explorable="clock" data-state="{}">x</b>`,
  `<b data-explorable="../live-cells/main" data-state="{}">x</b>`,
  `<b data-state="{}">x</b>`,
  `<b data-explorable="patterns" data-state="{}" data-awake data-parameters="{}">x</b>`,
])("no other figure, and no other data: %s", (html) => {
  expect(clean(html)).toBe("<b>x</b>");
});

test.each(["", "[]", "null", "3", "{", `{"x":"${"y".repeat(500_000)}"}`])("data that are none go: %#", (state) => {
  expect(clean(`<b data-explorable="pattern" data-state='${state}'>x</b>`)).toBe('<b data-explorable="pattern">x</b>');
});

test("a picture that lies elsewhere becomes a line of text that says so", () => {
  const line = clean("<img src='https://example.org/seen.png' alt='A cat'>");
  expect(line).toBe(
    "<span>[A picture is not shown: it would have been loaded from https://example.org/seen.png. It is described as: A cat]</span>",
  );
  expect(clean("<img src='data:text/html,<script>alert(1)</script>'>")).not.toContain("<img");
});

test.each(["position:fixed", "position:absolute;inset:0", "margin-left:-9999px", "transform:scale(99)", "z-index:9", "--x:url(a)"])(
  "a style cannot leave its place: %s",
  (style) => expect(cleanStyle(style)).toBe(""),
);

test("a report's style stays", () => {
  const kept = cleanStyle("border-left:.35em solid #1a7f37;padding:.2em 0 .2em .8em;margin:.4em 0;background-color:rgba(0,90,180,0.45)");
  for (const name of ["border-left", "padding", "margin", "background-color"]) expect(kept).toContain(`${name}: `);
});

const bomb = (tag: string): string =>
  Array.from({ length: 9 }, (_, level) => `<g id="l${level + 1}">${`<${tag} href="#l${level}"/>`.repeat(10)}</g>`).join("");

test.each([
  `<svg ${SVG}><g id="l0"><path d="M0 0"/></g>${bomb("use")}</svg>`,
  `<svg ${SVG}><use id="a" href="#b"/><use id="b" href="#a"/></svg>`,
  `<svg ${SVG}>${"<g>".repeat(100)}${"</g>".repeat(100)}</svg>`,
  `<svg ${SVG}><filter id="f"><feTurbulence numOctaves="999"/></filter></svg>`,
  `<svg ${SVG}><rect style="filter:blur(999px)"/></svg>`,
  `<svg ${SVG}><style>*{animation:a 1s infinite}</style></svg>`,
  `<svg ${SVG}><style>*{clip-path:url(#c)}</style></svg>`,
  `<svg ${SVG}><foreignObject/></svg>`,
  `<svg ${SVG} width="999999999" height="9"/>`,
  `<svg ${SVG}><image href="data:image/svg+xml;base64,AAAA"/></svg>`,
  `<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg ${SVG}><text>&a;</text></svg>`,
  `<svg ${SVG}><path d="${"M0 0".repeat(8000)}" id="p"/>${'<use href="#p"/>'.repeat(500)}</svg>`,
])("a drawing that would hang the page is told of: %#", (svg) => {
  expect(clean(`<img src="${drawing(svg)}" alt="x">`)).toMatch(/^<span>\[A picture is not shown: .*described as: x\]/);
});

test("a drawing as matplotlib makes them passes", () => {
  const svg = `<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg ${SVG} width="460pt" height="345pt" viewBox="0 0 460 345" version="1.1"><metadata><r resource="http://purl.org/dc"/></metadata>
<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style><path id="m" d="M0 0v3"/><clipPath id="c"><rect/></clipPath></defs>
<g clip-path="url(#c)"><use xlink:href="#m" x="3" style="stroke: #000000; stroke-width: 0.8"/>
<image xlink:href="${PIXEL}" style="image-rendering:crisp-edges;image-rendering:pixelated"/></g></svg>`;
  expect(clean(`<img src="${drawing(svg)}" alt="x">`)).toContain("<img");
});

test("a picture of more pixels than a browser can hold is told of", () => {
  const bytes = Uint8Array.from(atob(PIXEL.replace(/.*,/, "")), (letter) => letter.charCodeAt(0));
  new DataView(bytes.buffer).setUint32(16, 60_000);
  new DataView(bytes.buffer).setUint32(20, 60_000);
  expect(clean(`<img src="data:image/png;base64,${btoa(String.fromCharCode(...bytes))}">`)).toContain("it is too large");
});

test("what an output's own style says stands on its elements, and on no other", () => {
  const style = "#T_1 th, .blank { text-align: right; position: fixed } #T_1_row0_col1 { background-color: red; color: white; background-image: url(//x/y) } td:hover { color: blue } @import url(//x/z);";
  const table = '<table id="T_1"><tbody><tr><th>a</th><td id="T_1_row0_col1" style="color: black">1</td><td>2</td></tr></tbody></table>';
  const html = clean(`<style type="text/css">${style}</style>${table}`);
  expect(html).toContain('<th style="text-align: right;">a</th>');
  expect(html).toContain('<td style="background-color: red; color: black;">1</td>');
  expect(html).toContain("<td>2</td>");
  expect(html).not.toMatch(/T_1|<style|data-spread/);
});

test("a rule that the browser cannot look for takes nothing else with it", () => {
  const html = clean("<style>@namespace x url(y); b, x|td { color: red } p { color: blue }</style><p>text</p>");
  expect(html).toContain('<p style="color: blue;">text</p>');
});

test("rules are looked for no longer than a table needs; those of single elements cost nothing", () => {
  const html = spreadStyles('<style>p {color: red} b {color: blue} #a, #c {color: green}</style><p><b><i id="a">x</i></b></p>', 6);
  expect(html).toContain('<p style="color: red;"><b><i id="a" style="color: green;">x</i></b></p>');
});

test("a bar in a table is a gradient, which loads nothing", () => {
  expect(cleanStyle("background: linear-gradient(90deg, red 50%, transparent 50%)")).toContain("linear-gradient");
  expect(cleanStyle("background-image: linear-gradient(red, blue), url(//x/y)")).toBe("");
});
