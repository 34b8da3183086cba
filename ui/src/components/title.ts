import { createEffect, onCleanup } from "solid-js";

/** The tab's title while the calling page is there. */
export function useTitle(title: () => string | undefined): void {
  createEffect(() => {
    const text = title();
    document.title = text === undefined || text === "" ? "Trainyard" : `${text} · Trainyard`;
  });
  onCleanup(() => {
    document.title = "Trainyard";
  });
}
