/** Let a figure take the place of its still picture, in a page or in a notebook's output. */
import type { FigureModule } from "./figure";
import { PlainModel } from "./model";

/** A figure at its place. */
export interface Awake {
  /** Take it away: the still picture is back. */
  end(): void;
  /** Give it a part of its state; throws where the figure cannot show that. */
  take(state: object): void;
}

/** Read what a place says of its figure, and show it above the still picture. */
export function showAt(place: HTMLElement, module: FigureModule): Awake {
  const model = new PlainModel({
    state: JSON.parse(place.dataset["state"] ?? "{}") as object,
    parameters: JSON.parse(place.dataset["parameters"] ?? "{}") as object,
  });
  const stage = document.createElement("div");
  stage.className = "explorable-stage";
  place.prepend(stage);
  let end: () => void;
  try {
    end = module.render({ model, el: stage });
  } catch (error) {
    stage.remove(); // the still picture stays
    throw error;
  }
  place.dataset["awake"] = ""; // the style sheet now shows the still picture in print alone
  return {
    end() {
      end();
      stage.remove();
      delete place.dataset["awake"];
    },
    take: (state) => model.set("state", state),
  };
}
