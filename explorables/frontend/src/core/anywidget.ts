/** Show a figure in a host of anywidget's front-end modules (AFM), such as Jupyter Book 2. */
import type { FigureModule } from "./figure";
import type { Model } from "./model";

/** Such a host may have no kernel, and then throws where one would have to listen. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The figure answers in the page all the same.
  }
}

/** The module as such a host takes it; it brings the numbers that the host's model does not have. */
export function asAnywidget(figure: FigureModule, parameters: object): Pick<FigureModule, "render"> {
  const adapt = (model: Model): Model => ({
    get: (key) => model.get(key) ?? (key === "parameters" ? parameters : undefined),
    set: (key, value) => quietly(() => model.set(key, value)),
    on: (event, listener) => quietly(() => model.on(event, listener)),
    off: (event, listener) => quietly(() => model.off(event, listener)),
    save_changes: () => quietly(() => model.save_changes()),
  });
  return { render: (given) => figure.render({ ...given, model: adapt(given.model) }) };
}
