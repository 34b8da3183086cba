/** The figures as tables in docs/performance.md: each part is kept as a file, and all files there are become the section. */
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";

import { ROOT } from "../journeys/program";
import { FOLDER } from "./kept-store";

const DOCUMENT = join(ROOT, "docs/performance.md");
const BEGIN = "<!-- web ui: begin -->";
const END = "<!-- web ui: end -->";
const FIGURES = join(FOLDER, "figures");
/** In the order of the document. Each is a file `<part>.bench.ts`. */
const PARTS = ["loading", "table", "charts", "picker", "live"] as const;

export type PartName = (typeof PARTS)[number];

export interface Part {
  title: string;
  /** How it was measured, in Markdown. */
  method: string;
  /** Names of the columns behind the first one. */
  columns: string[];
  /** The name of each row and its cells. */
  rows: [string, ...string[]][];
}

interface Kept extends Part {
  measured: string;
}

/** Keeps the figures of a part, with what they were measured on. */
export async function keep(name: PartName, part: Part): Promise<void> {
  await mkdir(FIGURES, { recursive: true });
  const kept: Kept = { ...part, measured: measuredOn() };
  await writeFile(join(FIGURES, `${name}.json`), JSON.stringify(kept, null, 2));
}

function measuredOn(): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const [processor, count] = [cpus()[0]?.model ?? "unknown processor", cpus().length];
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(2) ?? "unknown";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, commit ${commit}, ${String(count)} × ${processor}, ${String(memory)} GiB, Linux ${release()}, load average ${load}`;
}

/** Writes the section; called when all that was asked for has been measured. */
export default async function write(): Promise<void> {
  const document = await readFile(DOCUMENT, "utf8");
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has lost its lines "${BEGIN}" and "${END}"`);
  const before = document.slice(from + BEGIN.length, to);
  const sections: string[] = [];
  for (const name of PARTS) {
    const kept = await readFile(join(FIGURES, `${name}.json`), "utf8").catch(() => undefined);
    const section = kept === undefined ? oldSection(before, name) : sectionOf(name, JSON.parse(kept) as Kept);
    if (section !== undefined) sections.push(section);
  }
  if (sections.length === 0) return;
  await writeFile(DOCUMENT, `${document.slice(0, from)}${BEGIN}\n\n${sections.join("\n")}\n${document.slice(to)}`);
}

/** What the document says of a part already: of one that was measured in another checkout there is no file. */
export function oldSection(text: string, name: PartName): string | undefined {
  const sections = text.split(/^(?=### )/m);
  const found = sections.find((section) => section.startsWith("### ") && section.includes(commandOf(name)));
  return found === undefined ? undefined : `${found.trim()}\n`;
}

function commandOf(name: string): string {
  return `\`npm --prefix ui run bench -- ${name}\``;
}

function sectionOf(name: string, part: Kept): string {
  const head = `| | ${part.columns.join(" | ")} |\n|---|${"--:|".repeat(part.columns.length)}`;
  const rows = part.rows.map((cells) => `| ${cells.join(" | ")} |`);
  return `### ${part.title}\n\n${part.method}\n\n${[head, ...rows].join("\n")}\n\n${commandOf(name)}; ${part.measured}\n`;
}

/** Milliseconds. */
export function ms(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : "–";
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (!Number.isFinite(bytes)) return "–";
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** A share of a whole. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** What is expected of a figure, behind it. */
export function atMost(shown: string, value: number, limit: number, unit: string): string {
  return `${shown} (≤ ${String(limit)} ${unit}: ${value <= limit ? "yes" : "**no**"})`;
}
