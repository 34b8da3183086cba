import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, onCleanup, Show } from "solid-js";

import { Popover } from "../components/popover";

export interface KeyPickerProps {
  /** What is chosen here, for screen readers and as the placeholder. */
  label: string;
  value: string;
  /** Names that contain a text. */
  suggest: (contains: string) => Promise<string[]>;
  onChoose: (key: string) => void;
}

const PAUSE_MS = 120;

/** A field that completes the name of a metric or param, among thousands. */
export function KeyPicker(props: KeyPickerProps): JSX.Element {
  const listId = createUniqueId();
  const [open, setOpen] = createSignal(false);
  const [text, setText] = createSignal("");
  const [found, setFound] = createSignal<readonly string[]>([]);
  const [at, setAt] = createSignal(0);
  const [failed, setFailed] = createSignal(false);
  let input!: HTMLInputElement;
  // Until the answer is here, the names are those of an older text: Enter takes none that has nothing of the newer one.
  const names = createMemo(() => {
    const typed = text().toLowerCase();
    return found().filter((name) => name.toLowerCase().includes(typed));
  });

  createEffect(
    on([open, text], ([isOpen, contains]) => {
      if (!isOpen) return;
      let wanted = true;
      const timer = setTimeout(() => {
        props.suggest(contains).then(
          (names) => {
            if (!wanted) return;
            setFound(names);
            setAt(0);
            setFailed(false);
          },
          () => {
            if (wanted) setFailed(true);
          },
        );
      }, PAUSE_MS);
      onCleanup(() => {
        wanted = false;
        clearTimeout(timer);
      });
    }),
  );

  function choose(name: string): void {
    setOpen(false);
    setText("");
    props.onChoose(name);
  }

  function press(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" && !open()) setOpen(true);
    else if (event.key === "ArrowDown") setAt(Math.min(at() + 1, names().length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at() - 1, 0));
    else if (event.key === "Escape" && open()) setOpen(false);
    else if (event.key === "Enter" && open()) {
      // A name that is typed in full is taken even where the list has not come yet.
      const name = names()[at()] ?? text();
      if (name !== "") choose(name);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <input
        ref={input}
        class="input key-picker"
        role="combobox"
        aria-label={props.label}
        aria-expanded={open()}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open() && names().length > 0 ? `${listId}-${String(at())}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={props.value === "" ? props.label : props.value}
        value={open() ? text() : props.value}
        title={props.value}
        onFocus={() => {
          setText("");
        }}
        onClick={() => setOpen(true)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <Show when={open()}>
        <Popover
          anchor={input}
          label={props.label}
          role="listbox"
          class="key-list"
          keepFocus
          onClose={() => setOpen(false)}
        >
          <ul id={listId} role="listbox" aria-label={props.label}>
            <For
              each={names()}
              fallback={<li class="key-none muted">{failed() ? "The names could not be loaded." : "No such name."}</li>}
            >
              {(name, index) => (
                <li
                  id={`${listId}-${String(index())}`}
                  role="option"
                  aria-selected={index() === at()}
                  class="key-option"
                  ref={(element) => {
                    createEffect(() => {
                      if (index() === at()) element.scrollIntoView({ block: "nearest" });
                    });
                  }}
                  onPointerDown={(event) => {
                    // The field keeps the focus.
                    event.preventDefault();
                    choose(name);
                  }}
                >
                  {name}
                </li>
              )}
            </For>
          </ul>
        </Popover>
      </Show>
    </>
  );
}
