/** Show one figure at every place that waits for it, in a notebook's output, which carries its script. */
import type { FigureModule } from "./core/figure";
import { showAt } from "./core/place";

export function wakeAll(module: FigureModule): void {
  const waiting = `[data-explorable="${module.about.name}"]:not([data-awake])`;
  for (const place of document.querySelectorAll<HTMLElement>(waiting)) showAt(place, module);
}
