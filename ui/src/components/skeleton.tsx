import { For, type JSX } from "solid-js";

import "./skeleton.css";

/** Grey lines where text is about to stand, of the same height, so that nothing jumps. */
export function Skeleton(props: { lines?: number; label?: string }): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={props.label ?? "Loading"}>
      <For each={Array.from({ length: props.lines ?? 3 })}>{() => <div class="skeleton-line" />}</For>
    </div>
  );
}
