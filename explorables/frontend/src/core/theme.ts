/** Follow the light or dark of whatever a figure stands on: themes differ in how they say it. */

/** Whether the first painted ground behind an element is dark. */
export function standsOnDark(element: Element): boolean {
  for (let at: Element | null = element; at !== null; at = parentOf(at)) {
    const colour = /rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?/.exec(
      getComputedStyle(at).backgroundColor,
    );
    if (colour === null || Number(colour[4] ?? 1) < 0.5) continue;
    const [red, green, blue] = colour.slice(1, 4).map(Number) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
  }
  return false;
}

function parentOf(element: Element): Element | null {
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** Keep `data-dark` on a host true to the page, also when the reader switches. */
export function followTheme(host: HTMLElement, signal: AbortSignal): void {
  const look = () => {
    host.toggleAttribute("data-dark", standsOnDark(host));
  };
  const watcher = new MutationObserver(() => requestAnimationFrame(look));
  const watched = { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light"] };
  watcher.observe(document.documentElement, watched);
  watcher.observe(document.body, watched);
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", look, { signal });
  signal.addEventListener("abort", () => watcher.disconnect());
  look();
}
