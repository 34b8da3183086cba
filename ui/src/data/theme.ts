import { createSignal } from "solid-js";

export type Theme = "dark" | "light";
export type ThemeChoice = Theme | "system";

const KEY = "trainyard.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

/** What is stored in the browser; storage may be forbidden, which is no reason to fail. */
function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "dark" || value === "light" ? value : "system";
  } catch {
    return "system";
  }
}

const [choice, setChoice] = createSignal<ThemeChoice>(stored());
const [system, setSystem] = createSignal<Theme>(prefersDark.matches ? "dark" : "light");
prefersDark.addEventListener("change", (event) => {
  setSystem(event.matches ? "dark" : "light");
  apply();
});

/** The theme that is shown now; charts redraw when it changes. */
export function theme(): Theme {
  const chosen = choice();
  return chosen === "system" ? system() : chosen;
}

export { choice as themeChoice };

/** Chooses a theme for this browser. */
export function chooseTheme(next: ThemeChoice): void {
  setChoice(next);
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Kept for this page only.
  }
  apply();
}

/** Puts the theme on the document. Called once before the first paint. */
export function apply(): void {
  document.documentElement.dataset["theme"] = theme();
}
