/**
 * Hand a line that the reader types to Python, which waits for it: the page writes it, the worker
 * sleeps until it is there. Both hold the same memory, which only an isolated page may share.
 */

const LONGEST = 65_536; // bytes of one line; what is typed beyond is cut
const HEAD = 8; // bytes of the two numbers before it: whether it is there, and how long it is
const THERE = 0;
const LENGTH = 1;

export class TypedLine {
  private readonly head: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(HEAD + LONGEST)) {
    this.head = new Int32Array(memory, 0, 2);
  }

  /** In the page: hand over what was typed. */
  give(text: string): void {
    const bytes = new TextEncoder().encode(text).subarray(0, LONGEST);
    new Uint8Array(this.memory, HEAD).set(bytes);
    Atomics.store(this.head, LENGTH, bytes.length);
    Atomics.store(this.head, THERE, 1);
    Atomics.notify(this.head, THERE);
  }

  /** In the worker: sleep until a line is there; null if `isStopped` says so before. */
  take(isStopped: () => boolean, every: number): string | null {
    while (Atomics.wait(this.head, THERE, 0, every) === "timed-out") {
      if (isStopped()) return null;
    }
    // a copy: text is not decoded from memory that is shared
    const bytes = new Uint8Array(this.memory, HEAD, Atomics.load(this.head, LENGTH)).slice();
    this.forget();
    return new TextDecoder().decode(bytes);
  }

  /** Whatever was typed was for a question that is over. */
  forget(): void {
    Atomics.store(this.head, THERE, 0);
  }
}
