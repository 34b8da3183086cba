/** Where the arrow keys lead among tabs or the choices of a group, which take part in the Tab order as one. */
export function rovingPlace(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowLeft":
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** For `onKeyDown` of a `tablist` or `radiogroup`: chooses what the key leads to, and moves the focus there. */
export function roving(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const choices = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab], [role=radio]")];
  const at = choices.indexOf(document.activeElement as HTMLElement);
  const place = at < 0 ? undefined : rovingPlace(event.key, at, choices.length);
  const next = place === undefined ? undefined : choices[place];
  if (!next) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
  next.click();
}
