const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `812 B`, `4.2 kB`, `1.3 GB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? String(Math.round(value)) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}
