import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Countdown } from "./countdown";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a countdown stands still while it is held, and goes on with what was left", () => {
  const done = vi.fn();
  const countdown = new Countdown(12_000, done);
  vi.advanceTimersByTime(5000);
  countdown.hold();
  vi.advanceTimersByTime(60_000);
  expect(done).not.toHaveBeenCalled();
  countdown.resume();
  vi.advanceTimersByTime(6999);
  expect(done).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(done).toHaveBeenCalledOnce();
});

test("held twice and resumed twice, it counts once", () => {
  const done = vi.fn();
  const countdown = new Countdown(1000, done);
  countdown.hold();
  countdown.hold();
  countdown.resume();
  countdown.resume();
  vi.advanceTimersByTime(5000);
  expect(done).toHaveBeenCalledOnce();
});

test("at its end it leaves time to come back", () => {
  const done = vi.fn();
  const countdown = new Countdown(1000, done);
  vi.advanceTimersByTime(990);
  countdown.hold();
  countdown.resume(3000);
  vi.advanceTimersByTime(2999);
  expect(done).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(done).toHaveBeenCalledOnce();
});
