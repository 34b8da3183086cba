/** What has been typed while the window that it was meant for was still on its way. */
export interface HeldKeys {
  /** Ends the holding; gives the text that was typed. */
  take: () => string;
}

/**
 * Holds keys back from the page until they are taken. A window whose code has to be loaded would otherwise lose the first letters, and
 * the page would take them for its own shortcuts.
 */
export function holdKeys(onEscape: () => void): HeldKeys {
  let text = "";
  const hold = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") onEscape();
    else if (event.key === "Backspace") text = text.slice(0, -1);
    else if (event.key.length === 1) text += event.key;
    // Neither presses what has the focus on the page, nor moves it there.
    else if (event.key !== "Enter" && event.key !== "Tab") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("keydown", hold, { capture: true });
  return {
    take: () => {
      removeEventListener("keydown", hold, { capture: true });
      return text;
    },
  };
}
