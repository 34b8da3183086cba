import { For, type JSX, Show } from "solid-js";

import { Button } from "./button";
import { Icon, type IconName } from "./icons";
import { PopoverButton } from "./popover";

import "./menu.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** Shown at the right: a key, a number. */
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A choice that is on or off. */
  checked?: boolean;
  /** A line above it. */
  separated?: boolean;
  run: () => void;
}

/** The entries of a menu; arrows, Home, End and first letters move in it. */
export function MenuList(props: { items: readonly MenuItem[]; onClose: () => void }): JSX.Element {
  let list!: HTMLDivElement;
  const move = (event: KeyboardEvent) => {
    // A menu may be of several lists, one below the other.
    const menu = list.closest<HTMLElement>("[role=menu]") ?? list;
    const entries = [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])")];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    let next: HTMLElement | undefined;
    if (event.key === "ArrowDown") next = entries[(at + 1) % entries.length];
    else if (event.key === "ArrowUp") next = entries[(at - 1 + entries.length) % entries.length];
    else if (event.key === "Home") next = entries[0];
    else if (event.key === "End") next = entries.at(-1);
    else if (event.key.length === 1 && event.key !== " ") {
      const later = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
      next = later.find((entry) => entry.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
    } else if (event.key === "Tab") props.onClose();
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <div class="menu" ref={list} onKeyDown={move}>
      <For each={props.items}>
        {(item) => (
          <button
            type="button"
            class="menu-item"
            role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
            aria-checked={item.checked}
            aria-disabled={item.disabled === true ? true : undefined}
            data-danger={item.danger === true ? "" : undefined}
            data-separated={item.separated === true ? "" : undefined}
            tabIndex={-1}
            onClick={() => {
              if (item.disabled === true) return;
              props.onClose();
              item.run();
            }}
          >
            <span class="menu-icon">
              <Show when={item.checked === true ? ("check" as const) : item.icon}>
                {(name) => <Icon name={name()} />}
              </Show>
            </span>
            <span class="menu-label">{item.label}</span>
            <Show when={item.hint}>{(hint) => <span class="menu-hint">{hint()}</span>}</Show>
          </button>
        )}
      </For>
    </div>
  );
}

export interface MenuButtonProps {
  label: string;
  icon?: IconName;
  /** Beside the icon; without it the label is only read aloud. */
  text?: string;
  kind?: "plain" | "quiet" | "primary";
  items: readonly MenuItem[];
  end?: boolean;
  disabled?: boolean;
}

/** A button that opens a menu. */
export function MenuButton(props: MenuButtonProps): JSX.Element {
  return (
    <PopoverButton
      label={props.label}
      role="menu"
      end={props.end ?? false}
      button={(bind) => (
        <Button
          {...bind}
          kind={props.kind ?? "quiet"}
          icon={props.icon ?? "more"}
          label={props.label}
          disabled={props.disabled ?? false}
        >
          {props.text}
        </Button>
      )}
    >
      {(close) => <MenuList items={props.items} onClose={close} />}
    </PopoverButton>
  );
}
