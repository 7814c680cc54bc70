/** Start `train-worker` in a worker: a program of its own, which the build makes beside the figure or in it. */
import { listen } from "./train-worker";

listen(globalThis as unknown as Parameters<typeof listen>[0]);
