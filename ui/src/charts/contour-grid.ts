// A surface through scattered points, for the contour chart.

/** A point with a value; x and y from 0 to 1. */
export interface Sample {
  x: number;
  y: number;
  z: number;
}

/** Values on a grid of `columns` by `rows`, row by row, the first row at y = 0. */
export interface Grid {
  columns: number;
  rows: number;
  values: Float64Array;
}

// The power with which a sample's weight falls with the distance. Above 2, so that far samples do not flatten the surface.
const FALL = 3;

/**
 * Inverse-distance weighting (Shepard): near a sample its own value, in between a weighted mean.
 *
 * It makes no value that lies outside those of the samples, and needs no triangles.
 */
export function interpolate(samples: readonly Sample[], columns: number, rows: number): Grid {
  const values = new Float64Array(columns * rows).fill(NaN);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = valueAt(samples, column / (columns - 1), row / (rows - 1));
    }
  }
  return { columns, rows, values };
}

/** The surface's value at one place; NaN without samples. */
export function valueAt(samples: readonly Sample[], x: number, y: number): number {
  let sum = 0;
  let total = 0;
  let exact = 0;
  let exactSum = 0;
  for (const sample of samples) {
    const distance = Math.hypot(sample.x - x, sample.y - y);
    if (distance < 1e-9) {
      exact++;
      exactSum += sample.z;
      continue;
    }
    const weight = distance ** -FALL;
    sum += weight * sample.z;
    total += weight;
  }
  // Runs with equal params lie on one place: their mean.
  if (exact > 0) return exactSum / exact;
  return total > 0 ? sum / total : NaN;
}

/**
 * Lines along which the surface has a value (marching squares), as pairs of points in grid coordinates:
 * x0, y0, x1, y1 and so on, two points a piece.
 */
export function contourPieces(grid: Grid, level: number): number[] {
  const pieces: number[] = [];
  const at = (column: number, row: number): number => grid.values[row * grid.columns + column] ?? NaN;
  for (let row = 0; row + 1 < grid.rows; row++) {
    for (let column = 0; column + 1 < grid.columns; column++) {
      const corners = [at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1)];
      const crossings: number[] = [];
      for (const [edge, [fromX, fromY, toX, toY]] of EDGES.entries()) {
        const from = corners[edge] ?? NaN;
        const to = corners[(edge + 1) % 4] ?? NaN;
        if (from < level === to < level) continue;
        const share = (level - from) / (to - from);
        crossings.push(column + fromX + share * (toX - fromX), row + fromY + share * (toY - fromY));
      }
      // Two crossings make a piece, four (a saddle) make two.
      for (let i = 0; i + 3 < crossings.length; i += 4) {
        for (let j = i; j < i + 4; j++) pieces.push(crossings[j] ?? NaN);
      }
    }
  }
  return pieces;
}

const EDGES = [
  [0, 0, 1, 0],
  [1, 0, 1, 1],
  [1, 1, 0, 1],
  [0, 1, 0, 0],
] as const;
