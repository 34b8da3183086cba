// One way to draw onto a canvas and into an SVG document, so that what is exported is what is seen.

/** How a shape looks. Without `stroke` it has no outline, without `fill` no inside. */
export interface Style {
  stroke?: string;
  fill?: string;
  width?: number;
  alpha?: number;
  dash?: readonly number[];
}

export interface TextStyle {
  fill: string;
  size: number;
  align?: "left" | "center" | "right";
  baseline?: "top" | "middle" | "bottom";
  /** Quarter turn against the clock, for the label of a y axis. */
  turned?: boolean;
  bold?: boolean;
}

/** Draws shapes in CSS pixels. Points are pairs in one array; a pair with NaN interrupts the line. */
export interface Pen {
  line(points: ArrayLike<number>, style: Style): void;
  area(points: ArrayLike<number>, style: Style): void;
  rect(x: number, y: number, width: number, height: number, style: Style): void;
  circle(x: number, y: number, radius: number, style: Style): void;
  text(x: number, y: number, text: string, style: TextStyle): void;
  /** Draws only inside the rectangle. */
  clip(x: number, y: number, width: number, height: number, draw: () => void): void;
}

/** The font of all charts. */
export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Draws onto a canvas. */
export class CanvasPen implements Pen {
  readonly #context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
    // Noise has sharp corners by the thousand: to round them takes a third longer and is not seen.
    context.lineJoin = "bevel";
  }

  line(points: ArrayLike<number>, style: Style): void {
    this.#context.beginPath();
    trace(this.#context, points);
    this.#finish(style);
  }

  area(points: ArrayLike<number>, style: Style): void {
    this.#context.beginPath();
    trace(this.#context, points);
    this.#context.closePath();
    this.#finish(style);
  }

  rect(x: number, y: number, width: number, height: number, style: Style): void {
    this.#context.beginPath();
    this.#context.rect(x, y, width, height);
    this.#finish(style);
  }

  circle(x: number, y: number, radius: number, style: Style): void {
    this.#context.beginPath();
    this.#context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#finish(style);
  }

  text(x: number, y: number, text: string, style: TextStyle): void {
    const context = this.#context;
    context.save();
    context.globalAlpha = 1;
    context.font = `${style.bold === true ? "600 " : ""}${String(style.size)}px ${FONT}`;
    context.fillStyle = style.fill;
    context.textAlign = style.align ?? "left";
    context.textBaseline = style.baseline ?? "middle";
    context.translate(x, y);
    if (style.turned === true) context.rotate(-Math.PI / 2);
    context.fillText(text, 0, 0);
    context.restore();
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(x, y, width, height);
    this.#context.clip();
    draw();
    this.#context.restore();
  }

  #finish(style: Style): void {
    const context = this.#context;
    context.globalAlpha = style.alpha ?? 1;
    if (style.fill !== undefined) {
      context.fillStyle = style.fill;
      context.fill();
    }
    if (style.stroke !== undefined) {
      context.strokeStyle = style.stroke;
      context.lineWidth = style.width ?? 1;
      context.setLineDash((style.dash ?? []) as number[]);
      context.stroke();
    }
  }
}

function trace(context: CanvasRenderingContext2D, points: ArrayLike<number>): void {
  let begun = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] ?? NaN;
    const y = points[i + 1] ?? NaN;
    if (Number.isNaN(x) || Number.isNaN(y)) {
      begun = false;
    } else if (begun) {
      context.lineTo(x, y);
    } else {
      context.moveTo(x, y);
      begun = true;
    }
  }
}

/** Draws into an SVG document. */
export class SvgPen implements Pen {
  readonly #parts: string[] = [];
  #clips = 0;

  line(points: ArrayLike<number>, style: Style): void {
    const path = pathOf(points, false);
    if (path !== "") this.#parts.push(`<path d="${path}"${attributes({ ...style, fill: style.fill ?? "none" })}/>`);
  }

  area(points: ArrayLike<number>, style: Style): void {
    const path = pathOf(points, true);
    if (path !== "") this.#parts.push(`<path d="${path}"${attributes(style)}/>`);
  }

  rect(x: number, y: number, width: number, height: number, style: Style): void {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.#parts.push(`<rect ${place}${attributes(style)}/>`);
  }

  circle(x: number, y: number, radius: number, style: Style): void {
    this.#parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}"${attributes(style)}/>`);
  }

  text(x: number, y: number, text: string, style: TextStyle): void {
    const anchor = { left: "start", center: "middle", right: "end" }[style.align ?? "left"];
    const baseline = { top: "hanging", middle: "central", bottom: "auto" }[style.baseline ?? "middle"];
    const turn = style.turned === true ? ` transform="rotate(-90 ${short(x)} ${short(y)})"` : "";
    const weight = style.bold === true ? ' font-weight="600"' : "";
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" fill="${escapeXml(style.fill)}" font-size="${short(style.size)}"${weight} ` +
        `text-anchor="${anchor}" dominant-baseline="${baseline}"${turn}>${escapeXml(text)}</text>`,
    );
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    const id = `clip${String(this.#clips++)}`;
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.#parts.push(`<clipPath id="${id}"><rect ${place}/></clipPath><g clip-path="url(#${id})">`);
    draw();
    this.#parts.push("</g>");
  }

  /** Draws lower by some pixels. */
  group(y: number, draw: () => void): void {
    this.#parts.push(`<g transform="translate(0 ${short(y)})">`);
    draw();
    this.#parts.push("</g>");
  }

  /** The whole document. */
  document(width: number, height: number): string {
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escapeXml(FONT)}">\n${this.#parts.join("\n")}\n</svg>\n`;
  }
}

function pathOf(points: ArrayLike<number>, closed: boolean): string {
  const parts: string[] = [];
  let begun = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] ?? NaN;
    const y = points[i + 1] ?? NaN;
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      begun = false;
      continue;
    }
    parts.push(`${begun ? "L" : "M"}${short(x)} ${short(y)}`);
    begun = true;
  }
  if (closed && parts.length > 0) parts.push("Z");
  return parts.join("");
}

function attributes(style: Style): string {
  let text = style.fill === undefined ? ' fill="none"' : ` fill="${escapeXml(style.fill)}"`;
  if (style.stroke !== undefined) {
    text += ` stroke="${escapeXml(style.stroke)}" stroke-width="${short(style.width ?? 1)}" stroke-linejoin="bevel"`;
    if (style.dash !== undefined && style.dash.length > 0) text += ` stroke-dasharray="${style.dash.join(" ")}"`;
  }
  return style.alpha === undefined ? text : `${text} opacity="${short(style.alpha)}"`;
}

/** Hundredths of a pixel are as fine as anybody sees, and keep the file small. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Makes any text safe between tags and quotes; characters that XML cannot hold are replaced. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "").replace(UNWRITABLE, "\ufffd");
}

// eslint-disable-next-line no-control-regex -- these are the control characters that XML 1.0 forbids
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
