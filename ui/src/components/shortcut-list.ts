// All keys of all pages, for the page that lists them. Pages name their keys by this list (`useShortcuts`), which the compiler
// checks; the texts are loaded with the list only.

/** `mod+k`, `shift+ArrowDown`, `?`, or two keys after each other: `g e`. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export const SHORTCUTS = {
  everywhere: {
    name: "Everywhere",
    keys: {
      "mod+k": "Open the palette",
      "g e": "Go to experiments",
      "g m": "Go to models",
      "?": "Show all keys",
      "mod+z": "Undo the last delete or change",
    },
  },
  experiments: {
    name: "Experiments",
    keys: {
      "/": "Search",
      n: "New experiment",
      ArrowDown: "Move in the list (↑ too)",
      Enter: "Open the experiment",
      F2: "Rename it",
      Delete: "Delete it",
    },
  },
  runs: {
    name: "Runs of an experiment",
    keys: {
      "/": "Filter",
      "g t": "Go to the table",
      o: "Choose columns",
      v: "Charts beside the table",
      c: "Compare the marked runs",
      Delete: "Delete the marked runs",
      r: "Load again",
    },
  },
  table: {
    name: "In the table of runs",
    keys: {
      ArrowDown: "Move between cells (also ↑ ← →)",
      PageDown: "A page down (Page Up: up)",
      "mod+End": "To the last run (Home: the first)",
      " ": "Mark the run",
      "shift+ArrowDown": "Mark a range",
      Enter: "Open the run, a group, or order by a header",
      ArrowRight: "Open children (in the first column; ← closes)",
      f: "Filters of the cell, menu of a header",
      "mod+c": "Copy the cell",
      "shift+ArrowRight": "Widen the column, in its header (← narrows it)",
    },
  },
  columns: {
    name: "Among columns to choose",
    keys: {
      ArrowDown: "From the search to the names, and along them (↑ back)",
      PageDown: "Ten names down (Page Up: up)",
      End: "To the last name (Home: the first)",
      " ": "Show or hide the column (Enter too)",
      ArrowRight: "Another kind of names, among the kinds (← too)",
    },
  },
  filter: {
    name: "In a filter",
    keys: {
      ArrowDown: "Choose a suggestion",
      Tab: "Take it, or the first",
      Enter: "Take the chosen one, else apply the filter",
      Escape: "Close the suggestions, then take back what was typed",
    },
  },
  charts: {
    name: "In a chart",
    keys: {
      ArrowRight: "Along the line (with Shift: ten points)",
      ArrowDown: "To the next line",
      "+": "Zoom in (-: out)",
      y: "Zoom in along y (Shift Y: out)",
      "<": "Move the part in sight (>: to the right)",
      "0": "Show all; a double click does too",
      Home: "To the first run (End: the last), where marks stand for runs",
      Enter: "Open the run of a mark",
    },
  },
  handles: {
    name: "Handles of charts",
    keys: {
      ArrowLeft: "Edge beside the table: wider charts (→ narrower)",
      ArrowUp: "Grip of a chart: earlier (↓ later; ← and → too)",
      ArrowRight: "Corner of a chart: wider (← narrower)",
      ArrowDown: "Corner of a chart: higher (↑ lower)",
    },
  },
  run: { name: "A run", keys: { e: "Rename the run" } },
  files: {
    name: "Artifacts",
    keys: {
      ArrowDown: "Next file",
      ArrowUp: "File before",
      ArrowRight: "Open a directory",
      ArrowLeft: "Close it, or go to the one above",
      Enter: "Show the file",
    },
  },
  loggedModels: { name: "Models of an experiment", keys: { "/": "Filter models" } },
  models: { name: "Registered models", keys: { "/": "Search models" } },
} as const satisfies Record<string, { name: string; keys: Record<string, string> }>;

/** A part of the user interface that has keys. */
export type Part = keyof typeof SHORTCUTS;

/** The keys of a part. */
export type KeysOf<P extends Part> = keyof (typeof SHORTCUTS)[P]["keys"] & string;
