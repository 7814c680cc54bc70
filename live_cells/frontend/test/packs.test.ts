import { expect, test } from "vitest";
import { listPackages } from "../src/session/packs";
import type { PackInfo } from "../src/session/protocol";

const pack = (...imports: string[]): PackInfo => ({ file: "", bytes: 0, imports, needs: [] });

test("a pack is named as one imports it, and not by what is inside it", () => {
  const packs = {
    matplotlib: pack("PIL", "matplotlib", "mpl_toolkits"),
    "own-plotly": pack("_plotly_utils", "plotly"),
    "scikit-learn": pack("sklearn"),
    zengl: pack("_zengl", "zengl"),
    "python-dateutil": pack("dateutil"),
    "own-two-words": pack("another", "tests", "two_words"),
  };
  expect(listPackages(packs)).toEqual(["dateutil", "matplotlib", "plotly", "sklearn", "two_words", "zengl"]);
});

test("what is there only for another package is not named", () => {
  expect(listPackages({ pandas: pack("pandas"), six: { ...pack("six"), inner: true } })).toEqual(["pandas"]);
});

test("a pack that brings nothing to import is not named: a shared library, data, tests alone", () => {
  expect(listPackages({ openblas: pack(), own: pack(), "own-odd": pack("_odd", "tests") })).toEqual([]);
});
