import { createSignal, For, type JSX, Show } from "solid-js";
import { Portal } from "solid-js/web";

import { ApiError, describe } from "../data/http";
import { Button } from "./button";
import { Countdown } from "./countdown";
import { topDialog } from "./dialog-stack";

import "./toast.css";

export interface ToastOptions {
  kind?: "plain" | "bad";
  /** Takes back what the message tells of. A failure of it is told as well. */
  undo?: () => Promise<void> | void;
  /** What can be done about it. */
  remedy?: { label: string; run: () => void };
  /** Milliseconds; messages with an undo stay longer. */
  stay?: number;
}

interface Toast extends ToastOptions {
  id: number;
  message: string;
  /** Until it goes. */
  countdown: Countdown;
}

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
/** A message that somebody turned away from stays so long at least. */
const LINGER_MS = 3000;
let next = 1;

function dismiss(id: number): void {
  setToasts((all) => all.filter((toast) => toast.id !== id));
}

/** Tells what has happened, at the lower edge, for some seconds. */
export function toast(message: string, options: ToastOptions = {}): void {
  const id = next++;
  const stay = options.stay ?? (options.undo || options.remedy ? 12_000 : options.kind === "bad" ? 9000 : 4500);
  const countdown = new Countdown(stay, () => dismiss(id));
  setToasts((all) => [...all.slice(-2), { id, message, countdown, ...options }]);
}

/** Tells of an error that belongs to no place on the page, and offers to do again what failed, where that may help. */
export function toastError(what: string, error: unknown, again?: () => unknown): void {
  const mayHelp = again !== undefined && error instanceof ApiError && error.transient;
  toast(`${what}: ${describe(error)}`, {
    kind: "bad",
    ...(mayHelp && { remedy: { label: "Try again", run: () => void again() } }),
  });
}

async function takeBack(undone: Toast): Promise<void> {
  dismiss(undone.id);
  try {
    await undone.undo?.();
  } catch (error) {
    toastError("Could not be undone", error, () => takeBack(undone));
  }
}

/** Takes back what the newest message offers to take back; whether there was one. */
export function undoLast(): boolean {
  const last = toasts().findLast((one) => one.undo !== undefined);
  if (last) void takeBack(last);
  return last !== undefined;
}

/** Where messages appear; once, in the frame. A window makes all beside it inert, so they are shown within the one on top. */
export function Toasts(): JSX.Element {
  return (
    <Portal mount={topDialog() ?? document.body}>
      <div class="toasts" role="status" aria-live="polite">
        <For each={toasts()}>{(one) => <Message toast={one} />}</For>
      </div>
    </Portal>
  );
}

/** Stays as long as it is pointed at or has the focus. */
function Message(props: { toast: Toast }): JSX.Element {
  const one = () => props.toast;
  return (
    <div
      class="toast"
      data-kind={one().kind ?? "plain"}
      ref={(element) => {
        for (const event of ["pointerenter", "focusin"]) {
          element.addEventListener(event, () => one().countdown.hold());
        }
        for (const event of ["pointerleave", "focusout"]) {
          element.addEventListener(event, () => one().countdown.resume(LINGER_MS));
        }
      }}
    >
      <span class="toast-text">{one().message}</span>
      <Show when={one().undo}>
        <Button kind="quiet" icon="undo" onClick={() => void takeBack(one())}>
          Undo
        </Button>
      </Show>
      <Show when={one().remedy}>
        {(remedy) => (
          <Button
            kind="quiet"
            icon="refresh"
            onClick={() => {
              dismiss(one().id);
              remedy().run();
            }}
          >
            {remedy().label}
          </Button>
        )}
      </Show>
      <Button kind="quiet" icon="close" label="Dismiss" onClick={() => dismiss(one().id)} />
    </div>
  );
}
