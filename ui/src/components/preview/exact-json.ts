/** JSON whose whole numbers stay what they are: beyond 2^53 doubles skip some, and an id would be shown as another one. */

const LARGE = /-?\d{16,}/;
const MARK = "\u0000integer:";

/** As `JSON.parse`, with whole numbers beyond the safe ones as `bigint`. */
export function parseExactJson(text: string): unknown {
  if (!LARGE.test(text)) return JSON.parse(text);
  return JSON.parse(marked(text), (_, value: unknown) => {
    const digits = typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : "";
    return /^-?\d+$/.test(digits) ? BigInt(digits) : value;
  });
}

/** The text with large whole numbers as texts that `parseExactJson` knows. */
function marked(text: string): string {
  const parts: string[] = [];
  const next = new RegExp(`"|${LARGE.source}`, "g");
  let done = 0;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    const start = found.index;
    if (found[0] === '"') {
      next.lastIndex = endOfText(text, start);
      continue;
    }
    const end = next.lastIndex;
    const isWhole = /[[\s:,]/.test(text[start - 1] ?? " ") && !/[.eE]/.test(text[end] ?? " ");
    if (!isWhole || Number.isSafeInteger(Number(found[0]))) continue;
    parts.push(text.slice(done, start), JSON.stringify(MARK + found[0]));
    done = end;
  }
  return parts.join("") + text.slice(done);
}

/** The place behind a text that begins with the quotation mark at `start`. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text[before - 1] === "\\") before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return text.length;
}
