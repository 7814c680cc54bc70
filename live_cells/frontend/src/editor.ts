/** The code editor of a cell. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
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
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({
        "aria-label": wishes.label,
        tabindex: "0",
        "aria-describedby": wishes.describedBy,
        spellcheck: "false",
        autocapitalize: "off",
        autocorrect: "off",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) wishes.onChange(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent });
}

export function replaceText(editor: EditorView, text: string): void {
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
}
