import { beforeEach, expect, test, vi } from "vitest";
import { Store } from "../src/kept/store";
import { KeptText } from "../src/kept/text";

const ORIGIN = { page: "one", label: "cell 1", alone: true, around: "" };

/** Two tabs of one browser, with the same cell. */
function openTab() {
  const events = { show: vi.fn(), changed: vi.fn(), say: vi.fn() };
  return { written: new KeptText(new Store("/", localStorage), { key: "answer/a", from: ORIGIN }, "a = ...", events), events };
}

const kept = () => new Store("/", localStorage).findText("answer/a", "a = ...")?.text;

beforeEach(() => localStorage.clear());

test("a text untouched here follows the other tab", () => {
  const [here, there] = [openTab(), openTab()];
  there.written.type("a = 1");
  here.written.hear();
  expect(here.written.text).toBe("a = 1");
  expect(here.events.show).toHaveBeenCalledWith("a = 1");
  there.written.reset();
  here.written.hear();
  expect(here.written.edited).toBe(false);
});

test("a text written in both tabs is not overwritten by a keystroke, and the reader is asked", () => {
  const [here, there] = [openTab(), openTab()];
  here.written.type("a = 'here'");
  there.written.type("a = 'there'");
  here.written.hear();
  expect(here.written.notice.textContent).toContain("changed in another tab");
  here.written.type("a = 'here!'");
  expect(kept()).toBe("a = 'there'");
  expect(here.events.show).not.toHaveBeenCalled();
});

test.each([
  ["Show the other tab's text", "a = 'there'"],
  ["Keep this text", "a = 'here'"],
])("%s settles it: %s", (choice, wanted) => {
  const [here, there] = [openTab(), openTab()];
  here.written.type("a = 'here'");
  there.written.type("a = 'there'");
  here.written.hear();
  [...here.written.notice.querySelectorAll("button")].find((button) => button.textContent === choice)?.click();
  expect(here.written.text).toBe(wanted);
  expect(kept()).toBe(wanted);
  expect(here.written.notice.textContent).toBe("");
});
