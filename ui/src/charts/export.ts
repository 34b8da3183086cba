// Charts as files: PNG and SVG with title and legend, CSV with the numbers.

import type { Drawing } from "./drawing";
import { shortened, textWidth, type Size } from "./frame";
import type { Theme } from "./palette";
import { CanvasPen, type Pen, SvgPen } from "./pen";

export interface LegendEntry {
  name: string;
  color: string;
}

export interface Figure {
  title: string;
  legend: readonly LegendEntry[];
  theme: Theme;
  /** The chart's own size; title and legend are added to it. */
  size: Size;
  drawing: Drawing;
}

export type ImageFormat = "png" | "svg";

const TITLE = 30;
const LEGEND_LINE = 18;
const MARGIN = 12;
const PNG_SCALE = 2;
const MOST_ENTRIES = 60;

/** Rows of legend entries that fit beside each other. */
export function legendRows(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let left = Infinity;
  for (const entry of entries.slice(0, MOST_ENTRIES)) {
    const taken = legendWidth(entry, width);
    if (left + taken > width - 2 * MARGIN) {
      rows.push([]);
      left = 0;
    }
    rows[rows.length - 1]?.push(entry);
    left += taken;
  }
  return rows;
}

function legendWidth(entry: LegendEntry, width: number): number {
  return Math.min(textWidth(entry.name), width / 3) + 30;
}

function figureSize(figure: Figure): Size {
  const rows = legendRows(figure.legend, figure.size.width).length;
  const legend = rows > 0 ? rows * LEGEND_LINE + MARGIN : 0;
  return { width: figure.size.width, height: TITLE + figure.size.height + legend };
}

/** Draws title, chart and legend below each other; `move` shifts what is drawn downwards. */
function paintFigure(pen: Pen, figure: Figure, move: (y: number, draw: () => void) => void): void {
  const { theme, size } = figure;
  const whole = figureSize(figure);
  pen.rect(0, 0, whole.width, whole.height, { fill: theme.surface });
  pen.text(MARGIN, TITLE / 2 + 2, shortened(figure.title, size.width - 2 * MARGIN, 14), {
    fill: theme.text,
    size: 14,
    bold: true,
  });
  move(TITLE, () => {
    figure.drawing.paint(pen, undefined);
  });
  for (const [index, row] of legendRows(figure.legend, size.width).entries()) {
    let left = MARGIN;
    const y = TITLE + size.height + (index + 0.5) * LEGEND_LINE;
    for (const entry of row) {
      pen.rect(left, y - 4, 12, 8, { fill: entry.color });
      pen.text(left + 17, y, shortened(entry.name, size.width / 3), { fill: theme.text, size: 11 });
      left += legendWidth(entry, size.width);
    }
  }
}

/** The figure as an SVG document. */
export function figureSvg(figure: Figure): string {
  const pen = new SvgPen();
  const { width, height } = figureSize(figure);
  paintFigure(pen, figure, (y, draw) => {
    pen.group(y, draw);
  });
  return pen.document(width, height);
}

/** The figure as a PNG with twice the pixels of the screen's. */
export async function figurePng(figure: Figure): Promise<Blob> {
  const { width, height } = figureSize(figure);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * PNG_SCALE);
  canvas.height = Math.round(height * PNG_SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser has no canvas to draw on");
  context.scale(PNG_SCALE, PNG_SCALE);
  paintFigure(new CanvasPen(context), figure, (y, draw) => {
    context.save();
    context.translate(0, y);
    draw();
    context.restore();
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("the picture is too large"));
    }, "image/png");
  });
}

/**
 * A table as CSV (RFC 4180).
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe before it: names of runs and values of params may
 * come from anybody.
 */
export function toCsv({ header, rows }: Drawing["table"]): string {
  return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A name that every file system takes. */
export function fileName(title: string, extension: string): string {
  const name = title
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${name || "chart"}.${extension}`;
}

/** Hands a file to the reader. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
