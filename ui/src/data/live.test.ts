import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Change, LiveChanges, type Source, wantedTopics } from "./live";

class FakeSource implements Source {
  readyState = 1;
  closed = false;
  readonly #listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();

  constructor(readonly url: string) {}

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.closed = true;
    this.readyState = 2;
  }

  send(type: string, data: unknown = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) {
      listener({ data: JSON.stringify(data) } as MessageEvent<string>);
    }
  }
}

let sources: FakeSource[];
let live: LiveChanges;

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  live = new LiveChanges((url) => {
    const source = new FakeSource(url);
    sources.push(source);
    return source;
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function listener() {
  return { changed: vi.fn<(changes: readonly Change[]) => void>(), reload: vi.fn<() => void>() };
}

const metrics = (run_id: string, experiment_id = "1") => ({ experiment_id, run_id, kinds: ["metrics"] });

describe("live changes", () => {
  it("share one connection about all that is watched", () => {
    live.watch({ experimentIds: ["1"] }, listener());
    live.watch({ runIds: ["r1", "r2"] }, listener());
    vi.advanceTimersByTime(100);
    expect(sources).toHaveLength(1);
    expect(sources[0]?.url).toContain("events?experiment_id=1&run_id=r1&run_id=r2");
  });

  it("arrive together, each watcher's own", () => {
    const [first, second] = [listener(), listener()];
    live.watch({ experimentIds: ["1"] }, first);
    live.watch({ runIds: ["r2"] }, second);
    vi.advanceTimersByTime(100);
    sources[0]?.send("changed", metrics("r1"));
    sources[0]?.send("changed", { ...metrics("r1"), kinds: ["status"] });
    sources[0]?.send("changed", metrics("r2", "2"));
    expect(first.changed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(300);
    expect(first.changed.mock.calls).toEqual([
      [[{ experimentId: "1", runId: "r1", kinds: new Set(["metrics", "status"]) }]],
    ]);
    expect(second.changed.mock.calls).toEqual([[[{ experimentId: "2", runId: "r2", kinds: new Set(["metrics"]) }]]]);
  });

  it("of two whole experiments stay two", () => {
    const watcher = listener();
    live.watch({ experimentIds: ["1", "2"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("changed", { ...metrics("", "1"), kinds: ["deleted"] });
    sources[0]?.send("changed", { ...metrics("", "2"), kinds: ["deleted"] });
    vi.advanceTimersByTime(300);
    const deleted = (experimentId: string) => ({ experimentId, runId: "", kinds: new Set(["deleted"]) });
    expect(watcher.changed.mock.calls).toEqual([[[deleted("1"), deleted("2")]]]);
  });

  it("tell that they begin, for what was read before", () => {
    const watcher = { ...listener(), opened: vi.fn<() => void>() };
    live.watch({ runIds: ["r1"] }, watcher);
    vi.advanceTimersByTime(100);
    expect(watcher.opened).not.toHaveBeenCalled();
    sources[0]?.send("open");
    expect(watcher.opened).toHaveBeenCalledTimes(1);
    expect(watcher.reload).not.toHaveBeenCalled();
  });

  it("are asked for anew as a whole after a break", () => {
    const watcher = listener();
    live.watch({ runIds: ["r1"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    expect(watcher.reload).not.toHaveBeenCalled();
    sources[0]?.send("error");
    sources[0]?.send("open");
    expect(watcher.reload).toHaveBeenCalledTimes(1);
  });

  it("go on without a break when something else is to be heard, too", () => {
    const before = { ...listener(), opened: vi.fn<() => void>() };
    const after = { ...listener(), opened: vi.fn<() => void>() };
    live.watch({ runIds: ["r1"] }, before);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    live.watch({ runIds: ["r2"] }, after);
    vi.advanceTimersByTime(100);
    // The old connection is heard until the new one is open, and a moment longer.
    expect(sources).toHaveLength(2);
    expect(sources[0]?.closed).toBe(false);
    sources[0]?.send("changed", metrics("r1"));
    expect(after.opened).not.toHaveBeenCalled();
    sources[1]?.send("open");
    sources[0]?.send("changed", { ...metrics("r1"), kinds: ["status"] });
    vi.advanceTimersByTime(300);
    expect(before.changed.mock.calls).toEqual([
      [[{ experimentId: "1", runId: "r1", kinds: new Set(["metrics", "status"]) }]],
    ]);
    vi.advanceTimersByTime(1000);
    expect(sources[0]?.closed).toBe(true);
    expect(sources[1]?.closed).toBe(false);
    expect([before.opened, after.opened].map((one) => one.mock.calls.length)).toEqual([1, 1]);
    expect(before.reload).not.toHaveBeenCalled();
    expect(after.reload).not.toHaveBeenCalled();
  });

  it("have a page read once that takes the place of another", () => {
    const [list, table] = [listener(), { ...listener(), opened: vi.fn<() => void>() }];
    const left = live.watch({ experimentIds: ["1", "2"], allExperiments: true }, list);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    left.stop();
    live.watch({ experimentIds: ["1"] }, table);
    vi.advanceTimersByTime(100);
    sources[1]?.send("open");
    expect(table.reload).not.toHaveBeenCalled();
    // It was heard from the first moment.
    expect(table.opened).not.toHaveBeenCalled();
    expect(list.reload).not.toHaveBeenCalled();
  });

  it("have nothing read again when there is less to hear", () => {
    const watcher = { ...listener(), opened: vi.fn<() => void>() };
    const watching = live.watch({ runIds: ["r1", "r2", "r3"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    watching.change({ runIds: ["r1", "r3"] });
    vi.advanceTimersByTime(100);
    expect(sources[1]?.url).toContain("events?run_id=r1&run_id=r3");
    sources[1]?.send("open");
    vi.advanceTimersByTime(2000);
    expect(sources[0]?.closed).toBe(true);
    expect(watcher.opened).toHaveBeenCalledTimes(1);
    expect(watcher.reload).not.toHaveBeenCalled();
  });

  it("tell who asks for more that it begins, and after a break all who were there", () => {
    const [first, second] = [listener(), { ...listener(), opened: vi.fn<() => void>() }];
    live.watch({ runIds: ["r1"] }, first);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    sources[0]?.send("error");
    live.watch({ runIds: ["r2"] }, second);
    vi.advanceTimersByTime(100);
    sources[1]?.send("open");
    expect(first.reload).toHaveBeenCalledTimes(1);
    expect(second.reload).not.toHaveBeenCalled();
    expect(second.opened).toHaveBeenCalledTimes(1);
  });

  it("give the old connection up where the server has no place for another", () => {
    const watcher = listener();
    live.watch({ runIds: ["r1"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    live.watch({ runIds: ["r2"] }, listener());
    vi.advanceTimersByTime(100);
    if (sources[1]) sources[1].readyState = 2;
    sources[1]?.send("error");
    expect(sources[0]?.closed).toBe(true);
    vi.advanceTimersByTime(2000);
    sources[2]?.send("open");
    expect(watcher.reload).toHaveBeenCalledTimes(1);
  });

  it("of experiments themselves reach who watches all of them", () => {
    const [all, one] = [listener(), listener()];
    live.watch({ allExperiments: true }, all);
    live.watch({ experimentIds: ["1"] }, one);
    vi.advanceTimersByTime(100);
    expect(sources[0]?.url).toContain("events?experiment_id=1&all_experiments=true");
    sources[0]?.send("changed", { ...metrics("", "2"), kinds: ["created"] });
    sources[0]?.send("changed", metrics("r1", "1"));
    vi.advanceTimersByTime(300);
    expect(all.changed.mock.calls).toEqual([[[{ experimentId: "2", runId: "", kinds: new Set(["created"]) }]]]);
    expect(one.changed.mock.calls).toEqual([[[{ experimentId: "1", runId: "r1", kinds: new Set(["metrics"]) }]]]);
  });

  it("connect again, more and more slowly, where the browser gives up", () => {
    live.watch({ runIds: ["r1"] }, listener());
    vi.advanceTimersByTime(100);
    for (const [index, delay] of [2000, 4000, 8000].entries()) {
      const source = sources[index];
      if (source) source.readyState = 2;
      source?.send("error");
      vi.advanceTimersByTime(delay - 1);
      expect(sources).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
      expect(sources).toHaveLength(index + 2);
    }
  });

  it("need no connection while nobody looks or watches", () => {
    const watcher = listener();
    const watching = live.watch({ runIds: ["r1"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("open");
    live.setAwake(false);
    vi.advanceTimersByTime(100);
    expect(sources[0]?.closed).toBe(true);
    live.setAwake(true);
    vi.advanceTimersByTime(100);
    expect(sources).toHaveLength(2);
    sources[1]?.send("open");
    expect(watcher.reload).toHaveBeenCalledTimes(1);
    watching.stop();
    vi.advanceTimersByTime(100);
    expect(sources[1]?.closed).toBe(true);
    expect(sources).toHaveLength(2);
  });

  it("survive messages that are no changes", () => {
    const watcher = listener();
    live.watch({ runIds: ["r1"] }, watcher);
    vi.advanceTimersByTime(100);
    sources[0]?.send("changed", { run_id: 5 });
    sources[0]?.send("changed", metrics("r1"));
    vi.advanceTimersByTime(300);
    expect(watcher.changed).toHaveBeenCalledTimes(1);
  });

  it("are about a hundred topics at most, experiments before runs", () => {
    const runIds = Array.from({ length: 150 }, (_, index) => `r${String(index).padStart(3, "0")}`);
    const topics = wantedTopics([{ runIds }, { experimentIds: ["9", "9"] }]);
    expect(topics?.experiment_id).toEqual(["9"]);
    expect(topics?.run_id).toHaveLength(99);
    expect(wantedTopics([{}])).toBeUndefined();
  });
});
