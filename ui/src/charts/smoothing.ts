// Exponential moving average that knows how far apart points are.

/**
 * Time-weighted exponential moving average of `y` over `x`.
 *
 * `weight` is how much of the past stays, from 0 (the raw line) to just below 1. Points may be unevenly spaced: the past
 * fades by the distance along x, measured in typical spacings, so that a gap of ten steps forgets as much as ten
 * points. The start is not pulled towards zero. NaN in `y` stays NaN and is skipped, infinities as well. `spacing` is given
 * where `x` is only a part of the line, or has more detail in some places.
 */
export function smooth(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weight: number,
  spacing = typicalSpacing(x),
): Float64Array {
  const smoothed = new Float64Array(y.length);
  let sum = 0;
  let total = 0;
  let previous = NaN;
  for (let i = 0; i < y.length; i++) {
    const value = y[i] ?? NaN;
    if (!Number.isFinite(value)) {
      smoothed[i] = value;
      continue;
    }
    const at = x[i] ?? i;
    // Steps may go back where a run was resumed; the past then fades as for one spacing.
    const distance = Number.isNaN(previous) ? 0 : Math.max((at - previous) / spacing, 0) || 1;
    const fade = weight ** distance;
    sum = sum * fade + value * (1 - weight);
    total = total * fade + (1 - weight);
    smoothed[i] = total > 0 ? sum / total : value;
    previous = at;
  }
  return smoothed;
}

/** Mean distance between neighbours, leaving out standstills; 1 where there is none. */
export function typicalSpacing(x: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 1; i < x.length; i++) {
    const distance = (x[i] ?? 0) - (x[i - 1] ?? 0);
    if (distance > 0 && Number.isFinite(distance)) {
      sum += distance;
      count++;
    }
  }
  return count > 0 ? sum / count : 1;
}
