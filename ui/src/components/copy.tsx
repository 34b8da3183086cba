import { createSignal, type JSX, onCleanup } from "solid-js";

import { Button } from "./button";
import { toastError } from "./toast";

/** Puts a text on the clipboard, also where the page is not served over HTTPS. */
export async function copyText(text: string): Promise<void> {
  if ("clipboard" in navigator && isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("the browser does not allow it");
}

/** Copies a text and shows for a moment that it did. */
export function CopyButton(props: { text: string; label: string }): JSX.Element {
  const [done, setDone] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    try {
      await copyText(props.text);
      setDone(true);
      clearTimeout(timer);
      timer = setTimeout(() => setDone(false), 1500);
    } catch (error) {
      toastError("Not copied", error);
    }
  };
  return (
    <Button
      kind="quiet"
      icon={done() ? "check" : "copy"}
      label={done() ? "Copied" : props.label}
      onClick={() => void copy()}
    />
  );
}
