/** Define the model that holds a figure's state, as anywidget's front-end modules (AFM) are given it. */

export interface Model {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  on(event: string, listener: () => void): void;
  off(event?: string | null, listener?: (() => void) | null): void;
  save_changes(): void;
}

/** A model for places without one: a page, a notebook's HTML output. */
export class PlainModel implements Model {
  readonly #values: Map<string, unknown>;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(values));
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, value);
    for (const listener of this.#listeners.get(`change:${key}`) ?? []) listener();
  }

  on(event: string, listener: () => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }

  off(event?: string | null, listener?: (() => void) | null): void {
    if (event == null) this.#listeners.clear();
    else if (listener == null) this.#listeners.delete(event);
    else this.#listeners.get(event)?.delete(listener);
  }

  save_changes(): void {
    // Nothing listens outside the page.
  }
}
