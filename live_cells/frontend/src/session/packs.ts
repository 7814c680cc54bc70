/** List the packages that a site's packs bring, as a reader would name them. */
import type { PackInfo } from "./protocol";

/**
 * Return a name to import for each pack that somebody has asked for: the pack's own if there is such a module.
 * What begins with an underscore is a package's own affair, and so are tests that its wheel brought along.
 */
export function listPackages(packs: Readonly<Record<string, PackInfo>>): string[] {
  const asked = Object.entries(packs).filter(([, { inner }]) => inner !== true);
  const named = asked.flatMap(([pack, { imports }]) => {
    const own = plain(pack.replace(/^own-/, ""));
    const open = imports.filter((name) => !/^_|^(?:tests?|docs|examples)$/.test(name));
    return open.find((name) => plain(name) === own) ?? open[0] ?? [];
  });
  return [...new Set(named)].sort();
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "_");
}
