// Smallest and greatest values, with and without outliers.

/** A closed range of values. */
export interface Extent {
  min: number;
  max: number;
}

/** Extent of the finite values in all columns; positive ones only for log axes. */
export function extent(columns: readonly ArrayLike<number>[], positive = false): Extent | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i] ?? NaN;
      if (!Number.isFinite(value) || (positive && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : undefined;
}

/**
 * Extent without outliers: what lies more than three interquartile ranges outside the middle half is left out.
 *
 * Where everything else is constant (a range of nothing), nothing is an outlier, for a change from a constant is news.
 */
export function extentWithoutOutliers(columns: readonly ArrayLike<number>[], positive = false): Extent | undefined {
  const values: number[] = [];
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i] ?? NaN;
      if (Number.isFinite(value) && (!positive || value > 0)) values.push(positive ? Math.log10(value) : value);
    }
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const lower = quantile(values, 0.25);
  const upper = quantile(values, 0.75);
  const reach = 3 * (upper - lower);
  const kept = reach > 0 ? values.filter((value) => value >= lower - reach && value <= upper + reach) : values;
  const found = { min: kept[0] ?? lower, max: kept[kept.length - 1] ?? upper };
  return positive ? { min: 10 ** found.min, max: 10 ** found.max } : found;
}

/** Quantile of values in ascending order, between neighbours in proportion (as NumPy does by default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return NaN;
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}

/**
 * Whether the ends are the same but for rounding, as 0.3 and 0.1 + 0.2 are. Between such values there is nothing to see, and no
 * room for an axis: only a few doubles lie there.
 */
export function isConstant({ min, max }: Extent): boolean {
  return max - min <= 16 * Number.EPSILON * Math.max(Math.abs(min), Math.abs(max));
}

/** Adds room at both ends, so that lines do not run along the frame; a range of nothing becomes one. */
export function padded({ min, max }: Extent, log = false, share = 0.05): Extent {
  const constant = isConstant({ min, max });
  if (log) {
    const low = Math.log10(min);
    const high = Math.log10(max);
    const room = constant ? 0.5 : (high - low) * share;
    return { min: 10 ** (low - room), max: 10 ** (high + room) };
  }
  const room = constant ? Math.abs(max) * 0.1 || 1 : (max - min) * share;
  return { min: min - room, max: max + room };
}
