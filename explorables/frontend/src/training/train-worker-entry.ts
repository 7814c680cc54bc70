/** Start the worker: built by itself and carried as text, for workers need a file or a blob. */
import { listen } from "./train-worker";

listen(globalThis as unknown as Parameters<typeof listen>[0]);
