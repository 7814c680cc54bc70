/** Bring the figures of a page to life when they come near the screen. */
import type { FigureModule } from "./core/figure";
import { showAt } from "./core/place";

const NEAR = "600px";

async function wake(place: HTMLElement): Promise<void> {
  const name = place.dataset["explorable"] ?? "";
  const address = new URL(`./${name}.js${new URL(import.meta.url).search}`, import.meta.url).href;
  const module = (await import(address)) as { default: FigureModule };
  showAt(place, module.default);
}

function watch(): void {
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
  for (const place of document.querySelectorAll("[data-explorable]")) near.observe(place);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch, { once: true });
else watch();
