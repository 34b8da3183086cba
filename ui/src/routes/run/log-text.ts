// Logs as text: which files are logs, and how what was meant for a terminal reads on a page.

import type { ArtifactEntry } from "../../data/artifacts";

const LOG_NAME = /(^|[._-])(log|logs|stdout|stderr|out|err|output|console)([._-]|\d|$)/i;
const TEXT_END = /\.(log|out|err|txt|text|jsonl)(\.\d+)?$/i;

/** Whether a file looks like a log: by its ending, or by a name that says so. */
export function isLog(entry: Pick<ArtifactEntry, "name" | "isDirectory">): boolean {
  if (entry.isDirectory) return false;
  if (/\.(log|out|err)(\.\d+)?$/i.test(entry.name)) return true;
  const hasNoEnding = !entry.name.includes(".");
  return LOG_NAME.test(entry.name) && (TEXT_END.test(entry.name) || hasNoEnding);
}

/** Directories in which logs are looked for, beside the top one. */
export function isLogDirectory(entry: Pick<ArtifactEntry, "name" | "isDirectory">): boolean {
  return entry.isDirectory && /^(logs?|stdout|stderr|output|console)$/i.test(entry.name);
}

// Colours, cursor movements and titles of terminals: ECMA-48 control sequences and operating system commands.
// eslint-disable-next-line no-control-regex -- these are control characters by nature
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** Browsers need very long to lay out lines of hundreds of thousands of characters. */
const MOST_OF_LINE = 20_000;

/** Removes what only a terminal understands; of a progress bar that was drawn over itself the last state stays. */
export function cleanLog(text: string): string {
  return text.replace(ESCAPES, "").split("\n").map(lastState).join("\n");
}

/** What a line says in the end: carriage returns go back to its start, and those at its end change nothing. */
function lastState(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  const start = end === 0 ? 0 : line.lastIndexOf("\r", end - 1) + 1;
  const left = end - start - MOST_OF_LINE;
  if (left <= 0) return line.slice(start, end);
  return `${line.slice(start, start + MOST_OF_LINE)}… (${left.toLocaleString()} more characters)`;
}

/** Where the first whole line of a piece of a file begins; in one without an end of a line, the first whole character. */
export function lineStart(bytes: Uint8Array): number {
  const end = bytes.indexOf(10);
  // A line that ends where the piece does says nothing of the one before: better a part of it than nothing.
  if (end >= 0 && end + 1 < bytes.length) return end + 1;
  let at = 0;
  // Bytes of UTF-8 that go on with a character.
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
