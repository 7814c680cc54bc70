import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEditor } from "../src/cells/editor";
import type { EditorView } from "@codemirror/view";

let view: EditorView;
const text = () => view.state.doc.toString();
const press = (key: string, code: number, shiftKey = false) => {
  const event = new KeyboardEvent("keydown", { key, keyCode: code, shiftKey, bubbles: true, cancelable: true });
  view.contentDOM.dispatchEvent(event);
  return event.defaultPrevented;
};
const tab = (shift = false) => press("Tab", 9, shift);
const enter = () => view.contentDOM.dispatchEvent(new FocusEvent("focus"));

beforeEach(() => {
  view = openEditor(document.body, { text: "    x = 1", label: "Code", describedBy: "help", onChange: vi.fn(), onRun: vi.fn(), onRunAndGoOn: vi.fn() });
});
afterEach(() => view.destroy());

test("Tab and Shift+Tab pass through an editor that nobody has typed in", () => {
  enter();
  expect([tab(), tab(true), text()]).toEqual([false, false, "    x = 1"]);
});

test("Tab indents after Enter, and after typing", () => {
  for (const type of [() => press("Enter", 13), () => view.dispatch({ changes: { from: 0, insert: "y" }, userEvent: "input.type" })]) {
    enter();
    type();
    const before = text();
    expect(tab()).toBe(true);
    expect(text()).not.toBe(before);
  }
});

test("who comes back to an editor walks through it again", () => {
  view.dispatch({ changes: { from: 0, insert: "y" }, userEvent: "input.type" });
  enter();
  const before = text();
  expect([tab(), tab(true), text()]).toEqual([false, false, before]);
});

test("a text that comes from elsewhere is no typing", () => {
  enter();
  view.dispatch({ changes: { from: 0, to: 9, insert: "z" } });
  expect([tab(), text()]).toEqual([false, "z"]);
});
