/** Name the browser's stores of one book apart from another's on the same host, by the path of its root. */

export type Kind = "pages" | "python";

/** Return the name of the store in which a browser keeps this kind of files for the book at `root`. */
export function nameStore(kind: Kind, root: string): string {
  return `${nameOldStore(kind)}:${new URL(root).pathname}`;
}

/** Return the name that all books of a host shared in version 1.0.0. */
export function nameOldStore(kind: Kind): string {
  return `live-cells-${kind}`;
}

/** Whether an address below the book's root is of a book of its own, in a folder further down. */
export function isOfInnerBook(root: string, url: string): boolean {
  return url.slice(root.length).indexOf("/live-cells/") >= 0;
}

/** Take the book's own files out of the stores that all books shared, and leave the others'. */
export async function takeOver(caches: CacheStorage, root: string): Promise<void> {
  for (const kind of ["pages", "python"] as const) {
    if (!(await caches.has(nameOldStore(kind)))) continue;
    const shared = await caches.open(nameOldStore(kind));
    const own = await caches.open(nameStore(kind, root));
    const requests = await shared.keys();
    const roots = requests.flatMap(({ url }) => /^(.*\/)live-cells\//.exec(url)?.[1] ?? []);
    for (const request of requests) {
      const owner = roots.filter((each) => request.url.startsWith(each)).sort((one, other) => other.length - one.length)[0];
      if (!request.url.startsWith(root) || (owner !== undefined && owner !== root)) continue;
      const response = await shared.match(request);
      if (response !== undefined) await own.put(request, response);
      await shared.delete(request);
    }
    if ((await shared.keys()).length === 0) await caches.delete(nameOldStore(kind));
  }
}
