// Which drawing belongs to which kind of chart about runs.

import { drawBars } from "./bar";
import { drawBoxes } from "./box";
import { drawContour } from "./contour";
import type { Drawing, Surface } from "./drawing";
import { drawParallel } from "./parallel";
import type { ChartRun } from "./run-values";
import { drawScatter } from "./scatter";
import type { ChartSpec, LineSpec } from "./spec";

/** Charts with one value of each run and field, in contrast to lines. */
export type RunSpec = Exclude<ChartSpec, LineSpec>;

export function drawRuns(spec: RunSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  switch (spec.kind) {
    case "scatter":
      return drawScatter(spec, runs, surface);
    case "parallel":
      return drawParallel(spec, runs, surface);
    case "bar":
      return drawBars(spec, runs, surface);
    case "box":
      return drawBoxes(spec, runs, surface);
    case "contour":
      return drawContour(spec, runs, surface);
  }
}
