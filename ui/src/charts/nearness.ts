import { type Accessor, createMemo, createSignal, onCleanup, onMount } from "solid-js";

/** From so many pixels on something is prepared, before it is seen. */
const NEAR = 400;
/** Farther away than so many, it is given up: far enough that who scrolls up and down a little waits for nothing. */
const FAR = 1600;

export interface Nearness {
  /** In sight, or next to it. */
  near: Accessor<boolean>;
  /** Whether to have on the page what it costs memory to have there. */
  kept: Accessor<boolean>;
}

/** Tells what is near the part of the page that is seen; what has the focus is kept wherever it is. */
export function createNearness(element: () => HTMLElement): Nearness {
  const [near, setNear] = createSignal(false);
  const [far, setFar] = createSignal(true);
  const [focused, setFocused] = createSignal(false);
  const kept = createMemo<boolean>((before) => near() || (before && (!far() || focused())), false);

  onMount(() => {
    const watched = element();
    const stopNear = watch(watched, NEAR, setNear);
    const stopFar = watch(watched, FAR, (within) => setFar(!within));
    const focus = () => setFocused(true);
    const blur = () => setFocused(false);
    watched.addEventListener("focusin", focus);
    watched.addEventListener("focusout", blur);
    onCleanup(() => {
      stopNear();
      stopFar();
      watched.removeEventListener("focusin", focus);
      watched.removeEventListener("focusout", blur);
    });
  });

  return { near, kept };
}

function watch(element: HTMLElement, margin: number, tell: (within: boolean) => void): () => void {
  // Charts beside a table scroll in a part of the page, whose edge only the second margin moves. Browsers that do not know it
  // prepare nothing there before it is seen.
  const margins: IntersectionObserverInit & { scrollMargin: string } = {
    rootMargin: `${String(margin)}px`,
    scrollMargin: `${String(margin)}px`,
  };
  const observer = new IntersectionObserver((entries) => tell(entries.at(-1)?.isIntersecting === true), margins);
  observer.observe(element);
  return () => observer.disconnect();
}
