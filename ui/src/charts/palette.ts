// Colours by slot: pure arithmetic, so that a run's colour is the same everywhere.

/** The colours that charts draw with, as CSS colours. */
export interface Theme {
  dark: boolean;
  text: string;
  muted: string;
  grid: string;
  surface: string;
  accent: string;
}

// Hues a reader tells apart: spread evenly over OKLCH's circle, taken in an order that puts neighbours far from each other.
const HUES = [250, 30, 145, 310, 85, 200, 0, 275, 115, 55, 170, 335];
const TONES = 3;

/** How many different colours there are. */
export const COLOR_COUNT = HUES.length * TONES;

/** A colour of the palette; readable on the page's background in both themes. */
export function paletteColor(slot: number, dark: boolean): string {
  const index = ((slot % COLOR_COUNT) + COLOR_COUNT) % COLOR_COUNT;
  const hue = (HUES[index % HUES.length] ?? 0) + Math.floor(index / HUES.length) * 10;
  const tone = Math.floor(index / HUES.length);
  const lightness = (dark ? [0.76, 0.64, 0.87] : [0.56, 0.42, 0.64])[tone] ?? 0.6;
  const chroma = [0.15, 0.12, 0.1][tone] ?? 0.12;
  return `oklch(${String(lightness)} ${String(chroma)} ${String(hue % 360)})`;
}

/** FNV-1a: short, and spreads ids that differ in one digit. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/** Hands out slots of the palette. */
export class ColorSlots {
  readonly #slots = new Map<string, number>();
  readonly #uses = new Array<number>(COLOR_COUNT).fill(0);

  /** The slot of an id: the one its hash asks for or, if taken, the next that is used least. Never changes. */
  slot(id: string): number {
    const known = this.#slots.get(id);
    if (known !== undefined) return known;
    const wanted = hashText(id) % HUES.length;
    let best = wanted;
    // All hues of the first tone before any of the others: few runs are told apart by hue.
    for (let i = 0; i < COLOR_COUNT; i++) {
      const tone = Math.floor(i / HUES.length);
      const candidate = tone * HUES.length + ((wanted + i) % HUES.length);
      if ((this.#uses[candidate] ?? 0) < (this.#uses[best] ?? 0)) best = candidate;
    }
    this.#uses[best] = (this.#uses[best] ?? 0) + 1;
    this.#slots.set(id, best);
    return best;
  }
}

/** A colour between two ends for a share of 0 to 1: for charts that colour by a value. */
export function rampColor(share: number, dark: boolean): string {
  const at = Math.min(Math.max(Number.isFinite(share) ? share : 0, 0), 1);
  const lightness = dark ? 0.45 + 0.45 * at : 0.85 - 0.5 * at;
  return `oklch(${lightness.toFixed(3)} ${(0.1 + 0.05 * Math.sin(at * Math.PI)).toFixed(3)} ${(280 - 190 * at).toFixed(1)})`;
}

/** Dash patterns that tell metrics of one run apart within a chart; the first is a full line. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [14, 6], [1, 5]];
