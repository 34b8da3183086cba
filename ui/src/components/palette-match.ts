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

/** The items that answer, best first; equal ones stay in their order. */
export function rank<T>(items: readonly T[], typed: string, text: (item: T) => string): T[] {
  const scored = items.flatMap((item) => {
    const score = match(text(item), typed);
    return score === undefined ? [] : [{ item, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}
