/**
 * Names that `log_image(key=…, step=…)` gives to pictures:
 * `images/<key>+step+<step>+timestamp+<ms>+<uuid>.png`, each with a small `…+compressed.webp` beside it. Older clients
 * write `%` for `+`. Slashes of the key are `~` (or `#`).
 */

export interface SeriesImage {
  key: string;
  step: number;
  timestamp: number;
  /** Path of the picture itself. */
  path: string;
  /** Path of the small one, to leaf through. */
  preview: string;
}

const NAME =
  /^(?<key>.+)(?<mark>[+%])step\k<mark>(?<step>-?\d+)\k<mark>timestamp\k<mark>(?<time>\d+)\k<mark>(?<id>[\w-]+)$/;

/** The pictures of a directory's files as series by key, each ordered by step and time. */
export function imageSeries(paths: readonly string[]): Map<string, SeriesImage[]> {
  const known = new Set(paths);
  const series = new Map<string, SeriesImage[]>();
  for (const path of paths) {
    const image = path.endsWith(".png") ? readName(path) : undefined;
    if (image === undefined) {
      continue;
    }
    const stem = path.slice(0, -".png".length);
    const small = [`${stem}+compressed.webp`, `${stem}%compressed.webp`].find((candidate) => known.has(candidate));
    const images = series.get(image.key) ?? [];
    images.push({ ...image, path, preview: small ?? path });
    series.set(image.key, images);
  }
  for (const images of series.values()) {
    images.sort((a, b) => a.step - b.step || a.timestamp - b.timestamp);
  }
  return new Map([...series].sort(([a], [b]) => a.localeCompare(b)));
}

function readName(path: string): { key: string; step: number; timestamp: number } | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1, -".png".length);
  const parts = NAME.exec(name)?.groups;
  if (parts?.key === undefined) {
    return undefined;
  }
  return { key: parts.key.replace(/[~#]/g, "/"), step: Number(parts.step), timestamp: Number(parts.time) };
}
