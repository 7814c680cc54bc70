import { beforeEach, expect, test } from "vitest";
import { StatusLine } from "../src/status";

const line = () => document.querySelector(".live-status") as HTMLElement;
const words = () => document.querySelector(".live-status-words")?.textContent;
const press = (name: string) => [...document.querySelectorAll("button")].find((each) => each.textContent === name)?.click();

beforeEach(() => document.body.replaceChildren());

test("what the eye finds elsewhere is said and lies over nothing", () => {
  const status = new StatusLine();
  status.announce("Python is ready.");
  expect(words()).toBe("Python is ready.");
  expect(line().hasAttribute("data-spoken")).toBe(true);
  status.show("Fetching Python");
  expect(line().hasAttribute("data-spoken")).toBe(false);
});

test("the page keeps room for the line as long as it lies over something", () => {
  const root = document.documentElement;
  const status = new StatusLine();
  status.show("Fetching Python");
  expect(root.hasAttribute("data-live-status")).toBe(true);
  status.announce("Python is ready.");
  expect(root.hasAttribute("data-live-status")).toBe(false);
  status.show("Python was stopped.");
  status.hide();
  expect(root.hasAttribute("data-live-status")).toBe(false);
});

test("one of several lines that goes leaves the room that another needs", () => {
  const [one, other] = [new StatusLine(), new StatusLine()];
  one.show("Fetching Python");
  other.show("Running cell 1");
  other.hide();
  expect(document.documentElement.hasAttribute("data-live-status")).toBe(true);
  one.hide();
  expect(document.documentElement.hasAttribute("data-live-status")).toBe(false);
});

test("words that stay can be closed", () => {
  const status = new StatusLine();
  status.tell("Python was restarted.", ["Run the whole page", () => undefined]);
  press("Close");
  expect(line().hasAttribute("data-quiet")).toBe(true);
  expect(words()).toBe("");
});

test("a page that is left takes its line along and brings it when the reader comes back", () => {
  const status = new StatusLine();
  status.tell("Python was restarted.");
  status.leave();
  expect(line()).toBeNull();
  expect(document.documentElement.hasAttribute("data-live-status")).toBe(false);
  for (let times = 0; times < 2; times++) status.place();
  expect(document.querySelectorAll(".live-status")).toHaveLength(1);
  status.show("Fetching Python");
  expect(words()).toBe("Fetching Python");
});

test("what is said while the page is away has its room when the line is back", () => {
  const status = new StatusLine();
  status.leave();
  status.tell("Python was restarted.");
  expect(document.documentElement.hasAttribute("data-live-status")).toBe(false);
  status.place();
  expect(document.documentElement.hasAttribute("data-live-status")).toBe(true);
  expect(words()).toBe("Python was restarted.");
});
