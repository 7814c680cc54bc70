/** Bring the figures of a page to life when they come near the screen, also those that come later. */
import type { FigureModule } from "./core/figure";
import { showAt, type Awake } from "./core/place";

const NEAR = "600px";
const NAME = /^[a-z]+$/; // what is not one would lead away from this folder

/** The places on the page, and the figure of each that has one. */
const places = new Map<HTMLElement, Awake | null>();

/** What a place hands over to other figures: a learner's heads, which a report has brought. */
const handed = new Map<HTMLElement, { readonly own: unknown; readonly to: readonly string[] }>();

async function wake(place: HTMLElement): Promise<void> {
  const name = place.dataset["explorable"] ?? "";
  if (!NAME.test(name)) throw new RangeError(`no figure is called ${name}`);
  const address = new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href;
  const module = (await import(address)) as { default: FigureModule };
  if (!places.has(place)) return; // it may be gone by now
  const awake = showAt(place, module.default);
  places.set(place, awake);
  for (const { own, to } of handed.values()) if (to.includes(name)) give(awake, own);
}

function give(awake: Awake, own: unknown): void {
  try {
    awake.take({ own });
  } catch (error) {
    console.error("This figure takes no such heads:", error);
  }
}

/** Give heads, or `null` for none any more, to the figures of these names. */
function giveAll(own: unknown, to: readonly string[]): void {
  for (const [place, awake] of places) if (awake !== null && to.includes(place.dataset["explorable"] ?? "")) give(awake, own);
}

/** Hand over what a new place has for other figures. */
function handOver(place: HTMLElement): void {
  const { own, hands } = JSON.parse(place.dataset["state"] ?? "{}") as { own?: unknown; hands?: unknown };
  if (own == null || !Array.isArray(hands)) return;
  const to = hands.filter((name) => typeof name === "string");
  handed.set(place, { own, to });
  giveAll(own, to);
}

/** Take back what a place that is gone has handed over. */
function takeBack(place: HTMLElement): void {
  const gone = handed.get(place);
  handed.delete(place);
  if (gone !== undefined) giveAll([...handed.values()].at(-1)?.own ?? null, gone.to);
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
  for (const [place, awake] of places) {
    if (place.isConnected) continue;
    near.unobserve(place);
    awake?.end();
    places.delete(place);
    takeBack(place);
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-explorable]")) {
    if (places.has(place)) continue;
    places.set(place, null);
    near.observe(place);
    handOver(place);
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
