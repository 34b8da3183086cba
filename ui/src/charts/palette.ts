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
  return fromOklch(lightness, chroma, hue % 360);
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
  return fromOklch(lightness, 0.1 + 0.05 * Math.sin(at * Math.PI), 280 - 190 * at);
}

/**
 * A colour of OKLCH as `#rrggbb`: programs that draw SVG files know no other form. What a screen cannot show is cut off.
 *
 * The numbers are those of Björn Ottosson's definition of OKLab.
 */
function fromOklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue / 180) * Math.PI);
  const b = chroma * Math.sin((hue / 180) * Math.PI);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const hex = linear.map((light) => {
    const cut = Math.min(Math.max(light, 0), 1);
    const share = cut <= 0.0031308 ? 12.92 * cut : 1.055 * cut ** (1 / 2.4) - 0.055;
    return Math.round(share * 255)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${hex.join("")}`;
}

/** Dash patterns that tell metrics of one run apart within a chart; the first is a full line. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [14, 6], [1, 5]];
