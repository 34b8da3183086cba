import { createSignal, type JSX, onCleanup } from "solid-js";

import { isDate } from "../data/dates";

const [now, setNow] = createSignal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, to the second; read in a component, it keeps that component up to date. */
export function useNow(): () => number {
  watchers += 1;
  if (watchers === 1) {
    setNow(Date.now());
    timer = setInterval(() => setNow(Date.now()), 1000);
  }
  onCleanup(() => {
    watchers -= 1;
    if (watchers === 0) clearInterval(timer);
  });
  return now;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const sameYear = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const otherYear = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });

/** Date and time with the zone, in the reader's language; of what is no date the number itself. */
export function formatExact(milliseconds: number): string {
  return isDate(milliseconds) ? exact.format(milliseconds) : String(milliseconds);
}

/** `just now`, `5 min ago`, `3 h ago`, `2 d ago`, then the date; of what is no date the number itself. */
export function formatAgo(milliseconds: number, at: number): string {
  if (!isDate(milliseconds)) return String(milliseconds);
  const seconds = Math.round((at - milliseconds) / 1000);
  if (seconds < -60) return shortDate(milliseconds, at);
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${String(seconds)} s ago`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))} h ago`;
  if (seconds < 7 * 86_400) return `${String(Math.floor(seconds / 86_400))} d ago`;
  return shortDate(milliseconds, at);
}

function shortDate(milliseconds: number, at: number): string {
  const same = new Date(milliseconds).getFullYear() === new Date(at).getFullYear();
  return (same ? sameYear : otherYear).format(milliseconds);
}

/** `0.4 s`, `12 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const two = (large: number, name: string, small: number, part: string) =>
    small === 0 ? `${String(large)} ${name}` : `${String(large)} ${name} ${String(small)} ${part}`;
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** A time for programs that read the page; nothing where it is no date. */
export function machineTime(milliseconds: number): string | undefined {
  return isDate(milliseconds) ? new Date(milliseconds).toISOString() : undefined;
}

/** How long ago, with the exact time as tooltip; goes on by itself. */
export function TimeAgo(props: { at: number }): JSX.Element {
  const current = useNow();
  return (
    <time dateTime={machineTime(props.at)} title={formatExact(props.at)}>
      {formatAgo(props.at, current())}
    </time>
  );
}

/** From start to end, or until now where there is no end yet. */
export function Duration(props: { from: number; to?: number | undefined }): JSX.Element {
  const current = useNow();
  return <span>{formatDuration((props.to ?? current()) - props.from)}</span>;
}
