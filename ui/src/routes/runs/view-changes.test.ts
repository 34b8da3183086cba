import { beforeEach, expect, it, vi } from "vitest";

import type { ToastOptions } from "../../components/toast";
import type { View } from "../../wire";
import { DEFAULT_STATE, type ViewState } from "./state";
import { deleteView, saveView } from "./view-changes";
import type { ViewStore } from "./view-state";

const toasts: { message: string; undo: ToastOptions["undo"] }[] = [];

vi.mock("../../components/toast", () => ({
  toast: (message: string, options: ToastOptions = {}) => toasts.push({ message, undo: options.undo }),
  toastError: (what: string) => toasts.push({ message: what, undo: undefined }),
}));

const view = (id: string, definition = '{"filter":"old"}') =>
  ({ view_id: id, name: id, definition }) as unknown as View;

vi.mock("../../data/views", () => ({
  update: (id: string, changes: Partial<View>) => Promise.resolve({ ...view(id), ...changes }),
  remove: () => Promise.resolve(),
  create: (_: string, name: string, definition: string) => Promise.resolve({ ...view("made"), name, definition }),
}));

let saved: View | undefined;
let state: ViewState;
const store: ViewStore = {
  problem: () => undefined,
  retry: () => undefined,
  state: () => state,
  saved: () => saved,
  update: (changes) => (state = { ...state, ...changes }),
  modified: () => false,
  open: (next) => {
    saved = next;
    state = DEFAULT_STATE;
  },
  markSaved: (next) => (saved = next),
};

beforeEach(() => {
  toasts.length = 0;
  saved = view("A");
  state = { ...DEFAULT_STATE, filter: "new" };
});

const undo = () => toasts.at(-1)?.undo?.();

it("takes back what was saved into the view that is still open", async () => {
  await saveView(store, state);
  expect(saved?.definition).toBe('{"filter":"new"}');
  await undo();
  expect(saved?.definition).toBe('{"filter":"old"}');
});

it("does not show another view as the one whose saving is taken back", async () => {
  await saveView(store, state);
  store.open(view("B"));
  await undo();
  expect(saved?.view_id).toBe("B");
});

it("opens a view again whose deletion is taken back at once", async () => {
  await deleteView(store, "1");
  expect(saved).toBeUndefined();
  await undo();
  expect(saved).toMatchObject({ view_id: "made", name: "A", definition: '{"filter":"old"}' });
});

it("leaves alone what has been done since a view was deleted", async () => {
  await deleteView(store, "1");
  store.update({ filter: "work of an hour" });
  await undo();
  expect(saved).toBeUndefined();
  expect(state.filter).toBe("work of an hour");
});
