/** What a finger hits is no lower; `--least-row` in style/tokens.css says the same to the styles. */
const LEAST = 38;
const coarse = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;

/** The height of rows that are placed by script: the given one, or more where one points with a finger. */
export function rowHeight(fine: number): number {
  return coarse ? Math.max(fine, LEAST) : fine;
}
