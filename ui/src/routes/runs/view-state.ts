import { useSearchParams } from "@solidjs/router";
import { createEffect, createSignal, on, onCleanup } from "solid-js";

import { pack, unpack } from "../../data/pack";
import * as views from "../../data/views";
import type { View } from "../../wire";
import { DEFAULT_STATE, fromJson, toJson, type ViewState } from "./state";

export interface ViewStore {
  /** Undefined until the address has been read. */
  state: () => ViewState | undefined;
  update: (changes: Partial<ViewState>) => void;
  /** The saved view that the page began from. */
  saved: () => View | undefined;
  /** Why the saved view that the address names is not shown. */
  problem: () => unknown;
  /** Tries again to load it. */
  retry: () => void;
  /** Whether the page differs from it. */
  modified: () => boolean;
  /** Shows a saved view, or a new page. */
  open: (view: View | undefined) => void;
  /** Says that what is shown has been saved. */
  markSaved: (view: View) => void;
}

/**
 * The state of an experiment's page. It stands in the address at any time: `view` names a saved view, `state` holds what differs from
 * it, or everything where there is none.
 */
export function createViewStore(experimentId: () => string): ViewStore {
  const [params, setParams] = useSearchParams<{ view?: string; state?: string }>();
  const [state, setState] = createSignal<ViewState>();
  const [saved, setSaved] = createSignal<View>();
  const [problem, setProblem] = createSignal<unknown>();
  let written: string | undefined;
  let reading = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // An undo may come when another page is open, whose address this store must not touch.
  let disposed = false;
  onCleanup(() => {
    disposed = true;
    clearTimeout(timer);
  });

  const address = () => JSON.stringify([experimentId(), params.view ?? "", params.state ?? ""]);
  createEffect(
    on(address, (now) => {
      if (now !== written) void read(params.view, params.state);
    }),
  );

  async function read(viewId: string | undefined, packed: string | undefined): Promise<void> {
    const ticket = ++reading;
    clearTimeout(timer);
    // Going back and forth, an address that was written once may come again.
    written = undefined;
    let view: View | undefined;
    let failure: unknown;
    try {
      if (viewId !== undefined) view = await views.getView(viewId);
    } catch (error) {
      failure = error;
    }
    const json = packed === undefined ? view?.definition : await unpack(packed);
    if (ticket !== reading) return;
    setProblem(failure);
    setSaved(view);
    setState(json === undefined ? DEFAULT_STATE : fromJson(json));
  }

  async function write(): Promise<void> {
    const now = state();
    if (!now) return;
    const ticket = reading;
    const json = toJson(now);
    const plain = json === (saved() ? toJson(fromJson(saved()?.definition ?? "")) : "{}");
    const packed = plain ? undefined : await pack(json);
    if (ticket !== reading || disposed) return;
    // A view that could not be loaded stays in the address: it may be there the next time.
    const view = saved()?.view_id ?? (problem() === undefined ? undefined : params.view);
    written = JSON.stringify([experimentId(), view ?? "", packed ?? ""]);
    setParams({ view: view ?? null, state: packed ?? null }, { replace: true, scroll: false });
  }

  function writeSoon(): void {
    clearTimeout(timer);
    if (!disposed) timer = setTimeout(() => void write(), 120);
  }

  return {
    state,
    saved,
    problem,
    retry: () => void read(params.view, params.state),
    update: (changes) => {
      setState((before) => before && { ...before, ...changes });
      writeSoon();
    },
    modified: () => {
      const view = saved();
      const now = state();
      return view !== undefined && now !== undefined && toJson(now) !== toJson(fromJson(view.definition));
    },
    open: (view) => {
      setProblem(undefined);
      setSaved(view);
      setState(view ? fromJson(view.definition) : DEFAULT_STATE);
      writeSoon();
    },
    markSaved: (view) => {
      setProblem(undefined);
      setSaved(view);
      writeSoon();
    },
  };
}
