/** What differs between two lists of named things: schemas, params, metrics, requirements of two model versions. */

export interface Difference<T> {
  name: string;
  a: T | undefined;
  b: T | undefined;
  change: "added" | "removed" | "changed" | "same";
}

/** One entry a name: those of `a` in its order, then what only `b` has. */
export function differences<T>(
  a: readonly T[],
  b: readonly T[],
  name: (item: T) => string,
  same: (a: T, b: T) => boolean,
): Difference<T>[] {
  const inA = new Map(a.map((item) => [name(item), item]));
  const inB = new Map(b.map((item) => [name(item), item]));
  const found: Difference<T>[] = [];
  for (const [key, item] of inA) {
    const other = inB.get(key);
    const change = other === undefined ? "removed" : same(item, other) ? "same" : "changed";
    found.push({ name: key, a: item, b: other, change });
  }
  for (const [key, item] of inB) {
    if (!inA.has(key)) {
      found.push({ name: key, a: undefined, b: item, change: "added" });
    }
  }
  return found;
}

/** The name and the rest of a line of requirements.txt: `numpy==2.1` is `numpy` and `==2.1`. */
export function requirement(line: string): { name: string; rest: string } {
  const name = /^[\w.[\]-]+/.exec(line)?.[0] ?? line;
  return { name, rest: line.slice(name.length).trim() };
}

export function requirementLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
