import { beforeEach, expect, test, vi } from "vitest";
import { Leftovers } from "../src/kept/leftovers";
import { StatusLine } from "../src/status";
import { hashText, Store } from "../src/kept/store";
import { KeptText } from "../src/kept/text";

const FROM = { page: "old", label: "cell 2", alone: true, around: "" };

function open() {
  const store = new Store("/", localStorage);
  store.keepText("page/old/x/0", "b = ...", "b = 1", FROM);
  const events = { show: vi.fn(), changed: vi.fn(), say: vi.fn() };
  const takers = ["a", "b"].map((name) => ({ label: `cell ${name}`, written: new KeptText(store, { key: `answer/${name}`, from: FROM }, `${name} = ...`, events) }));
  const { element } = new Leftovers(store.listTexts(), takers, store, new StatusLine());
  document.body.append(element);
  return { store, element, takers };
}

const press = (name: string) => {
  [...document.querySelectorAll("button")].find((button) => button.textContent === name)?.click();
};

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});

test("a text without a cell is shown with where it was written, the likeliest cell first", () => {
  const { element } = open();
  expect(element.querySelector("summary")?.textContent).toBe("Kept from an earlier version of this page: 1 text of yours");
  expect(element.textContent).toContain("You wrote this in cell 2, on the page “old”:");
  expect(element.querySelector("pre")?.textContent).toBe("b = 1");
  expect([...element.querySelectorAll("option")].map((option) => option.textContent)).toEqual(["cell b", "cell a"]);
});

test("it goes where the reader puts it, and comes back with what stood there", () => {
  const { store, element, takers } = open();
  const [, taker] = takers;
  taker?.written.type("b = 0");
  press("Put it there");
  expect(taker?.written.text).toBe("b = 1");
  expect(element.hidden).toBe(true);
  expect(store.listTexts().map(({ key }) => key)).toEqual(["answer/b"]);
  press("Put back what stood there");
  expect(taker?.written.text).toBe("b = 0");
  expect(element.hidden).toBe(false);
  expect(store.findText("page/old/x/0", "")?.text).toBe("b = 1");
});

test("what is deleted can be brought back as it was", () => {
  const { store, element } = open();
  const [before] = store.listTexts();
  press("Delete");
  expect(store.listTexts()).toEqual([]);
  press("Bring it back");
  expect(store.listTexts()).toEqual([before]);
  expect(before?.stub).toBe(hashText("b = ..."));
  expect(element.hidden).toBe(false);
});
