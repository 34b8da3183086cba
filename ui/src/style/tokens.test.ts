import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

/** The colours of a theme; the dark one is written over the light one. */
function colours(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]),
  );
}

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["bg", "surface", "raised", "sunken", "hover", "selected"];
const TEXTS = ["text", "muted", "faint", "accent", "accent-hover", "good", "bad", "warn", "busy"];
/** Texts that have a ground of their own. */
const PAIRS = [
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["good", "good-bg"],
  ["bad", "bad-bg"],
  ["warn", "warn-bg"],
  ["busy", "busy-bg"],
  ["text", "mark"],
];

describe.each([
  ["light", ":root"],
  ["dark", ':root[data-theme="dark"]'],
])("the %s theme", (_, selector) => {
  const theme = { ...colours(":root"), ...colours(selector) };
  const ratio = (text: string, ground: string) => contrast(theme[text] ?? "", theme[ground] ?? "");

  it("has text that can be read on every ground", () => {
    const pairs = [...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground])), ...PAIRS];
    const weak = pairs.filter(([text = "", ground = ""]) => !(ratio(text, ground) >= 4.5));
    expect(weak.map(([text = "", ground = ""]) => `${text} on ${ground}: ${ratio(text, ground).toFixed(2)}`)).toEqual(
      [],
    );
  });

  it("has edges of fields that can be seen", () => {
    for (const ground of ["bg", "surface", "raised"]) expect(ratio("field", ground)).toBeGreaterThanOrEqual(3);
  });
});
