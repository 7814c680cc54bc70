/**
 * Close the browser's stores to the worker before any cell runs: they are the whole site's. A
 * stranger's cell could otherwise put a page of its own into what the service worker shows.
 */

/** Python's files are kept through these; nothing else of the worker's needs a store. */
export const ownCaches: CacheStorage | undefined = "caches" in self ? self.caches : undefined;

const CLOSED = ["caches", "indexedDB", "Worker", "SharedWorker", "BroadcastChannel", "webkitRequestFileSystem", "webkitRequestFileSystemSync"];

/** A second worker would have the ways again, so there is none. */
export function closeStores(scope: object = self): void {
  for (const name of CLOSED) {
    for (let holder: object | null = scope; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
      Reflect.deleteProperty(holder, name);
    }
  }
  const { navigator } = scope as { navigator?: object };
  if (navigator !== undefined) Reflect.deleteProperty(Object.getPrototypeOf(navigator) as object, "storage");
}
