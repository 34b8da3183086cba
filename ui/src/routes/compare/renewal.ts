// Keeps compared runs up to date: of many runs only those that have changed are read again, one request after the other.

import { onCleanup } from "solid-js";

import { isAbort } from "../../data/http";
import type { Run } from "../../wire";

const REFRESH_MS = 2000;

export interface RenewalOptions {
  read: (runIds: string[], signal: AbortSignal) => Promise<Run[]>;
  /** Runs as they are now. */
  onRenewed: (runs: ReadonlyMap<string, Run>) => void;
}

/** Reads runs again, soon after they are said to have changed. A failure leaves them for the next time. */
export function createRenewal(options: RenewalOptions): (runIds: Iterable<string>) => void {
  const changed = new Set<string>();
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => {
    clearTimeout(timer);
    stop.abort();
  });

  async function renew(): Promise<void> {
    const ids = [...changed];
    changed.clear();
    try {
      const runs = await options.read(ids, stop.signal);
      if (!stop.signal.aborted) options.onRenewed(new Map(runs.map((run) => [run.info.run_id, run])));
    } catch (error) {
      if (!isAbort(error)) for (const id of ids) changed.add(id);
    } finally {
      timer = undefined;
      if (changed.size > 0 && !stop.signal.aborted) soon();
    }
  }

  function soon(): void {
    timer ??= setTimeout(() => void renew(), REFRESH_MS);
  }

  return (runIds) => {
    for (const id of runIds) changed.add(id);
    if (changed.size > 0) soon();
  };
}
