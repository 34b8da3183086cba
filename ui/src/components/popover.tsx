import { createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";

import "./popover.css";

export interface PopoverProps {
  /** What it belongs to and is placed below (above, where there is more room). */
  anchor: HTMLElement;
  onClose: () => void;
  /** Name for screen readers. */
  label: string;
  role?: "dialog" | "menu" | "listbox";
  /** Its right edge meets the anchor's instead of its left edge. */
  end?: boolean;
  class?: string;
  /** Leaves the focus where it is: in the field that the window completes. */
  keepFocus?: boolean;
  children: JSX.Element;
}

/** A small window beside what opened it. Closes on Escape, a press elsewhere, or when the focus leaves it. */
export function Popover(props: PopoverProps): JSX.Element {
  let element!: HTMLDivElement;

  function place(): void {
    const anchor = props.anchor.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const below = innerHeight - anchor.bottom - 12;
    const above = anchor.top - 12;
    const upward = height > below && above > below;
    const left = props.end === true ? anchor.right - width : anchor.left;
    element.style.left = `${String(Math.max(8, Math.min(left, innerWidth - width - 8)))}px`;
    element.style.maxHeight = `${String(Math.max(160, upward ? above : below))}px`;
    if (upward) {
      element.style.bottom = `${String(innerHeight - anchor.top + 4)}px`;
      element.style.top = "auto";
    } else {
      element.style.top = `${String(anchor.bottom + 4)}px`;
      element.style.bottom = "auto";
    }
  }

  onMount(() => {
    const before = document.activeElement;
    place();
    const first = element.querySelector<HTMLElement>("[autofocus], input, [role^=menuitem], button");
    if (props.keepFocus !== true) (first ?? element).focus({ preventScroll: true });
    const press = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!element.contains(target) && !props.anchor.contains(target)) props.onClose();
    };
    const resized = new ResizeObserver(place);
    resized.observe(element);
    document.addEventListener("pointerdown", press, true);
    addEventListener("resize", place);
    onCleanup(() => {
      resized.disconnect();
      document.removeEventListener("pointerdown", press, true);
      removeEventListener("resize", place);
      const active = document.activeElement;
      const lost = active === null || active === document.body || element.contains(active);
      if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    });
  });

  return (
    <Portal mount={props.anchor.closest("dialog") ?? document.body}>
      <div
        ref={element}
        class={`popover ${props.class ?? ""}`}
        role={props.role ?? "dialog"}
        aria-label={props.label}
        tabIndex={-1}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key !== "Escape") return;
          event.preventDefault();
          props.onClose();
        }}
        onFocusOut={(event) => {
          const to = event.relatedTarget;
          if (to instanceof Node && !element.contains(to) && !props.anchor.contains(to) && !isOver(to)) props.onClose();
        }}
      >
        {props.children}
      </div>
    </Portal>
  );
}

/** Whether the focus went to a window that was opened from this one. */
function isOver(node: Node): boolean {
  return node instanceof Element && node.closest("dialog, .popover") !== null;
}

export interface PopoverButtonProps {
  label: string;
  role?: "dialog" | "menu" | "listbox";
  end?: boolean;
  class?: string;
  /** The button; gets what it has to put on itself. */
  button: (bind: {
    ref: (element: HTMLButtonElement) => void;
    onClick: () => void;
    "aria-expanded": boolean;
    "aria-haspopup": "dialog" | "menu" | "listbox";
  }) => JSX.Element;
  children: (close: () => void) => JSX.Element;
}

/** A button that opens a popover. */
export function PopoverButton(props: PopoverButtonProps): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let anchor!: HTMLButtonElement;
  return (
    <>
      {props.button({
        ref: (element) => (anchor = element),
        onClick: () => setOpen(!open()),
        get "aria-expanded"() {
          return open();
        },
        get "aria-haspopup"() {
          return props.role ?? "dialog";
        },
      })}
      <Show when={open()}>
        <Popover
          anchor={anchor}
          label={props.label}
          role={props.role ?? "dialog"}
          end={props.end ?? false}
          class={props.class ?? ""}
          onClose={() => setOpen(false)}
        >
          {props.children(() => setOpen(false))}
        </Popover>
      </Show>
    </>
  );
}
