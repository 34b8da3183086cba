/** The directories of an owner of files: listed when they are opened, and again while files may still come. */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

import { type ArtifactOwner, listArtifacts } from "../../data/artifacts";
import { isAbort } from "../../data/http";
import { toastError } from "../toast";
import { type Listing, renewedEntries } from "./tree-rows";

/** How often open directories are listed anew while files are still written. */
const RENEW_MS = 10_000;

export interface Listings {
  all: Accessor<ReadonlyMap<string, Listing>>;
  /** Lists a directory for the first time, or after a failure. */
  list: (directory: string) => void;
  /** Lists what is open once more, because somebody asks for it. */
  refresh: () => Promise<void>;
  refreshing: Accessor<boolean>;
}

export interface ListingsOptions {
  owner: Accessor<ArtifactOwner>;
  /** Files may still come. */
  growing: Accessor<boolean>;
  /** Directories that are in sight; the top one always is. */
  open: () => Iterable<string>;
}

export function createListings(options: ListingsOptions): Listings {
  const [all, setAll] = createSignal<ReadonlyMap<string, Listing>>(new Map());
  const [refreshing, setRefreshing] = createSignal(false);
  const ownerKey = createMemo(() => JSON.stringify(options.owner()));
  let stop = new AbortController();
  onCleanup(() => stop.abort());

  const put = (directory: string, listing: Listing): void => {
    setAll((before) => new Map(before).set(directory, listing));
  };

  async function list(directory: string): Promise<void> {
    const { signal } = stop;
    if (all().get(directory)?.state === "loading") return;
    put(directory, { state: "loading" });
    try {
      const entries = await listArtifacts(options.owner(), directory, { signal });
      if (!signal.aborted) put(directory, { state: "ready", entries });
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) put(directory, { state: "failed", error });
    }
  }

  /** Lists what is open once more; what was known stays until the answer is here, and where there is none. */
  async function renew(): Promise<void> {
    const { signal } = stop;
    const directories = new Set(["", ...options.open()]);
    await Promise.all([...directories].map((directory) => renewOne(directory, signal)));
  }

  async function renewOne(directory: string, signal: AbortSignal): Promise<void> {
    const before = all().get(directory);
    if (before?.state === "failed") await list(directory);
    if (before?.state !== "ready") return;
    const entries = await listArtifacts(options.owner(), directory, { signal });
    const next = renewedEntries(before.entries, entries);
    if (next !== before.entries && !signal.aborted) put(directory, { state: "ready", entries: next });
  }

  async function refresh(): Promise<void> {
    if (refreshing()) return;
    setRefreshing(true);
    try {
      await renew();
    } catch (error) {
      if (!isAbort(error)) toastError("The files were not listed again", error, refresh);
    } finally {
      setRefreshing(false);
    }
  }

  createEffect(
    on(ownerKey, () => {
      stop.abort();
      stop = new AbortController();
      setAll(new Map());
      void list("");
    }),
  );
  const isGrowing = createMemo(() => options.growing());
  createEffect(
    on(isGrowing, (growing, before) => {
      // The next round makes up for one that fails.
      const again = (): void => {
        if (document.visibilityState === "visible") renew().catch(() => undefined);
      };
      // What was written last may have come after the last round.
      if (before === true && !growing) again();
      if (!growing) return;
      const timer = setInterval(again, RENEW_MS);
      onCleanup(() => clearInterval(timer));
    }),
  );
  return { all, list: (directory) => void list(directory), refresh, refreshing };
}
