import { createRoot, createSignal, untrack } from "solid-js";
import { beforeEach, expect, it, vi } from "vitest";

import type { View } from "../../wire";
import { createViewStore, type ViewStore } from "./view-state";

interface Address {
  view?: string;
  state?: string;
}

let unreachable = false;
const written: { view: string | null; state: string | null }[] = [];
const [current, setCurrent] = createSignal<Address>({});

vi.mock("@solidjs/router", () => ({
  useSearchParams: () => [
    {
      get view() {
        return current().view;
      },
      get state() {
        return current().state;
      },
    },
    (next: (typeof written)[number]) => {
      written.push(next);
      setCurrent({
        ...(next.view === null ? {} : { view: next.view }),
        ...(next.state === null ? {} : { state: next.state }),
      });
    },
  ],
}));

vi.mock("../../data/views", () => ({
  getView: (id: string): Promise<View> => {
    if (unreachable) return Promise.reject(new Error("unreachable"));
    return Promise.resolve({ view_id: id, name: id, definition: '{"filter":"a"}' } as unknown as View);
  },
}));

const WRITTEN_WITHIN = 250;
const settled = (milliseconds = 30) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let store: ViewStore;
let leave: () => void;

beforeEach(async () => {
  written.length = 0;
  setCurrent({});
  createRoot((dispose) => {
    store = createViewStore(() => "1");
    leave = dispose;
  });
  await settled();
});

it("writes what has changed into the address", async () => {
  store.update({ filter: "metrics.a > 1" });
  await settled(WRITTEN_WITHIN);
  expect(written.length).toBe(1);
  expect(written[0]?.state).toEqual(expect.any(String));
  leave();
});

it("does not touch the address of the page that is open by now", async () => {
  leave();
  // An undo that was offered on the page before.
  store.update({ charts: [] });
  store.open(undefined);
  store.markSaved({ view_id: "v", name: "v", definition: "{}" } as unknown as View);
  await settled(WRITTEN_WITHIN);
  expect(written).toEqual([]);
});

it("shows again what Back and then Forward lead to", async () => {
  store.update({ filter: "first" });
  await settled(WRITTEN_WITHIN);
  const first = untrack(current);
  setCurrent({});
  await settled();
  expect(store.state()?.filter).toBe("");
  setCurrent(first);
  await settled();
  expect(store.state()?.filter).toBe("first");
  leave();
});

it("says that a saved view could not be loaded, keeps it in the address, and tries again", async () => {
  unreachable = true;
  setCurrent({ view: "v" });
  await settled();
  expect(store.problem()).toEqual(new Error("unreachable"));
  expect(store.state()?.filter).toBe("");
  store.update({ tree: false });
  await settled(WRITTEN_WITHIN);
  expect(untrack(current).view).toBe("v");
  setCurrent({ view: "v" });
  unreachable = false;
  store.retry();
  await settled();
  expect(store.problem()).toBeUndefined();
  expect(store.state()?.filter).toBe("a");
  leave();
});
