import { createSignal, onCleanup } from "solid-js";

import type { Page } from "../data/models";
import { isAbort } from "../data/http";

export interface Pages<T> {
  items: () => readonly T[] | undefined;
  /** Why the first page, or a further one, did not come. */
  failure: () => unknown;
  /** A request is under way. */
  busy: () => boolean;
  hasMore: () => boolean;
  /** Begins anew; what was there stays until the answer is. */
  restart: () => Promise<void>;
  more: () => Promise<void>;
}

/** The pages of a search, joined. Answers that are overtaken by a newer search are dropped. */
export function createPages<T>(
  ask: (pageToken: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
): Pages<T> {
  const [items, setItems] = createSignal<readonly T[]>();
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const [token, setToken] = createSignal<string>();
  let stop = new AbortController();
  onCleanup(() => stop.abort());

  const load = async (pageToken: string | undefined) => {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    setBusy(true);
    setFailure(undefined);
    try {
      const page = await ask(pageToken, signal);
      if (signal.aborted) return;
      setItems((before) => (pageToken === undefined ? page.items : [...(before ?? []), ...page.items]));
      setToken(page.nextPageToken);
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) setFailure(error);
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };
  return {
    items,
    failure,
    busy,
    hasMore: () => token() !== undefined && token() !== "",
    restart: () => load(undefined),
    more: () => load(token()),
  };
}
