// Show what a link leads to before it is followed: a symbol's meaning, a reference, a figure, a
// part. A pointer that rests on the link shows it, and so does the keyboard's focus; Escape, or
// going away, hides it. What is shown is taken from the page that the link leads to.

const PATIENCE = 300; // ms: a pointer on its way somewhere else opens nothing
const GRACE = 200; // ms in which the pointer may go from the link to its preview
const PARSER = new DOMParser();
const NOT_SHOWN =
  ".headerlink, .citation > .label, script, style, template, button, input, textarea, select, iframe, details, dialog, [hidden]";

const preview = document.createElement("div");
preview.id = "preview";
preview.setAttribute("role", "tooltip");
preview.setAttribute("popover", "manual");

const pages = new Map();
let current = null; // the link whose preview is shown or asked for
let timer = 0;

/** The link under an event that has a preview, or null. */
function findLink(event) {
  const link = event.target instanceof Element ? event.target.closest("article a[href]") : null;
  if (!link || link.closest("#preview") || !link.matches(".reference.internal")) return null;
  if (link.querySelector("img")) return null; // a picture that opens itself
  const here = link.pathname === location.pathname && !link.hash;
  return link.origin === location.origin && !here ? link : null;
}

/** The document that a link leads to; it is fetched once. */
function openPage(link) {
  if (link.pathname === location.pathname) return Promise.resolve(document);
  if (!pages.has(link.pathname)) {
    const page = fetch(link.pathname).then(async (answer) => {
      if (!answer.ok) throw new Error(`${link.pathname}: ${answer.status}`);
      return PARSER.parseFromString(await answer.text(), "text/html");
    });
    page.catch(() => pages.delete(link.pathname)); // the next time may do better
    pages.set(link.pathname, page);
  }
  return pages.get(link.pathname);
}

/** The elements of a page that say what a link is about. */
function choose(page, hash) {
  const found = hash
    ? page.getElementById(decodeURIComponent(hash.slice(1)))
    : page.querySelector("article h1");
  if (!found) return [];
  const row = found.closest("tr");
  if (row) return [...row.cells].filter((cell) => cell.textContent.trim());
  const drawn = found.matches(".cell") || found.parentElement.matches(".cell");
  const whole = drawn ? found.closest(".cell").querySelector("figure") : found.closest(".citation, figure, .math, dd");
  if (whole) return [whole];
  const section = found.matches("section") ? found : found.closest("section");
  if (!section) return [];
  const heading = section.querySelector("h1, h2, h3, h4");
  return [heading, section.querySelector(":scope > p")].filter(Boolean);
}

/** A copy of an element with nothing in it that acts, and its pictures found from here. */
function copy(element, address) {
  const kind = /^(TD|TH|H\d|DD)$/.test(element.tagName) ? "p" : null;
  const made = document.createElement(kind ?? "div");
  const inside = document.importNode(element, true);
  made.append(...(kind ? inside.childNodes : [inside]));
  if (/^(H\d|TH)$/.test(element.tagName)) made.className = "preview-name";
  for (const one of made.querySelectorAll(NOT_SHOWN)) one.remove();
  for (const one of made.querySelectorAll("*")) {
    one.removeAttribute("id");
    if (one.localName.includes("-")) one.remove(); // a figure that would begin to run
  }
  for (const image of made.querySelectorAll("img[src]")) {
    image.src = new URL(image.getAttribute("src"), address).href;
    image.loading = "eager";
  }
  for (const link of made.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  return made;
}

/** Put the preview below its link, or above where there is more room. */
function place(link) {
  const [box] = link.getClientRects();
  if (!box) return;
  const { offsetWidth: width, offsetHeight: height } = preview;
  const left = Math.min(box.left, document.documentElement.clientWidth - width - 8);
  const below = box.bottom + 6;
  const above = box.top - height - 6;
  const fits = below + height <= innerHeight || above < 0;
  preview.style.left = `${Math.max(8, left)}px`;
  preview.style.top = `${fits ? below : above}px`;
}

async function show(link) {
  const page = await openPage(link);
  if (current !== link) return;
  const parts = choose(page, link.hash).map((element) => copy(element, link.href));
  if (!parts.some((part) => part.textContent.trim())) return;
  preview.replaceChildren(...parts);
  if (!preview.isConnected) document.body.append(preview);
  preview.showPopover();
  place(link);
  link.setAttribute("aria-describedby", preview.id);
}

function isShown() {
  return preview.isConnected && preview.matches(":popover-open");
}

function hide() {
  clearTimeout(timer);
  if (isShown()) preview.hidePopover();
  current?.removeAttribute("aria-describedby");
  current = null;
}

function showAfter(link, wait) {
  if (link === current) return clearTimeout(timer);
  hide();
  current = link;
  timer = setTimeout(() => show(link).catch(hide), wait); // without its preview, a link is a link
}

function hideAfter(wait) {
  clearTimeout(timer);
  timer = setTimeout(hide, wait);
}

if ("popover" in HTMLElement.prototype) {
  for (const link of document.querySelectorAll("a.notation[title]")) {
    link.setAttribute("aria-label", link.title); // its title would stand beside the preview
    link.removeAttribute("title");
  }
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = findLink(event);
    if (link) showAfter(link, PATIENCE);
    else if (preview.contains(event.target)) clearTimeout(timer);
    else if (current && current !== document.activeElement) hideAfter(GRACE);
  });
  document.addEventListener("focusin", (event) => {
    const link = findLink(event);
    if (link?.matches(":focus-visible")) showAfter(link, 0);
    else hide();
  });
  document.addEventListener("focusout", () => hideAfter(GRACE));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", () => isShown() && place(current), { passive: true });
}
