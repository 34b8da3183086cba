import { For, type JSX } from "solid-js";

import { Dialog } from "./dialog";
import { modifier, shortcutGroups } from "./shortcuts";

import "./shortcut-help.css";

const NAMES: Record<string, string> = {
  mod: modifier,
  shift: "Shift",
  alt: "Alt",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
  Escape: "Esc",
};

/** All keys that work on the page below. */
export default function ShortcutHelp(props: { onClose: () => void }): JSX.Element {
  const groups = () => shortcutGroups().filter((group) => group.shortcuts.length > 0);
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => props.onClose()} wide>
      <div class="keys-groups">
        <For each={groups()}>
          {(group) => (
            <section>
              <h3>{group.name}</h3>
              <dl class="keys">
                <For each={group.shortcuts}>
                  {(one) => (
                    <div>
                      <dt>{one.does}</dt>
                      <dd>
                        <For each={parts(one.keys)}>{(key) => <kbd>{key}</kbd>}</For>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
      </div>
    </Dialog>
  );
}

/** `mod+k` and `g e` as what is printed on the keys. */
function parts(keys: string): string[] {
  const single = keys === " " ? [keys] : keys.split(" ").flatMap((key) => (key === "+" ? [key] : key.split("+")));
  return single.map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}
