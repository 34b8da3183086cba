import { createSignal, For, type JSX, Show } from "solid-js";

import { describe } from "../data/http";
import { Button } from "./button";

import "./toast.css";

export interface ToastOptions {
  kind?: "plain" | "bad";
  /** Takes back what the message tells of. A failure of it is told as well. */
  undo?: () => Promise<void> | void;
  /** Milliseconds; messages with an undo stay longer. */
  stay?: number;
}

interface Toast extends ToastOptions {
  id: number;
  message: string;
}

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
let next = 1;

function dismiss(id: number): void {
  setToasts((all) => all.filter((toast) => toast.id !== id));
}

/** Tells what has happened, at the lower edge, for some seconds. */
export function toast(message: string, options: ToastOptions = {}): void {
  const id = next++;
  setToasts((all) => [...all.slice(-2), { id, message, ...options }]);
  const stay = options.stay ?? (options.undo ? 12_000 : options.kind === "bad" ? 9000 : 4500);
  setTimeout(() => dismiss(id), stay);
}

/** Tells of an error that belongs to no place on the page. */
export function toastError(what: string, error: unknown): void {
  toast(`${what}: ${describe(error)}`, { kind: "bad" });
}

async function takeBack(undone: Toast): Promise<void> {
  dismiss(undone.id);
  try {
    await undone.undo?.();
  } catch (error) {
    toastError("Could not be undone", error);
  }
}

/** Takes back what the newest message offers to take back; whether there was one. */
export function undoLast(): boolean {
  const last = toasts().findLast((one) => one.undo !== undefined);
  if (last) void takeBack(last);
  return last !== undefined;
}

/** Where messages appear; once, in the frame. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      <For each={toasts()}>
        {(one) => (
          <div class="toast" data-kind={one.kind ?? "plain"}>
            <span class="toast-text">{one.message}</span>
            <Show when={one.undo}>
              <Button kind="quiet" icon="undo" onClick={() => void takeBack(one)}>
                Undo
              </Button>
            </Show>
            <Button kind="quiet" icon="close" label="Dismiss" onClick={() => dismiss(one.id)} />
          </div>
        )}
      </For>
    </div>
  );
}
