/** Put notebooks among the files that JupyterLite keeps in this browser, and find them there. */
import localforage from "localforage"; // JupyterLite keeps its files with this library, so the layout is the same
import type { Notebook } from "./notebook";

/** A notebook as JupyterLite keeps it: Jupyter's contents model. */
interface LiteFile {
  name: string;
  path: string;
  type: "notebook";
  format: "json";
  mimetype: null;
  content: Notebook;
  created: string;
  last_modified: string;
  size: number;
  writable: true;
}

export class JupyterLite {
  private readonly files: LocalForage;

  /** `address`: where JupyterLite is served, with a slash at its end. */
  constructor(address: string) {
    const name = `JupyterLite Storage - ${new URL(address).pathname}`;
    this.files = localforage.createInstance({ name, storeName: "files", version: 1 });
  }

  /** Return the notebook that the reader has saved under this name, if any. */
  async find(name: string): Promise<Notebook | null> {
    const file = await this.files.getItem<{ content?: Partial<Notebook> | null }>(name); // whatever it holds
    return Array.isArray(file?.content?.cells) ? (file.content as Notebook) : null;
  }

  async put(name: string, content: Notebook): Promise<void> {
    const now = new Date().toISOString();
    const size = new Blob([JSON.stringify(content)]).size;
    const file: LiteFile = { name, path: name, type: "notebook", format: "json", mimetype: null, content, created: now, last_modified: now, size, writable: true };
    await this.files.setItem(name, file);
  }
}
