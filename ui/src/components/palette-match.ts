/** How well a text answers what has been typed into the palette. */

/** Higher is better; nothing where not all words are found. Case does not count. */
export function match(text: string, typed: string): number | undefined {
  const lower = text.toLowerCase();
  let score = 0;
  for (const word of typed.toLowerCase().split(/\s+/)) {
    if (word === "") {
      continue;
    }
    const at = lower.indexOf(word);
    if (at < 0) {
      return undefined;
    }
    const startsWord = at === 0 || /[\s\-_/.:]/.test(lower[at - 1] ?? "");
    score += (at === 0 ? 4 : startsWord ? 2 : 1) + word.length / lower.length;
  }
  return score;
}

/** Whether what was found for an older text answers a newer one too: by a part of the name, or by the start of the id. */
export function stillFits(found: { name: string; href: string }, typed: string): boolean {
  const text = typed.trim().toLowerCase();
  const id = found.href.slice(found.href.lastIndexOf("/") + 1).toLowerCase();
  return found.name.toLowerCase().includes(text) || id.startsWith(text);
}

/** The items that answer, best first; equal ones stay in their order. */
export function rank<T>(items: readonly T[], typed: string, text: (item: T) => string): T[] {
  const scored = items.flatMap((item) => {
    const score = match(text(item), typed);
    return score === undefined ? [] : [{ item, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}
