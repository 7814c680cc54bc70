/**
 * Keep the pages that the reader visited, for reading and running without a network, and add the
 * two headers that let a page interrupt its Python (they make SharedArrayBuffer available).
 */
import { isOfInnerBook, nameStore, takeOver } from "./store-names";

interface Keep {
  type: "keep";
  urls: string[];
  /** all files of the site's Python; null: leave what is kept of it */
  python: string[] | null;
}

interface LifeEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchLike extends LifeEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope extends EventTarget {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

const scope = self as unknown as WorkerScope;
const root = scope.registration.scope;
const told = new URL(self.location.href).searchParams;
const LITE = root + (told.get("lite") ?? "lite/");
const ISOLATES = told.get("isolates") !== "no";
const PAGES = nameStore("pages", root);
const PYTHON = nameStore("python", root);

scope.addEventListener("install", (event) => {
  (event as LifeEvent).waitUntil(scope.skipWaiting());
});

scope.addEventListener("activate", (event) => {
  (event as LifeEvent).waitUntil(takeOver(caches, root).then(() => scope.clients.claim()));
});

scope.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<Partial<Keep>>;
  if (data.type !== "keep") return;
  // a page that was still loading when this worker took charge of the others asks for it now
  (event as unknown as LifeEvent).waitUntil(scope.clients.claim().then(() => keepAll(data as Keep)));
});

scope.addEventListener("fetch", (event) => {
  const fetching = event as FetchLike;
  const { request } = fetching;
  const ours = request.method === "GET" && request.url.startsWith(root) && !isOfInnerBook(root, request.url);
  // JupyterLite looks after its own pages, and the page's worker after WebAssembly: what passes
  // through here, the browser would compile again on every visit.
  if (!ours || request.url.startsWith(LITE) || request.url.endsWith(".wasm")) return;
  fetching.respondWith(answer(request));
});

/** The network first, so that a new build of the book is seen; what was kept if there is none. */
async function answer(request: Request): Promise<Response> {
  const python = request.url.startsWith(root + "live-cells/python/");
  if (python) {
    const kept = await (await caches.open(PYTHON)).match(request.url);
    return kept ?? fetch(request); // its address carries its version, so it never gets old
  }
  const cache = await caches.open(PAGES);
  try {
    const response = await fetch(request);
    // a part of a file (206) cannot be kept, and a store that is full is no missing network
    if (response.status === 200) await cache.put(request, response.clone()).catch(() => undefined);
    // a page that is open while the site is built anew still finds the files that it was made with
    const kept = response.ok || request.mode === "navigate" ? undefined : await cache.match(request);
    return await isolate(request, kept ?? response);
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    if (kept !== undefined) return isolate(request, kept);
    const folder = request.url.replace(/[?#].*/, "") + "/"; // a server sends whoever asks for a folder there
    if (request.mode === "navigate" && (await cache.match(folder)) !== undefined) return Response.redirect(folder);
    if (request.mode === "navigate") return isolate(request, tellOffline());
    throw error;
  }
}

/** What a page shows from another host, and what the two headers would shut out. */
const FOREIGN = /<(?:iframe|img|video|audio|source|embed|object)\b[^>]*?\s(?:src|data)=["']?(?:https?:)?\/\//i;

/**
 * Add the headers to pages and workers, which are what they count for; a page that shows something of
 * another host goes without. Everything else passes as it came: a style sheet that is made anew here
 * would look for its imports beside the page.
 */
async function isolate(request: Request, response: Response): Promise<Response> {
  const counts = ISOLATES && (request.mode === "navigate" || request.destination === "worker");
  if (!counts || response.status === 0 || response.redirected) return response;
  if (request.mode === "navigate" && FOREIGN.test(await response.clone().text())) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const body = [101, 204, 205, 304].includes(response.status) ? null : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

/** A page that this browser never fetched says so, instead of the browser's own error page. */
function tellOffline(): Response {
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not fetched yet</title><link rel="icon" href="data:,">
<body style="font-family: system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
<main><h1>This page has not been fetched yet</h1>
<p>There is no network, and your browser has not kept this page. It keeps the pages that you have
visited, and all pages of the book once Python has run on one of them.</p>
<p><a href="${root}">To the beginning of the book</a></p></main></body></html>`;
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** Keep what a page needed before this worker was there, or pages not visited yet; drop an older Python. */
async function keepAll({ urls, python }: Keep): Promise<void> {
  const cache = await caches.open(PAGES);
  const wanted = new Set(urls.filter((url) => url.startsWith(root) && !url.startsWith(root + "live-cells/python/")));
  // what a page needs is added while the loop runs
  for (const url of wanted) {
    if ((await cache.match(url)) !== undefined) continue;
    await cache.add(url).catch(() => undefined);
    for (const file of await findFiles(await cache.match(url))) wanted.add(file);
  }
  if (python === null) return;
  const files = await caches.open(PYTHON);
  for (const request of await files.keys()) {
    if (!python.includes(request.url)) await files.delete(request);
  }
}

/** The scripts, styles and pictures that a page names. */
async function findFiles(page: Response | undefined): Promise<string[]> {
  if (page?.headers.get("Content-Type")?.startsWith("text/html") !== true) return [];
  const named = (await page.text()).matchAll(/(?:src|srcset|href)="([^":#]+\.(?:js|css|svg|png|jpe?g|gif|webp)(?:\?[^"]*)?)"/g);
  return [...named].map(([, path]) => new URL(path ?? "", page.url).href).filter((url) => url.startsWith(root));
}
