/** Read what the build tells the page: this page's cells, and what the whole site holds. */
import type { PythonInfo } from "./session/protocol";

export interface PageCell {
  /** the cell's element in the page has this id, if the page shows the cell */
  id: string;
  label: string;
  code: string;
  /** it is meant to end in an error */
  raises: boolean;
  /** it runs when the reader asks for it, or a cell that needs it, and not with the page */
  skipped: boolean;
  gradeId: string | null;
  /** id of the part that the cell checks */
  checks: string | null;
}

/** What of the whole book must be known to find the cells of texts. */
export interface Book {
  /** the pages with a cell of this grade_id */
  pagesWith: (gradeId: string) => string[];
  /** whether the book has a page of this name on which one can write */
  hasPage: (name: string) => boolean;
}

export interface PageInfo {
  name: string;
  /** the way to the site's root, such as "../" */
  root: string;
  /** of the front end that the page was built with */
  version: string;
  cells: PageCell[];
  /** where MathJax is, if a cell needs it and the page does not bring it */
  maths?: { address: string; settings: object } | null;
}

export interface PartInfo {
  id: string;
  /** what a reader calls it: "(a)" */
  name: string;
  title: string;
  kind: "code" | "text";
}

export interface SitePage {
  title: string;
  parts: PartInfo[];
  /** grade_ids of all that can be written on the page */
  gradeIds: string[];
  /** whether the page can be written on */
  live: boolean;
  /** the assignment's notebook, relative to the root */
  notebook: string | null;
}

export interface SiteInfo {
  pages: Record<string, SitePage>;
  /** the addresses of all pages, with cells or without, relative to the root */
  book: string[];
  /** of the front end; another than the page's own means that the page is older than the site */
  version: string;
  /** the script that holds Python, relative to the root */
  worker: string;
  /** the front end's own files, relative to the root */
  frontend: string[];
  /** those of them that no page asks for before a cell has run */
  late: string[];
  python: PythonInfo | null;
  /** pages may be given what an interrupt takes: none that a visit may come to shows anything of another host */
  isolates: boolean;
  /** JupyterLite's folder, relative to the root */
  lite: string | null;
  reportMimetype: string;
  /** what a book may say in its own words; in `download` stands {name} for the notebook's */
  words: { download: string; text: string };
  /** other places that open a notebook: what they are called, and an address with {notebook} */
  launchers: Record<string, string>;
}

export class Site {
  constructor(
    readonly root: URL,
    readonly page: PageInfo,
    readonly info: SiteInfo,
  ) {}

  /** Read the page's own data and the site's. */
  static async load(): Promise<Site | null> {
    const data = document.getElementById("live-cells-page")?.textContent;
    if (!data) return null;
    const page = JSON.parse(data) as PageInfo;
    const root = new URL(page.root, document.baseURI);
    const info = await fetchInfo(root);
    return info === null ? null : new Site(root, page, info);
  }

  /** Whether the site has been built anew since this page came. */
  async isNewer(): Promise<boolean> {
    const { python, version, worker } = this.info;
    const now = await fetchInfo(this.root).catch(() => null);
    if (now === null) return false;
    return this.page.version !== now.version || JSON.stringify([python, version, worker]) !== JSON.stringify([now.python, now.version, now.worker]);
  }

  url(path: string): string {
    return new URL(path, this.root).href;
  }

  /** This page's entry; a page without parts may have none. */
  get here(): SitePage {
    return this.info.pages[this.page.name] ?? { title: "", parts: [], gradeIds: [], live: false, notebook: null };
  }

  /** What of the book tells where a kept text belongs. */
  get book(): Book {
    const { pages } = this.info;
    return {
      pagesWith: (gradeId) => Object.keys(pages).filter((name) => pages[name]?.gradeIds.includes(gradeId)),
      hasPage: (name) => pages[name]?.live === true,
    };
  }

  get parts(): PartInfo[] {
    return Object.values(this.info.pages).flatMap((page) => page.parts);
  }
}

/** Ask the site itself, however long a copy might be kept: what it says goes with what it has. */
export async function fetchInfo(root: URL): Promise<SiteInfo | null> {
  const response = await fetch(new URL("live-cells/site.json", root), { cache: "no-cache" });
  return response.ok ? ((await response.json()) as SiteInfo) : null;
}
