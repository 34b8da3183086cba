import { For, type JSX } from "solid-js";

import { Dialog } from "./dialog";
import { type Part, SHORTCUTS } from "./shortcut-list";
import { orderedParts } from "./shortcut-order";
import { activeParts, characterKeys, chooseCharacterKeys, isOfCharacters, modifier } from "./shortcuts";

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

/** Parts whose keys a widget answers to itself while it has the focus: these are not switched off. */
const OF_WIDGETS: ReadonlySet<Part> = new Set(["charts", "columns", "handles", "table"]);

/** All keys of all pages; those of the page below first. */
export default function ShortcutHelp(props: { onClose: () => void }): JSX.Element {
  const parts = () => orderedParts(activeParts());
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => props.onClose()} wide>
      <label class="keys-switch">
        <input
          type="checkbox"
          checked={characterKeys()}
          onChange={(event) => chooseCharacterKeys(event.currentTarget.checked)}
        />
        <span>
          Keys that are a letter or a sign alone
          <span class="muted"> (without them the rest works, and this list opens by the button at the side)</span>
        </span>
      </label>
      <Keys name="Here" parts={parts().here} />
      <h2 class="keys-elsewhere">On other pages</h2>
      <Keys name="On other pages" parts={parts().elsewhere} />
    </Dialog>
  );
}

function Keys(props: { name: string; parts: readonly Part[] }): JSX.Element {
  return (
    <div class="keys-groups" role="group" aria-label={props.name}>
      <For each={props.parts}>
        {(part) => (
          <section>
            <h3>{SHORTCUTS[part].name}</h3>
            <dl class="keys">
              <For each={Object.entries(SHORTCUTS[part].keys)}>
                {([keys, does]) => (
                  <div data-off={!characterKeys() && !OF_WIDGETS.has(part) && isOfCharacters(keys) ? "" : undefined}>
                    <dt>{does}</dt>
                    <dd>
                      <For each={printed(keys)}>{(key) => <kbd>{key}</kbd>}</For>
                    </dd>
                  </div>
                )}
              </For>
            </dl>
          </section>
        )}
      </For>
    </div>
  );
}

/** `mod+k` and `g e` as what is printed on the keys. */
function printed(keys: string): string[] {
  const single = keys === " " ? [keys] : keys.split(" ").flatMap((key) => (key === "+" ? [key] : key.split("+")));
  return single.map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}
