// Colours of runs: a run has the same colour in every chart and beside its row.
//
// The colour follows from the run's id, so that it survives reloads and is the same for everybody. Of runs that are on
// the page together, one whose colour is taken moves on to the next free one.

import { createRoot, createSignal } from "solid-js";

import { ColorSlots, paletteColor, type Theme } from "./palette";

const slots = new ColorSlots();

/** The colour of a run in the theme in force; follows a change of theme. */
export function runColor(runId: string): string {
  return paletteColor(slots.slot(runId), chartTheme().dark);
}

/** The colours in force, read from the page's custom properties whenever the theme changes. */
export const chartTheme = createRoot(() => {
  const [current, setCurrent] = createSignal(readTheme());
  // The attribute changes after the choice of a theme, and the custom properties with it.
  const observer = new MutationObserver(() => setCurrent(readTheme()));
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return current;
});

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const property = (name: string): string => style.getPropertyValue(name).trim() || "gray";
  return {
    dark: document.documentElement.dataset["theme"] === "dark",
    text: property("--text"),
    muted: property("--muted"),
    grid: property("--line"),
    surface: property("--surface"),
    accent: property("--accent"),
  };
}
