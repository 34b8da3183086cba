import { describe, expect, it } from "vitest";

import { formatAgo, formatDuration, formatExact, machineTime } from "./time";

describe("durations", () => {
  it.each([
    [0, "0.0 s"],
    [400, "0.4 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [250_000, "4 min 10 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
    [-5, "0.0 s"],
  ])("%d ms are %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("times", () => {
  const now = Date.UTC(2030, 5, 15, 12);
  it.each([
    [2, "just now"],
    [45, "45 s ago"],
    [61, "1 min ago"],
    [7200, "2 h ago"],
    [3 * 86_400, "3 d ago"],
  ])("%d s before now are %s", (seconds, text) => {
    expect(formatAgo(now - seconds * 1000, now)).toBe(text);
  });

  it("are dates when they are far away, with the year of another year", () => {
    expect(formatAgo(now - 400 * 86_400_000, now)).toContain("2029");
    expect(formatAgo(now - 30 * 86_400_000, now)).not.toContain("ago");
  });

  it("beyond all dates are the number that was sent", () => {
    const nanoseconds = 1_700_000_000_000_000_000;
    for (const format of [formatExact, (ms: number) => formatAgo(ms, now)]) {
      expect(format(nanoseconds)).toBe("1700000000000000000");
      expect(format(-nanoseconds)).toBe("-1700000000000000000");
      expect(format(NaN)).toBe("NaN");
    }
    expect(machineTime(nanoseconds)).toBeUndefined();
    expect(machineTime(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(formatExact(8.64e15)).toContain("275760");
  });
});
