import { describe, expect, test } from "vitest";
import { fillNotebook as fill, findUntouched, parseNotebook, readAnswers as read } from "../src/answers/notebook";
import type { Notebook } from "../src/answers/notebook";

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
const isAnswer = (gradeId: string) => ["a", "words"].includes(gradeId);
const fillNotebook = (notebook: Notebook, answers: ReadonlyMap<string, string>) => fill(notebook, answers, isAnswer);
const readAnswers = (notebook: Notebook) => read(notebook, isAnswer);
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

describe("a notebook whose cells have a plain grade_id", () => {
  const plain = () => {
    const cells = BLANK.cells.map((cell) => ({ ...cell, metadata: "nbgrader" in cell.metadata ? { grade_id: cell.metadata.nbgrader.grade_id } : {} }));
    return parseNotebook(JSON.stringify({ ...BLANK, cells }));
  };

  test("is read and filled like nbgrader's", () => {
    expect(readAnswers(plain())).toEqual(readAnswers(blank()));
    expect(readAnswers(fillNotebook(plain(), new Map([["a", "x = 1"]]))).get("a")).toBe("x = 1");
  });

  test("keeps its checks, which nothing but their name tells from answers", () => {
    expect(fillNotebook(plain(), new Map([["a-test", "print('right')"]]))).toEqual(plain());
  });
});

describe("a cell as nbgrader released it", () => {
  // made by nbgrader 0.9.6
  const released = [
    { cell_type: "code", source: "W_V_1 = ...     # (4, 16)\nW_out_1 = ...   # (16, 4)\n", metadata: { nbgrader: { checksum: "6c2f3e25d7bb3274b7dcce739a7d396e", grade: false, grade_id: "ex1a", locked: false, solution: true } } },
    { cell_type: "markdown", source: ["*Write your answer here.*\n", "\n"], metadata: { nbgrader: { checksum: "e3c37590b19b678bbc3853f12e777c7c", grade: true, grade_id: "ex1c-text", locked: false, points: 3, solution: true } } },
  ];

  test("is known by its checksum, and one that was written in is not", () => {
    const notebook = (cells: object[]) => parseNotebook(JSON.stringify({ nbformat: 4, cells }));
    expect([...findUntouched(notebook(released))]).toEqual(["ex1a", "ex1c-text"]);
    expect(findUntouched(notebook(released.map((cell) => ({ ...cell, source: "mine" })))).size).toBe(0);
    expect(findUntouched(notebook([{ ...released[0], source: 3 }, { ...released[0], metadata: { nbgrader: { checksum: 7 } } }])).size).toBe(0);
  });
});
