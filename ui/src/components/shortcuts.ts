import { createSignal, onCleanup } from "solid-js";

import type { KeysOf, Part } from "./shortcut-list";

type Run = (event: KeyboardEvent) => void;
type Action = Run | { run: Run; inFields: true };

interface Shortcut {
  keys: string;
  run: Run;
  /** Also while a field has the focus. */
  inFields: boolean;
}

interface Group {
  part: Part;
  shortcuts: readonly Shortcut[];
}

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
/** What `mod` is called on this keyboard. */
export const modifier = mac ? "⌘" : "Ctrl";

const [groups, setGroups] = createSignal<readonly Group[]>([]);

/** The parts of the page that is shown, whose keys work now: what was shown last comes last. */
export function activeParts(): Part[] {
  return groups().map((group) => group.part);
}

/**
 * Keys of a part of the page, as long as the calling component is there. Those that a widget answers to itself are named in
 * the list only.
 */
export function useShortcuts<P extends Part>(part: P, keys: Partial<Record<KeysOf<P>, Action>> = {}): void {
  const given = Object.entries(keys) as [string, Action | undefined][];
  const shortcuts = given.flatMap(([name, does]): Shortcut[] => {
    if (does === undefined) return [];
    return [typeof does === "function" ? { keys: name, run: does, inFields: false } : { keys: name, ...does }];
  });
  const group = { part, shortcuts };
  setGroups((all) => [...all, group]);
  onCleanup(() => setGroups((all) => all.filter((one) => one !== group)));
}

const STORED = "trainyard.character-keys";
const [characterKeys, setCharacterKeys] = createSignal(storedCharacterKeys());
export { characterKeys };

/** Storage may be forbidden, which is no reason to fail. */
function storedCharacterKeys(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** Switches keys on or off, in this browser, that are letters or signs alone: who speaks to the computer presses them by accident. */
export function chooseCharacterKeys(on: boolean): void {
  setCharacterKeys(on);
  try {
    if (on) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  } catch {
    // Kept for this page only.
  }
}

/** Whether a shortcut is made of letters and signs alone: `?`, `g e`, but neither `mod+k` nor `Delete`. */
export function isOfCharacters(keys: string): boolean {
  return keys.split(" ").every((key) => key.length === 1);
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
    .filter((one) => characterKeys() || !isOfCharacters(one.keys));
  const found =
    all.find((one) => one.keys === pair && !inField) ??
    all.find((one) => one.keys === pressed && (one.inFields || !inField));
  first = inField ? "" : pressed;
  firstAt = event.timeStamp;
  if (!found) return;
  first = "";
  event.preventDefault();
  found.run(event);
}

/** The name of a key press in the form of the list of shortcuts. */
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
