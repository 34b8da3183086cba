// The end of a file that grows: read by ranges, from the back, then followed.

import { createSignal, onCleanup } from "solid-js";

import type { ByteRange } from "../../data/artifacts";
import { isAbort } from "../../data/http";
import { fromWholeLine } from "./log-text";

export const PART_BYTES = 256 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/** Reads bytes of the file; `total` of the answer is how long it is. */
export type ReadRange = (start: number, length: number, signal: AbortSignal) => Promise<ByteRange>;

export interface LogTail {
  text: () => string;
  /** Where in the file the text begins. */
  start: () => number;
  total: () => number;
  loading: () => boolean;
  error: () => unknown;
  /** Reads the end anew. */
  restart: () => Promise<void>;
  /** Adds what has been written since. */
  follow: () => Promise<void>;
  /** Adds the part before. */
  earlier: () => Promise<void>;
}

export function createLogTail(read: ReadRange, sizeHint: () => number | undefined): LogTail {
  const [bytes, setBytes] = createSignal<Uint8Array>(new Uint8Array());
  const [start, setStart] = createSignal(0);
  const [total, setTotal] = createSignal(0);
  const [loading, setLoading] = createSignal(false);
  const [error, setError] = createSignal<unknown>();
  let stop = new AbortController();
  onCleanup(() => stop.abort());

  async function run(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
    setLoading(true);
    const { signal } = stop;
    try {
      await action(signal);
      if (!signal.aborted) setError(undefined);
    } catch (failure) {
      if (!isAbort(failure) && !signal.aborted) setError(failure);
    } finally {
      if (!signal.aborted) setLoading(false);
    }
  }

  async function restart(): Promise<void> {
    stop.abort();
    stop = new AbortController();
    await run(async (signal) => {
      let from = Math.max((sizeHint() ?? 0) - PART_BYTES, 0);
      let answer = await read(from, PART_BYTES, signal);
      // The file may have grown, or been replaced by a shorter one, since it was listed.
      const end = from + answer.bytes.length;
      if (answer.total > end || answer.total < from) {
        from = Math.max(answer.total - PART_BYTES, 0);
        answer = await read(from, PART_BYTES, signal);
      }
      if (signal.aborted) return;
      setStart(from);
      setBytes(answer.bytes);
      setTotal(answer.total);
    });
  }

  async function follow(): Promise<void> {
    if (loading()) return;
    await run(async (signal) => {
      const from = start() + bytes().length;
      const answer = await read(from, PART_BYTES, signal);
      if (signal.aborted) return;
      if (answer.bytes.length === 0) return;
      setTotal(answer.total);
      setBytes((before) => joined(before, answer.bytes));
      if (bytes().length > MOST_BYTES) {
        // A page that follows a log for days does not grow with it.
        setStart((at) => at + bytes().length - MOST_BYTES);
        setBytes((all) => all.slice(all.length - MOST_BYTES));
      }
    });
  }

  async function earlier(): Promise<void> {
    if (loading() || start() === 0) return;
    await run(async (signal) => {
      const from = Math.max(start() - PART_BYTES, 0);
      const answer = await read(from, start() - from, signal);
      if (signal.aborted) return;
      setBytes((after) => joined(answer.bytes, after));
      setStart(from);
    });
  }

  return {
    // Decoded as a whole: a character may lie across two parts.
    text: () => fromWholeLine(new TextDecoder().decode(bytes()), start() === 0),
    start,
    total,
    loading,
    error,
    restart,
    follow,
    earlier,
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
