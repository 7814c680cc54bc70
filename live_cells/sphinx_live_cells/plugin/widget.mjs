/**
 * Show the widget of one cell, of one answer in words, or of a page's bar, for hosts of anywidget's
 * front-end modules. What all of them share, Python included, is brought once from the site that it stands in.
 */

/** @type {Promise<((model: object, el: HTMLElement) => Promise<() => void>) | null> | undefined} */
let coming;

/** Find the front end in the site: mystmd puts this module into its folder `build`, or at the root. */
async function findFrontEnd() {
  for (const way of ["../", "./"]) {
    const root = new URL(way, import.meta.url);
    const response = await fetch(new URL("live-cells/site.json", root), { cache: "no-cache" }).catch(() => null);
    const info = response?.ok === true ? await response.json().catch(() => null) : null;
    if (info?.python == null) continue;
    const { show } = await import(new URL(`live-cells/main.js?v=${info.version}`, root).href);
    return (model, el) => show(root, info, model, el);
  }
  return null;
}

/** Where the site has no Python the page stays as it was built; what did not come is asked for anew. */
async function render({ model, el }) {
  const show = await (coming ??= findFrontEnd()).catch((error) => console.error(error));
  if (show == null) coming = undefined;
  return show?.(model, el);
}

export default { render };
