/** Train slice by slice as the page orders, in a worker's thread, so that the page never waits. */
import { startTraining, type Choices, type Snapshot, type Training } from "./training";

/** What the page says to the worker, and the worker to the page. */
export type Order = { kind: "start"; choices: Choices } | { kind: "pause" } | { kind: "go on" };
export interface News {
  readonly line: readonly number[];
  readonly snapshot: Snapshot;
  readonly done: boolean;
}

export const STEPS = 300;
const BETWEEN = 5; // steps from one measurement to the next

interface Scope {
  onmessage: ((event: { data: Order }) => void) | null;
  postMessage(news: News): void;
}

/** Listen in a worker's scope; a slice of steps at a time leaves room for the page's orders. */
export function listen(scope: Scope): void {
  let training: Training | null = null;
  let paused = true;
  let step = 0;
  let turn = 0; // an order makes the slices that were planned before it void

  const tell = () => {
    if (training === null) return;
    scope.postMessage({ line: training.line, snapshot: training.measure(), done: step >= STEPS });
  };
  const goOn = (mine: number) => {
    if (paused || training === null || mine !== turn || step >= STEPS) return;
    for (let i = 0; i < BETWEEN; i++) training.advance();
    step += BETWEEN;
    tell();
    setTimeout(() => goOn(mine), 0);
  };
  scope.onmessage = ({ data }) => {
    turn += 1;
    paused = data.kind === "pause";
    if (data.kind === "start") {
      training = startTraining(data.choices);
      step = 0;
      tell();
    }
    goOn(turn);
  };
}
