import { createSignal, onCleanup } from "solid-js";

export interface Shortcut {
  /** `mod+k`, `shift+ArrowDown`, `?`, or two keys after each other: `g e`. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
  keys: string;
  /** For the page of all keys: an imperative. */
  does: string;
  /** Left out where a widget answers to the key itself, and the key is only listed. */
  run?: (event: KeyboardEvent) => void;
  /** Also while a field has the focus. */
  inFields?: boolean;
}

interface Group {
  name: string;
  shortcuts: readonly Shortcut[];
}

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
/** What `mod` is called on this keyboard. */
export const modifier = mac ? "⌘" : "Ctrl";

const [groups, setGroups] = createSignal<readonly Group[]>([]);

/** The keys that work now, for the page that shows them. */
export { groups as shortcutGroups };

/** Keys that work, and are listed, as long as the calling component is there. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const group = { name, shortcuts };
  setGroups((all) => [...all, group]);
  onCleanup(() => setGroups((all) => all.filter((one) => one !== group)));
}

let first = "";
let firstAt = 0;

/** Listens for the whole document; a component nearer to the key has already had its say. */
export function runShortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = nameOf(event);
  const pair = event.timeStamp - firstAt < 1200 ? `${first} ${pressed}` : undefined;
  const inField = isField(event.target);
  const all = groups()
    .toReversed()
    .flatMap((group) => group.shortcuts)
    .filter((one) => one.run !== undefined);
  const found =
    all.find((one) => one.keys === pair && !inField) ??
    all.find((one) => one.keys === pressed && (one.inFields === true || !inField));
  first = inField ? "" : pressed;
  firstAt = event.timeStamp;
  if (!found) return;
  first = "";
  event.preventDefault();
  found.run?.(event);
}

/** The name of a key press in the form of `Shortcut.keys`. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  // Shift is part of a sign (`?`), and named only with keys that it does not change.
  const shift = event.shiftKey && event.key.length > 1;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

/** Whether keys are for what has the focus: a field, or a window over the page. */
function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=checkbox], [type=radio]), textarea, select") ||
      target.closest("dialog, .popover") !== null)
  );
}
