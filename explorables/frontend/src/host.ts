/** Bring the figures of a page to life when they come near the screen, also those that come later. */
import type { FigureModule } from "./core/figure";
import { showAt } from "./core/place";

const NEAR = "600px";
const NAME = /^[a-z]+$/; // what is not one would lead away from this folder

/** The places on the page, and what takes the figure away from each that has one. */
const places = new Map<HTMLElement, (() => void) | null>();

async function wake(place: HTMLElement): Promise<void> {
  const name = place.dataset["explorable"] ?? "";
  if (!NAME.test(name)) throw new RangeError(`no figure is called ${name}`);
  const address = new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href;
  const module = (await import(address)) as { default: FigureModule };
  if (places.has(place)) places.set(place, showAt(place, module.default)); // it may be gone by now
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      near.unobserve(target);
      wake(target).catch((error: unknown) => console.error("This figure stays still:", error));
    }
  },
  { rootMargin: NEAR },
);

/** Watch the places that have come, for instance in the output of a cell, and leave those that are gone. */
function look(): void {
  for (const [place, end] of places) {
    if (place.isConnected) continue;
    near.unobserve(place);
    end?.();
    places.delete(place);
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-explorable]")) {
    if (places.has(place)) continue;
    places.set(place, null);
    near.observe(place);
  }
}

function watch(): void {
  look();
  let planned = 0;
  new MutationObserver(() => {
    planned ||= requestAnimationFrame(() => {
      planned = 0;
      look();
    });
  }).observe(document.body, { childList: true, subtree: true });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch, { once: true });
else watch();
