import { createSignal } from "solid-js";

const [dialogs, setDialogs] = createSignal<readonly HTMLDialogElement[]>([]);

/** The window that lies over everything else, while there is one. */
export function topDialog(): HTMLDialogElement | undefined {
  return dialogs().at(-1);
}

/** Puts a window on top; what it returns takes it away. */
export function pushDialog(element: HTMLDialogElement): () => void {
  setDialogs((all) => [...all, element]);
  return () => setDialogs((all) => all.filter((one) => one !== element));
}
