import { createUniqueId, type JSX, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";

import { Button } from "./button";
import { pushDialog } from "./dialog-stack";

import "./dialog.css";

export interface DialogProps {
  title: string;
  /** Asked to close: by Escape, the cross, or a click beside it. The owner takes it off the page. */
  onClose: () => void;
  /** Enter in a field; the buttons below are submit buttons of this form. */
  onSubmit?: () => void;
  /** Buttons below the content. */
  actions?: JSX.Element;
  wide?: boolean;
  children: JSX.Element;
}

/**
 * A window over the page, on the browser's own <dialog>: it keeps the focus inside, makes the rest inert and gives the
 * focus back. Shown as long as it is mounted.
 */
export function Dialog(props: DialogProps): JSX.Element {
  const titleId = createUniqueId();
  let element!: HTMLDialogElement;
  onMount(() => {
    const before = document.activeElement;
    element.showModal();
    const remove = pushDialog(element);
    // A dialog that is taken off the page without being closed keeps the focus from going back.
    onCleanup(() => {
      remove();
      element.close();
      const active = document.activeElement;
      const lost = active === null || active === document.body || element.contains(active);
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    });
    const first = element.querySelector<HTMLElement>("[autofocus], input, textarea, select, .dialog-actions button");
    first?.focus();
  });
  return (
    <Portal>
      <dialog
        ref={element}
        class="dialog"
        data-wide={props.wide === true ? "" : undefined}
        aria-labelledby={titleId}
        onCancel={(event) => {
          event.preventDefault();
          props.onClose();
        }}
        onPointerDown={(event) => {
          if (event.target === element) props.onClose();
        }}
        onKeyDown={(event) => event.stopPropagation()}
      >
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            props.onSubmit?.();
          }}
        >
          <header class="dialog-head">
            <h2 id={titleId}>{props.title}</h2>
            <Button kind="quiet" icon="close" label="Close" onClick={() => props.onClose()} />
          </header>
          <div class="dialog-body">{props.children}</div>
          <Show when={props.actions}>
            <footer class="dialog-actions">{props.actions}</footer>
          </Show>
        </form>
      </dialog>
    </Portal>
  );
}
