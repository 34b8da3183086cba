// Boxes: how a value is spread over runs, one box for each value of another field.

import type { Drawing, Mark, Surface } from "./drawing";
import { quantile } from "./extent";
import { compareTexts, fieldScale } from "./field-scale";
import { fieldText } from "./field-text";
import { axisRoom, paintAxes, plotBox } from "./frame";
import type { Pen } from "./pen";
import { fieldColumn, runLabel, type ChartRun } from "./run-values";
import { ordinalScale, type Scale } from "./scale";
import { fieldLabel, type BoxSpec } from "./spec";

/** Five numbers about values, after Tukey: whiskers end at the last value within 1.5 interquartile ranges of the box. */
export interface BoxStatistics {
  count: number;
  low: number;
  lower: number;
  median: number;
  upper: number;
  high: number;
  mean: number;
}

/** `undefined` for no finite value. */
export function boxStatistics(values: readonly number[]): BoxStatistics | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const first = sorted[0];
  if (first === undefined) return undefined;
  const lower = quantile(sorted, 0.25);
  const upper = quantile(sorted, 0.75);
  const reach = 1.5 * (upper - lower);
  return {
    count: sorted.length,
    low: sorted.find((value) => value >= lower - reach) ?? first,
    lower,
    median: quantile(sorted, 0.5),
    upper,
    high: sorted.findLast((value) => value <= upper + reach) ?? upper,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}

interface Group {
  name: string;
  statistics: BoxStatistics;
  runs: { run: ChartRun; value: number }[];
}

const ALL = "all runs";
const NONE = "none";

/** Runs by the value of the grouping field, in the order of an axis; without one, all in one group. */
export function boxGroups(spec: BoxSpec, runs: readonly ChartRun[]): Group[] {
  const values = fieldColumn(runs, spec.value);
  const names = spec.group && fieldColumn(runs, spec.group);
  const groups = new Map<string, Group["runs"]>();
  for (const [index, run] of runs.entries()) {
    const value = values[index];
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const given = names?.[index];
    const name = names === undefined ? ALL : given === undefined ? NONE : String(given);
    const group = groups.get(name);
    if (group) group.push({ run, value });
    else groups.set(name, [{ run, value }]);
  }
  return [...groups]
    .sort(([a], [b]) => compareTexts(a, b))
    .flatMap(([name, members]) => {
      const statistics = boxStatistics(members.map((member) => member.value));
      return statistics ? [{ name, statistics, runs: members }] : [];
    });
}

export function drawBoxes(spec: BoxSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  const groups = boxGroups(spec, runs);
  const all = groups.flatMap((group) => group.runs.map((member) => member.value));
  const labels = fieldScale(all, 0, 1)
    .ticks(6)
    .map((tick) => tick.label);
  const room = axisRoom(labels, true, 110);
  const box = plotBox(surface.size, room);
  const names = groups.map((group) => group.name);
  const x = ordinalScale(names, box.left, box.left + box.width);
  const y = fieldScale(all, box.top + box.height, box.top);
  const width = Math.min((box.width / Math.max(groups.length, 1)) * 0.6, 60);

  const boxMarks = groups.map((group) => groupMark(group, spec, x, y));
  const runMarks = groups.flatMap((group) =>
    group.runs.map(({ run, value }, index): Mark => {
      // Points are set beside each other in a fixed pattern, so that equal values can be told apart.
      const aside = (((index * 7) % 11) / 10 - 0.5) * width * 0.6;
      const rows = [[fieldLabel(spec.value), fieldText(spec.value, value)] as const];
      const at = { x: x.position(group.name) + aside, y: y.position(value) };
      return { ...at, title: runLabel(run), rows, runId: run.info.run_id };
    }),
  );

  return {
    marks: [...boxMarks, ...runMarks],
    paint(pen, highlighted) {
      const named = spec.group ? fieldLabel(spec.group) : "";
      const xAxis = { scale: x, name: named };
      paintAxes(pen, box, surface.theme, xAxis, { scale: y, name: fieldLabel(spec.value), room: room - 17 });
      for (const group of groups) paintBox(pen, group, x.position(group.name), y, width, surface);
      for (const mark of runMarks) {
        const chosen = mark.runId === highlighted;
        const alpha = chosen || highlighted === undefined ? 0.85 : 0.3;
        pen.circle(mark.x, mark.y, chosen ? 5 : 2.5, { fill: surface.colorOf(mark.runId ?? ""), alpha });
      }
    },
    table: {
      header: ["group", "run_id", "run_name", fieldLabel(spec.value)],
      rows: groups.flatMap((group) =>
        group.runs.map(({ run, value }) => [group.name, run.info.run_id, run.info.run_name, value]),
      ),
    },
  };
}

function groupMark({ name, statistics }: Group, spec: BoxSpec, x: Scale, y: Scale): Mark {
  const text = (value: number): string => fieldText(spec.value, value);
  return {
    x: x.position(name),
    y: y.position(statistics.median),
    title: name,
    rows: [
      ["runs", String(statistics.count)],
      ["median", text(statistics.median)],
      ["mean", text(statistics.mean)],
      ["middle half", `${text(statistics.lower)} to ${text(statistics.upper)}`],
      ["whiskers", `${text(statistics.low)} to ${text(statistics.high)}`],
    ],
  };
}

function paintBox(pen: Pen, { statistics }: Group, center: number, y: Scale, width: number, surface: Surface): void {
  const { theme } = surface;
  const [left, right] = [center - width / 2, center + width / 2];
  const at = {
    low: y.position(statistics.low),
    lower: y.position(statistics.lower),
    median: y.position(statistics.median),
    upper: y.position(statistics.upper),
    high: y.position(statistics.high),
  };
  const stroke = { stroke: theme.muted, width: 1.2 };
  pen.line([center, at.low, center, at.lower, NaN, NaN, center, at.upper, center, at.high], stroke);
  pen.line([center - width / 4, at.low, center + width / 4, at.low], stroke);
  pen.line([center - width / 4, at.high, center + width / 4, at.high], stroke);
  pen.rect(left, at.upper, width, Math.max(at.lower - at.upper, 1), { fill: theme.accent, alpha: 0.16 });
  pen.rect(left, at.upper, width, Math.max(at.lower - at.upper, 1), stroke);
  pen.line([left, at.median, right, at.median], { stroke: theme.accent, width: 2 });
}
