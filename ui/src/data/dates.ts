/** How far from 1970 a date can be, by ECMAScript. Times are whatever a client has sent: nanoseconds, say, lie beyond. */
const FARTHEST_MS = 8.64e15;

/** Whether a time in milliseconds is one that `Date` and `Intl` know; they throw at others, or say `Invalid Date`. */
export function isDate(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= FARTHEST_MS;
}

/** Date and time in the reader's language; of what is no date the number. */
export function dateText(milliseconds: number): string {
  return isDate(milliseconds) ? new Date(milliseconds).toLocaleString() : String(milliseconds);
}
