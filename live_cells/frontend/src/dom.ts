/** Make elements and buttons, and count things in words. */

type Attributes = Record<string, string | boolean>;

/** Make an element with attributes (true: present, false: absent) and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function makeButton(text: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const button = make("button", { type: "button", class: "live-button", ...attributes }, text);
  button.addEventListener("click", action);
  return button;
}

/** Return a number of things: "1 part", "2 parts". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
