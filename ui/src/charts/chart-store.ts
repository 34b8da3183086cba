// Charts of pages that show no view: arranged by each reader in this browser, saved for everybody on the server, and in the
// address while they differ from what is saved, so that what is seen can be sent to somebody.

import { useSearchParams } from "@solidjs/router";
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

import { toast, toastError } from "../components/toast";
import { pack, unpack } from "../data/pack";
import * as views from "../data/views";
import type { View } from "../wire";
import { readCharts } from "./read-spec";
import type { ChartsState } from "./spec";

/** Pages that keep charts, and what a view with them is called. */
const NAMES = {
  "run.training": "Charts of runs",
  "run.system": "System charts of runs",
  compare: "Charts of comparisons",
} as const;

/** While charts are being moved the address stays. */
const WRITE_MS = 120;

export interface ChartStoreOptions {
  page: keyof typeof NAMES;
  experimentIds: readonly string[];
}

/** What a reader can do with the arrangement as a whole. */
export interface Keeping {
  /** Whether what is shown differs from what others see. */
  modified: () => boolean;
  /** Whether there is something saved for everybody. */
  saved: () => boolean;
  /** Saves for everybody; nothing where the charts are those of several experiments. */
  save: (() => Promise<void>) | undefined;
  /** Back to what is saved, or to the charts of a page that nobody has arranged. */
  revert: () => void;
  /** The address that shows the same to others. */
  link: () => Promise<string>;
}

export interface ChartStore {
  /** False until it is known what there is. */
  ready: () => boolean;
  /** Undefined where nobody has arranged anything. */
  state: () => ChartsState | undefined;
  setState: (state: ChartsState) => void;
  keeping: Keeping;
}

/** The charts of a page; its experiments stay the same as long as the page is there. */
export function createChartStore({ page, experimentIds }: ChartStoreOptions): ChartStore {
  const key = `trainyard.charts.${page}.${experimentIds.join("-")}`;
  const experiment = experimentIds.length === 1 ? experimentIds[0] : undefined;
  const [params, setParams] = useSearchParams<{ charts?: string }>();
  const [own, setOwn] = createSignal(readOwn(key));
  const [linked, setLinked] = createSignal<ChartsState>();
  const [view, setView] = createSignal<View>();
  const [ready, setReady] = createSignal(false);
  /** Addresses that were written here: they say nothing that is not known. */
  const written = new Set<string>();
  let gone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => {
    gone = true;
    clearTimeout(timer);
  });

  const saved = createMemo(() => {
    const found = view();
    return found && readCharts(views.readDefinition(found));
  });
  const arranged = () => linked() ?? own();
  const state = () => arranged() ?? saved();
  const modified = createMemo(() => {
    const shown = arranged();
    return shown !== undefined && JSON.stringify(shown) !== JSON.stringify(saved());
  });

  const found = experiment === undefined ? Promise.resolve(undefined) : savedFor(experiment, page);
  createEffect(
    on(
      () => params.charts,
      (packed) => {
        if (packed === undefined || !written.has(packed)) void read(packed);
      },
    ),
  );

  async function read(packed: string | undefined): Promise<void> {
    const [json, kept] = await Promise.all([packed === undefined ? undefined : unpack(packed), found]);
    if (gone || params.charts !== packed) return;
    setLinked(json === undefined ? undefined : readCharts(parsed(json)));
    if (ready()) return;
    setView(kept);
    setReady(true);
    if (packed === undefined) await write();
  }

  /** Keeps the address at what is shown, as long as that is not what everybody sees anyway. */
  async function write(): Promise<void> {
    const shown = arranged();
    const packed = shown && modified() ? await pack(JSON.stringify(shown)) : undefined;
    if (gone || packed === params.charts) return;
    if (packed !== undefined) written.add(packed);
    setParams({ charts: packed ?? null }, { replace: true, scroll: false });
  }

  function keepOwn(next: ChartsState | undefined): void {
    setLinked(undefined);
    setOwn(next);
    try {
      if (next) localStorage.setItem(key, JSON.stringify(next));
      else localStorage.removeItem(key);
    } catch {
      // Storage may be full or forbidden: kept in the address only.
    }
    clearTimeout(timer);
    timer = setTimeout(() => void write(), WRITE_MS);
  }

  async function save(experimentId: string): Promise<void> {
    const shown = state();
    if (!shown) return;
    const before = view();
    const definition = JSON.stringify({ page, ...shown });
    try {
      const now = before
        ? await views.update(before.view_id, { definition })
        : await views.create(experimentId, NAMES[page], definition);
      setView(now);
      keepOwn(undefined);
      toast("Saved for everybody who opens the charts of this experiment", {
        undo: async () => {
          if (before) setView(await views.update(before.view_id, { definition: before.definition }));
          else {
            await views.remove(now.view_id);
            setView(undefined);
          }
          keepOwn(shown);
        },
      });
    } catch (error) {
      toastError("The charts were not saved", error, () => save(experimentId));
    }
  }

  return {
    ready,
    state,
    setState: keepOwn,
    keeping: {
      modified,
      saved: () => saved() !== undefined,
      save: experiment === undefined ? undefined : () => save(experiment),
      revert() {
        const before = arranged();
        keepOwn(undefined);
        if (before) toast("The charts are as they were", { undo: () => keepOwn(before) });
      },
      link: async () => {
        await write();
        return location.href;
      },
    },
  };
}

/** Without an answer the page does without: what the reader has arranged is still there. */
async function savedFor(experimentId: string, page: string): Promise<View | undefined> {
  try {
    return (await views.list(experimentId)).find((one) => views.pageOf(one) === page);
  } catch {
    return undefined;
  }
}

function readOwn(key: string): ChartsState | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : readCharts(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
