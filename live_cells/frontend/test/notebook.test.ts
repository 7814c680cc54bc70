import { describe, expect, test } from "vitest";
import { fillNotebook, parseNotebook, readAnswers } from "../src/notebook";

const BLANK = {
  cells: [
    { cell_type: "markdown", source: "# Title", metadata: {} },
    { cell_type: "code", source: ["x = ...\n", "y = ..."], metadata: { nbgrader: { grade_id: "a", solution: true } }, outputs: [] },
    { cell_type: "code", source: "check(x)", metadata: { nbgrader: { grade_id: "a-test", solution: false } }, outputs: [] },
    { cell_type: "markdown", source: "*Here*", metadata: { nbgrader: { grade_id: "words", solution: true } } },
  ],
  metadata: { kernelspec: { name: "python3" } },
  nbformat: 4,
  nbformat_minor: 5,
};
const blank = () => parseNotebook(JSON.stringify(BLANK));

describe("a filled notebook", () => {
  test("holds the answers where they belong, and is otherwise the same", () => {
    const filled = fillNotebook(blank(), new Map([["a", "x = 1\ny = 2"], ["words", "So it is."]]));
    expect(filled.cells[1]?.source).toEqual(["x = 1\n", "y = 2"]);
    expect(filled.cells[3]?.source).toEqual(["So it is."]);
    expect({ ...filled, cells: [] }).toEqual({ ...BLANK, cells: [] });
    expect(filled.cells[1]?.metadata).toEqual(BLANK.cells[1]?.metadata);
  });

  test("never touches a check, whatever it is told", () => {
    const filled = fillNotebook(blank(), new Map([["a-test", "print('right')"]]));
    expect(filled).toEqual(BLANK);
  });

  test("gives the answers back as they were", () => {
    for (const text of ["x = 1", "x = 1\n", "\n\nx\n", ""]) {
      expect(readAnswers(fillNotebook(blank(), new Map([["a", text]]))).get("a")).toBe(text);
    }
  });
});

test("only answers are read", () => {
  expect([...readAnswers(blank())]).toEqual([["a", "x = ...\ny = ..."], ["words", "*Here*"]]);
});

test("cells that no notebook should hold are passed over, and left as they are", () => {
  const odd = [
    null,
    7,
    { cell_type: "code", source: "x" },
    { cell_type: "code", source: "x", metadata: null },
    { cell_type: "code", source: 3, metadata: { nbgrader: { grade_id: "a", solution: true } } },
    { cell_type: "code", source: [1, 2], metadata: { nbgrader: { grade_id: "b", solution: true } } },
    { cell_type: "code", metadata: { nbgrader: { grade_id: "c", solution: true } } },
    { cell_type: "code", source: "x", metadata: { nbgrader: { grade_id: 4, solution: true } } },
  ];
  const notebook = parseNotebook(JSON.stringify({ ...BLANK, cells: [...odd, BLANK.cells[1]] }));
  expect([...readAnswers(notebook)]).toEqual([["a", "x = ...\ny = ..."]]);
  expect(fillNotebook(notebook, new Map([["none", "x"]])).cells.slice(0, odd.length)).toEqual(odd);
});

test.each([
  ["not JSON at all", "not even JSON"],
  ["[]", "not a notebook"],
  ["null", "not a notebook"],
  ['{"nbformat": 3, "cells": []}', "format 4"],
])("%s is refused with a sentence", (text, sentence) => {
  expect(() => parseNotebook(text)).toThrow(sentence);
});
