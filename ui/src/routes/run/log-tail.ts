// The end of a file that grows: read by ranges, from the back, then followed.

import { createSignal, onCleanup } from "solid-js";

import type { ByteRange } from "../../data/artifacts";
import { isAbort } from "../../data/http";
import { cleanLog, lineStart } from "./log-text";

export const PART_BYTES = 256 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
/** Bytes that are read again: whether the file still is the one whose end is followed. */
const OVERLAP = 64;
const NEWLINE = 10;

/** Reads bytes of the file; `total` of the answer is how long it is. */
export type ReadRange = (start: number, length: number, signal: AbortSignal) => Promise<ByteRange>;

/** Whole lines, made into text once. The same object as long as they are shown. */
export interface LogPart {
  bytes: number;
  text: string;
}

export interface LogTail {
  /** Lines that are complete, in parts: a page adds what is new and leaves the others alone. */
  parts: () => readonly LogPart[];
  /** The line behind them that is still written. */
  rest: () => string;
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
  const [parts, setParts] = createSignal<readonly LogPart[]>([]);
  const [unfinished, setUnfinished] = createSignal<Uint8Array>(new Uint8Array());
  const [start, setStart] = createSignal(0);
  const [total, setTotal] = createSignal(0);
  const [loading, setLoading] = createSignal(false);
  const [error, setError] = createSignal<unknown>();
  /** Where in the file the text ends, and the bytes before that. */
  let end = 0;
  let last: Uint8Array = new Uint8Array();
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
      if (answer.bytes.length === 0 && from > 0) {
        // Shorter than it was when it was listed; how long it is, only an answer with bytes says.
        from = 0;
        answer = await read(from, PART_BYTES, signal);
      }
      // It may have grown since.
      if (answer.total > from + answer.bytes.length) {
        from = Math.max(answer.total - PART_BYTES, 0);
        answer = await read(from, PART_BYTES, signal);
      }
      if (signal.aborted) return;
      const skipped = from === 0 ? 0 : lineStart(answer.bytes);
      setParts([]);
      setUnfinished(new Uint8Array());
      setStart(from + skipped);
      setTotal(answer.total);
      end = from + skipped;
      last = new Uint8Array();
      append(answer.bytes.subarray(skipped));
    });
  }

  /** Puts whole lines into a part, and keeps what is behind the last of them. */
  function append(bytes: Uint8Array): void {
    end += bytes.length;
    last = joined(last, bytes).slice(-OVERLAP);
    const all = joined(unfinished(), bytes);
    const cut = all.lastIndexOf(NEWLINE) + 1;
    if (cut > 0) setParts((before) => [...before, partOf(all.subarray(0, cut))]);
    setUnfinished(all.slice(cut));
  }

  async function follow(): Promise<void> {
    if (loading()) return;
    let replaced = false;
    await run(async (signal) => {
      const overlap = last;
      const from = end - overlap.length;
      const answer = await read(from, overlap.length + PART_BYTES, signal);
      if (signal.aborted) return;
      // Cut off, or written anew: what is there now has no place behind what is shown.
      replaced = !startsWith(answer.bytes, overlap);
      const more = answer.bytes.subarray(overlap.length);
      if (replaced || more.length === 0) return;
      setTotal(answer.total);
      append(more);
      forget();
    });
    if (replaced) await restart();
  }

  /** A page that follows a log for days does not grow with it. */
  function forget(): void {
    let kept = parts().reduce((sum, part) => sum + part.bytes, 0);
    let gone = 0;
    for (const part of parts()) {
      if (kept <= MOST_BYTES) break;
      kept -= part.bytes;
      gone += 1;
    }
    if (gone === 0) return;
    const before = parts().slice(0, gone);
    setStart((at) => at + before.reduce((sum, part) => sum + part.bytes, 0));
    setParts((all) => all.slice(gone));
  }

  async function earlier(): Promise<void> {
    if (loading() || start() === 0) return;
    await run(async (signal) => {
      const from = Math.max(start() - PART_BYTES, 0);
      const answer = await read(from, start() - from, signal);
      if (signal.aborted) return;
      const skipped = from === 0 ? 0 : lineStart(answer.bytes);
      setParts((after) => [partOf(answer.bytes.subarray(skipped)), ...after]);
      setStart(from + skipped);
    });
  }

  const rest = () => cleanLog(new TextDecoder().decode(unfinished()));
  return { parts, rest, start, total, loading, error, restart, follow, earlier };
}

function partOf(bytes: Uint8Array): LogPart {
  return { bytes: bytes.length, text: cleanLog(new TextDecoder().decode(bytes)) };
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array): boolean {
  return wanted.every((byte, at) => bytes[at] === byte);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
