import { expect, test } from "vitest";
import { closeStores } from "../src/session/close-stores";

test("what runs in the worker reaches nothing that the site keeps, and no second worker", () => {
  class Global {
    get caches() {
      return "a way in";
    }
    Worker = "another way in";
    fetch = () => "allowed: the page's policy holds for it";
  }
  const scope = new Global();
  Object.defineProperty(scope, "indexedDB", { value: 1, configurable: true });
  closeStores(scope);
  expect(Object.keys(scope)).toEqual(["fetch"]);
  expect("caches" in scope || "indexedDB" in scope).toBe(false);
});
