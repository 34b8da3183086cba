import { type Language, prefixKind, RUNS } from "./language";
import { quoteName, quoteText, tokenize, type Token } from "./lexer";

export interface Suggestion {
  /** Put in the place of `from` to `to`. */
  insert: string;
  label: string;
  /** Read beside the label. */
  hint?: string;
}

export type NameKind = "metric" | "param" | "tag";

/** What may stand at the cursor, and which part of the text it would replace. */
export type Expected =
  | { what: "key"; typed: string; from: number; to: number }
  | { what: "name"; kind: NameKind; typed: string; from: number; to: number }
  | { what: "comparison"; key: Key; typed: string; from: number; to: number }
  | { what: "value"; key: Key; comparison: string; typed: string; from: number; to: number }
  | { what: "joint"; typed: string; from: number; to: number }
  | undefined;

/** The key of a clause: what is before the first dot, and the name. */
export interface Key {
  prefix: string;
  name: string;
}

const NUMBER_COMPARISONS = ["<", "<=", ">", ">=", "=", "!=", "BETWEEN", "IN", "IS NULL", "IS NOT NULL"];
const TEXT_COMPARISONS = ["=", "!=", "LIKE", "ILIKE", "RLIKE", "IN", "IS NULL", "IS NOT NULL"];
/** What is compared by these is a number. */
const OF_NUMBERS = new Set(["<", "<=", ">", ">=", "BETWEEN"]);

/** What is being typed at the cursor. */
export function expected(filter: string, cursor: number): Expected {
  const all = tokenize(filter.slice(0, cursor));
  const last = all.at(-1);
  const tokens = all.filter((token) => token.kind !== "space");
  const text = (token: Token | undefined) => (token ? filter.slice(token.start, token.end) : "");
  const touching = last !== undefined && last.kind !== "space";
  const current = touching ? tokens.at(-1) : undefined;
  const typed = text(current);
  const from = current?.start ?? cursor;
  const before = current ? tokens.slice(0, -1) : tokens;

  const to = cursor + restLength(typed, filter.slice(cursor));

  // `metrics.` and `metrics.lo`, `metrics.`val/`: everything behind the prefix's dot is the name.
  const dot = nameStart(filter, tokens, touching);
  if (dot)
    return {
      what: "name",
      kind: dot.kind,
      typed: filter.slice(dot.from, cursor).replace(/^`/, ""),
      from: dot.from,
      to: cursor + restLength(filter.slice(dot.from, cursor), filter.slice(cursor), true),
    };

  const place = placeOf(filter, before);
  switch (place.at) {
    case "key":
      if (current && current.kind !== "word" && current.kind !== "keyword") return undefined;
      return { what: "key", typed, from, to };
    case "comparison":
      if (current?.kind === "sign") return undefined;
      return { what: "comparison", key: place.key, typed, from, to };
    case "value": {
      // Right behind the parenthesis or the comma of a list nothing has been typed of the value.
      const begun = current?.kind === "sign" ? placeOf(filter, tokens) : place;
      if (begun.at !== "value" || begun.filled) return undefined;
      const { key, comparison } = begun;
      if (current?.kind === "sign") return { what: "value", key, comparison, typed: "", from: cursor, to: cursor };
      const closed = current?.kind === "text" && current.open !== true;
      if (closed || current?.kind === "number" || current?.kind === "comparison") return undefined;
      return { what: "value", key, comparison, typed: typed.replace(/^['"]/, ""), from, to };
    }
    case "joint":
      if (current && current.kind !== "word" && current.kind !== "keyword") return undefined;
      return { what: "joint", typed, from, to };
  }
}

/**
 * How much behind the cursor belongs to what stands before it, so that completing in the middle of a word leaves no tail. A quote
 * that is open at the cursor may be closed by the one that opens a later text: it ends where a space or a comparison comes.
 */
function restLength(typed: string, rest: string, name = false): number {
  const quote = /^[`'"]/.exec(typed)?.[0];
  if (quote !== undefined) {
    const inner = new RegExp(`^[^${quote}]*${quote}`).exec(rest)?.[0];
    if (inner !== undefined && !/[<>=]|\b(?:AND|OR)\b/i.test(inner)) return inner.length;
    return /^[^\s<>=(),`'"]*/.exec(rest)?.[0].length ?? 0;
  }
  if (typed === "") return 0;
  return (name ? /^[\p{L}\p{N}_.]*/u : /^[\p{L}\p{N}_]*/u).exec(rest)?.[0].length ?? 0;
}

function nameStart(
  filter: string,
  tokens: readonly Token[],
  touching: boolean,
): { kind: NameKind; from: number } | undefined {
  if (!touching) return undefined;
  // Back over name and dots to the prefix, as long as nothing stands between them.
  for (let at = tokens.length - 1; at > 0; at--) {
    const dot = tokens[at];
    const prefix = tokens[at - 1];
    if (!dot || !prefix) return undefined;
    const next = tokens[at + 1];
    if (next && next.start !== dot.end) return undefined;
    const isDot = filter.slice(dot.start, dot.end) === ".";
    const kind = isDot && prefix.end === dot.start ? prefixKind(filter.slice(prefix.start, prefix.end)) : undefined;
    const behindDot = tokens[at - 2];
    const isPrefix =
      kind && !(behindDot && behindDot.end === prefix.start && filter.slice(behindDot.start, behindDot.end) === ".");
    if (kind && isPrefix) {
      const quoted = next?.kind === "name" && next.end < (tokens.at(-1)?.end ?? 0);
      return quoted || next?.kind === "name" ? undefined : { kind, from: dot.end };
    }
    if (!["word", "number", "keyword"].includes(dot.kind) && !isDot && dot.open !== true) return undefined;
  }
  return undefined;
}

type Place =
  | { at: "key" }
  | { at: "comparison"; key: Key }
  /** `filled`: in a list, behind a value and before the comma. */
  | { at: "value"; key: Key; comparison: string; filled: boolean }
  | { at: "joint" };

/** Walks over whole tokens and says what should come behind them. */
function placeOf(filter: string, tokens: readonly Token[]): Place {
  let place: Place = { at: "key" };
  let key: Key = { prefix: "", name: "" };
  let list = false;
  let between = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    const text = filter.slice(token.start, token.end);
    const upper = token.kind === "keyword" ? text.toUpperCase() : text;
    switch (place.at) {
      case "key": {
        if (upper === "NOT" || upper === "(" || upper === "AND") break;
        let end = token.end;
        while (tokens[at + 1]?.start === end && isPartOfKey(filter, tokens[at + 1])) end = tokens[++at]?.end ?? end;
        key = splitKey(filter.slice(token.start, end));
        place = { at: "comparison", key };
        break;
      }
      case "comparison":
        if (upper === "NOT" || upper === "IS") break;
        if (upper === "NULL") place = { at: "joint" };
        else {
          between = upper === "BETWEEN";
          place = { at: "value", key, comparison: upper, filled: false };
        }
        break;
      case "value":
        if (upper === "(") list = true;
        else if (list) {
          place.filled = upper !== ",";
          if (upper === ")") {
            list = false;
            place = { at: "joint" };
          }
        } else if (between) {
          if (upper === "AND") between = false;
        } else place = { at: "joint" };
        break;
      case "joint":
        if (upper === "AND" || upper === "OR") place = { at: "key" };
        break;
    }
  }
  return place;
}

function isPartOfKey(filter: string, token: Token | undefined): boolean {
  if (!token) return false;
  return (
    ["word", "name", "text", "number", "keyword"].includes(token.kind) || filter.slice(token.start, token.end) === "."
  );
}

function splitKey(text: string): Key {
  const dot = text.indexOf(".");
  if (dot < 0) return { prefix: "", name: text };
  const name = text.slice(dot + 1);
  const bare = /^`[^]*`$/.test(name) ? name.slice(1, -1).replaceAll("``", "`") : name;
  return { prefix: text.slice(0, dot), name: bare };
}

/** Suggestions that are always the same. Names and other values are those of the runs. */
export function fixedSuggestions(expected: Expected, language: Language = RUNS): Suggestion[] {
  if (!expected) return [];
  const starts = (word: string) => word.toLowerCase().startsWith(expected.typed.toLowerCase());
  switch (expected.what) {
    case "key":
      return [
        ...language.prefixes.map(([label, hint]) => ({ label, insert: label, hint })),
        ...language.attributes.map(([label, hint]) => ({ label, insert: `${label} `, hint })),
        { label: "NOT", insert: "NOT " },
      ].filter((one) => starts(one.label));
    case "comparison": {
      const { prefix, name } = expected.key;
      const kind = prefixKind(prefix);
      const isNumber = kind === "metric" || (kind === undefined && language.numbers.has(name));
      const all = isNumber
        ? NUMBER_COMPARISONS
        : kind === "param"
          ? [...NUMBER_COMPARISONS, "LIKE", "ILIKE", "RLIKE"]
          : TEXT_COMPARISONS;
      return all.filter(starts).map((label) => ({ label, insert: label === "IN" ? "IN (" : `${label} ` }));
    }
    case "value": {
      const { prefix, name } = expected.key;
      if (prefixKind(prefix) !== undefined) return [];
      return (language.words[name] ?? []).filter(starts).map((label) => ({ label, insert: `${quoteText(label)} ` }));
    }
    case "joint":
      return ["AND", "OR"].filter(starts).map((label) => ({ label, insert: `${label} ` }));
    case "name":
      return [];
  }
}

/** A name as a suggestion, with how many runs have it. */
export function nameSuggestion(name: string, runs: number, language: Language = RUNS): Suggestion {
  return { label: name, insert: `${quoteName(name)} `, hint: language.count(runs) };
}

/** Values as suggestions: as numbers where they are compared as such, else in quotes; those that begin as typed come first. */
export function valueSuggestions(
  place: { comparison: string; typed: string },
  values: readonly { value: string; runs: number }[],
  language: Language = RUNS,
): Suggestion[] {
  const numbers = OF_NUMBERS.has(place.comparison);
  const typed = place.typed.toLowerCase();
  const begins = (value: string) => Number(value.toLowerCase().startsWith(typed));
  return values
    .filter(({ value }) => !numbers || (value.trim() !== "" && Number.isFinite(Number(value))))
    .toSorted((a, b) => begins(b.value) - begins(a.value))
    .map(({ value, runs }) => ({
      label: value,
      insert: `${numbers ? value.trim() : quoteText(value)} `,
      hint: language.count(runs),
    }));
}

/**
 * Of suggestions that were asked for at another state of the text, those that still fit what is typed by now: none where something
 * else is expected. New ones are on their way; until then Tab must not take what belongs to the text before.
 */
export function stillFitting(found: readonly Suggestion[], of: Expected, now: Expected): readonly Suggestion[] {
  if (!of || !now || of.from !== now.from || slotOf(of) !== slotOf(now)) return [];
  if (of.typed === now.typed) return found;
  const typed = now.typed.toLowerCase();
  return found.filter((one) => one.label.toLowerCase().includes(typed));
}

/** What is expected, apart from what is typed of it. */
function slotOf(expected: NonNullable<Expected>): string {
  return JSON.stringify({ ...expected, typed: "", to: 0 });
}

/** The text with a suggestion in its place, and where the cursor then is. */
export function accept(
  filter: string,
  at: { from: number; to: number },
  suggestion: Suggestion,
): { text: string; cursor: number } {
  const rest = filter.slice(at.to);
  const spaced = rest.startsWith(" ") ? suggestion.insert.trimEnd() : suggestion.insert;
  // The prefix of a name that is there already: `met|rics.loss`.
  const insert = spaced.endsWith(".") && rest.startsWith(".") ? spaced.slice(0, -1) : spaced;
  return { text: filter.slice(0, at.from) + insert + rest, cursor: at.from + insert.length };
}
