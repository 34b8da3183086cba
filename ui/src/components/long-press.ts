/** A finger that stays where it is: what the right button does with a mouse. */
const HOLD_MS = 500;
const SLACK = 10;

/** Calls `held` with what a finger rests on; what it returns is taken away when the element goes. */
export function onLongPress(element: HTMLElement, held: (target: Element) => boolean): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const down = (event: PointerEvent): void => {
    stop();
    if (event.pointerType !== "touch" || !event.isPrimary || !(event.target instanceof Element)) return;
    const { target } = event;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      timer = undefined;
      if (!held(target)) return;
      // Lifting the finger would count as a click, which takes the focus from what has been opened.
      element.addEventListener("touchend", (lifted) => lifted.preventDefault(), { once: true, passive: false });
    }, HOLD_MS);
  };
  const move = (event: PointerEvent): void => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK) stop();
  };
  const ends = ["pointerup", "pointercancel", "scroll", "contextmenu"];
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  for (const end of ends) element.addEventListener(end, stop, { passive: true });
  return () => {
    stop();
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    for (const end of ends) element.removeEventListener(end, stop);
  };
}
