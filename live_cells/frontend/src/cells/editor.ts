/** Open the code editor of a cell. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import type { Command } from "@codemirror/view";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface EditorWishes {
  text: string;
  label: string;
  /** id of the element that says how to leave the editor by keyboard */
  describedBy: string;
  onChange: (text: string) => void;
  onRun: () => void;
  onRunAndGoOn: () => void;
}

/** Classes only: the colours stand in the style sheet, for both themes. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: "live-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "live-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "live-number" },
  { tag: tags.comment, class: "live-comment" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], class: "live-definition" },
]);

/** Tab is the writer's: who only walks through the page with it must not change the code. */
const BY_HAND = ["input", "delete", "undo", "redo", "move"];

export function openEditor(parent: HTMLElement, wishes: EditorWishes): EditorView {
  const run = (action: () => void) => () => {
    action();
    return true;
  };
  const keys = Prec.highest(
    keymap.of([
      { key: "Shift-Enter", run: run(wishes.onRunAndGoOn) },
      { key: "Mod-Enter", run: run(wishes.onRun) },
    ]),
  );
  let typed = false; // since the editor was entered
  const whenTyped = (command: Command): Command => (view) => typed && command(view);
  const state = EditorState.create({
    doc: wishes.text,
    extensions: [
      keys,
      history(),
      drawSelection(),
      highlightSpecialChars(),
      bracketMatching(),
      closeBrackets(),
      indentUnit.of("    "),
      python(),
      syntaxHighlighting(highlighting),
      // Escape, then Tab, leaves the editor: CodeMirror's own way out of the tab trap.
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, { key: "Tab", run: whenTyped(indentMore), shift: whenTyped(indentLess) }]),
      EditorView.domEventHandlers({
        focus: () => {
          typed = false;
        },
      }),
      EditorView.contentAttributes.of({
        "aria-label": wishes.label,
        tabindex: "0",
        "aria-describedby": wishes.describedBy,
        spellcheck: "false",
        autocapitalize: "off",
        autocorrect: "off",
      }),
      EditorView.updateListener.of((update) => {
        typed ||= update.docChanged && update.transactions.some((each) => BY_HAND.some((event) => each.isUserEvent(event)));
        if (update.docChanged) wishes.onChange(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent });
}

export function replaceText(editor: EditorView, text: string): void {
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
}
