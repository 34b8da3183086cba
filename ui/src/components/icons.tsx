import type { JSX } from "solid-js";

import "./icons.css";

/** Drawn on a 16 by 16 grid with strokes of 1.5. */
const PATHS = {
  alert: "M8 5v3.5M8 11h.01M7.1 2.5 1.6 12.2a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L8.9 2.5a1 1 0 0 0-1.8 0Z",
  archive: "M2 3h12v3H2zM3 6v7h10V6M6.5 9h3",
  back: "M9.5 3.5 5 8l4.5 4.5",
  box: "M8 1.8 13.8 5v6L8 14.2 2.2 11V5L8 1.8ZM2.2 5 8 8.2 13.8 5M8 8.2v6",
  chart: "M2 2v12h12M5 10.5 8 7l2.5 2L14 4.5",
  check: "m3 8.5 3.3 3.3L13 4.5",
  close: "m4 4 8 8M12 4l-8 8",
  columns: "M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11",
  compare: "M8 2v12M2.5 5h3M2.5 8h3M2.5 11h3M10.5 5h3M10.5 8h3M10.5 11h3",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  down: "m3.5 6 4.5 4.5L12.5 6",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  drag: "M6 3.5h.01M10 3.5h.01M6 8h.01M10 8h.01M6 12.5h.01M10 12.5h.01",
  edit: "m10.5 2.8 2.7 2.7L5.5 13.2l-3.3.6.6-3.3 7.7-7.7Z",
  external: "M9 2.5h4.5V7M13.5 2.5 7.5 8.5M12 9.5v4H2.5V4h4",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  eyeOff:
    "M2 2l12 12M6.3 3.8A6 6 0 0 1 8 3.5C12 3.5 14.5 8 14.5 8a11 11 0 0 1-2 2.5M4 5.2A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 2.8-.7",
  file: "M4 1.8h5.5L13 5.3v8.9H4zM9.5 1.8v3.5H13",
  filter: "M2 3h12l-4.7 5.6v4.6L6.7 12V8.6L2 3Z",
  folder: "M1.8 3.5h4.4l1.5 1.8h6.5v7.5H1.8z",
  forward: "M6.5 3.5 11 8l-4.5 4.5",
  group: "M2 3h12M5 8h9M5 13h9M2 8h.01M2 13h.01",
  help: "M8 14.3A6.3 6.3 0 1 0 8 1.7a6.3 6.3 0 0 0 0 12.6ZM6.2 6.2a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.2M8 11.4h.01",
  link: "M6.7 9.3a2.7 2.7 0 0 0 3.8 0l2.3-2.3A2.7 2.7 0 0 0 9 3.2l-.9.9M9.3 6.7a2.7 2.7 0 0 0-3.8 0L3.2 9A2.7 2.7 0 0 0 7 12.8l.9-.9",
  live: "M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM5.2 10.8a4 4 0 0 1 0-5.6M10.8 5.2a4 4 0 0 1 0 5.6M3 13a7.1 7.1 0 0 1 0-10M13 3a7.1 7.1 0 0 1 0 10",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  minus: "M3 8h10",
  moon: "M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z",
  more: "M3.5 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM8 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM12.5 8.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8Z",
  panel: "M2 2.5h12v11H2zM9.5 2.5v11",
  pin: "M6 2h4l-.5 4.5L12 9H4l2.5-2.5L6 2ZM8 9v5",
  play: "M4.5 2.8v10.4L13 8 4.5 2.8Z",
  plus: "M8 3v10M3 8h10",
  refresh: "M13.5 3v3.5H10M2.5 13V9.5H6M12.8 6.5A5.3 5.3 0 0 0 3.6 5M3.2 9.5a5.3 5.3 0 0 0 9.2 1.5",
  save: "M2.5 2.5h8.7l2.3 2.3v8.7h-11zM5 2.5v3.7h5V2.5M5 13.5V9.5h6v4",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  settings:
    "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM5.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
  sortDown: "M8 3v10M4 9l4 4 4-4",
  sortUp: "M8 13V3M4 7l4-4 4 4",
  spark: "M1.5 11 5 6l3 3.5L11 4l3.5 6",
  star: "m8 2 1.9 3.8 4.1.6-3 2.9.7 4.2L8 11.5l-3.7 2 .7-4.2-3-2.9 4.1-.6L8 2Z",
  stop: "M3.5 3.5h9v9h-9z",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  system: "M2 2.8h12v8.4H2zM6 13.8h4M8 11.2v2.6",
  tag: "M2 2.5h5.5l6.3 6.3-5 5L2.5 7.5zM5.2 5.2h.01",
  trash: "M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.8v4M9.3 6.8v4",
  tree: "M3 2.5v9.5h3M3 6h3M8 4.2h5.5v3.6H8zM8 10.2h5.5v3.6H8z",
  undo: "M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6",
  up: "m3.5 10 4.5-4.5 4.5 4.5",
  upload: "M8 10.5v-8M4.5 6 8 2.5 11.5 6M2.5 13.5h11",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word, or in a button that has a label of its own: never read aloud. */
export function Icon(props: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width={props.size ?? 16} height={props.size ?? 16} aria-hidden="true">
      <path d={PATHS[props.name]} />
    </svg>
  );
}

/** Tracks and a sleeper, as on the tab. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark-icon" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M7 23h18M7 9h18M12 9v14M20 9v14" />
    </svg>
  );
}
