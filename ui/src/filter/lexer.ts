/** A piece of a filter, as docs/search.md describes them. Positions count UTF-16 units, as the browser does. */
export interface Token {
  kind: "space" | "word" | "keyword" | "number" | "text" | "name" | "comparison" | "sign" | "other";
  start: number;
  end: number;
  /** A quote that is not closed. */
  open?: boolean;
}

const KEYWORDS = new Set(["AND", "OR", "NOT", "LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN", "IS", "NULL"]);
const PIECES: readonly [RegExp, Token["kind"]][] = [
  [/\s+/y, "space"],
  [/[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y, "number"],
  [/[Ee]'(?:\\[^]|[^'\\])*'/y, "text"],
  [/[Ee]'[^]*/y, "text"],
  [/[\p{L}_][\p{L}\p{N}_]*/uy, "word"],
  [/`(?:``|[^`])*`/y, "name"],
  [/"[^"]*"/y, "text"],
  [/'[^']*'/y, "text"],
  [/[<>!]=|[=<>]/y, "comparison"],
  [/[.,()]/y, "sign"],
  [/[`"'][^]*/y, "text"],
  [/[^]/uy, "other"],
];

/** Cuts a filter into pieces that together are the whole text. It never fails: the server says what is wrong. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < filter.length;) {
    const token = tokenAt(filter, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(filter: string, at: number): Token {
  for (const [piece, kind] of PIECES) {
    piece.lastIndex = at;
    const found = piece.exec(filter)?.[0];
    if (found === undefined || found === "") continue;
    const token: Token = { kind, start: at, end: at + found.length };
    if (kind === "word" && KEYWORDS.has(found.toUpperCase())) token.kind = "keyword";
    if (kind === "text" && !isClosed(found)) token.open = true;
    return token;
  }
  return { kind: "other", start: at, end: at + 1 };
}

function isClosed(text: string): boolean {
  if (/^[Ee]/.test(text)) return /^[Ee]'(?:\\[^]|[^'\\])*'$/.test(text);
  return text.length > 1 && text.endsWith(text.charAt(0));
}

/** A name behind a prefix: as it is where it may, else in backticks. */
export function quoteName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

/** A text as a value: in whichever quotes it fits. */
export function quoteText(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Both filters at once; parentheses only where they are needed. */
export function both(filter: string, clause: string): string {
  const trimmed = filter.trim();
  if (trimmed === "") return clause;
  return hasOr(trimmed) ? `(${trimmed}) AND ${clause}` : `${trimmed} AND ${clause}`;
}

/** Whether an OR stands outside all parentheses. */
function hasOr(filter: string): boolean {
  let depth = 0;
  for (const token of tokenize(filter)) {
    const text = filter.slice(token.start, token.end);
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    else if (depth === 0 && token.kind === "keyword" && text.toUpperCase() === "OR") return true;
  }
  return false;
}

/** Where the server found fault with a filter: from one position to another, in UTF-16 units. */
export function errorPlace(message: string, filter: string): { start: number; end: number } | undefined {
  if (message.startsWith("Invalid filter at its end")) return { start: filter.trimEnd().length, end: filter.length };
  const found = /^Invalid filter at character (\d+), near/.exec(message);
  if (!found) return undefined;
  // The server counts characters, JavaScript halves of those beyond the first plane.
  const before = Array.from(filter).slice(0, Number(found[1]) - 1);
  const start = before.join("").length;
  const token = tokenize(filter).find((one) => one.start === start);
  return { start, end: token?.end ?? Math.min(filter.length, start + 1) };
}

/** The server's message without the place, which the input shows. */
export function errorReason(message: string): string {
  return message.replace(/^Invalid filter (at its end|at character \d+, near "(?:\\.|[^"\\])*"): /, "");
}
