import { describe, expect, it } from "vitest";

import { formatExact, formatNumber, formatSpan, linearTicks, logTicks, spanTicks, timeTicks } from "./ticks";

const labels = (ticks: { label: string }[]) => ticks.map((tick) => tick.label);

describe("ticks", () => {
  it("lie at round numbers within the extent", () => {
    expect(labels(linearTicks({ min: 0.03, max: 0.98 }, 5))).toEqual(["0.2", "0.4", "0.6", "0.8"]);
    expect(labels(linearTicks({ min: -1, max: 1 }, 4))).toEqual(["-1.0", "-0.5", "0", "0.5", "1.0"]);
    expect(labels(linearTicks({ min: 0, max: 5_000_000 }, 5))).toEqual(["0", "1M", "2M", "3M", "4M", "5M"]);
  });

  it("are exact where steps of doubles are not", () => {
    expect(linearTicks({ min: 0, max: 1 }, 10).map((tick) => tick.value)).toEqual([
      0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
    ]);
  });

  it("are one where there is one value", () => {
    expect(linearTicks({ min: 2, max: 2 }, 5)).toEqual([{ value: 2, label: "2" }]);
  });

  it("are few where only some doubles lie between the ends", () => {
    for (const [min, max] of [
      [0.3, 0.1 + 0.2],
      [1e16, 1e16 + 4],
      [1e300, 1e300 * (1 + Number.EPSILON)],
      [-1e18, -1e18 + 256],
    ] as const) {
      for (const ticks of [linearTicks, logTicks, spanTicks, timeTicks]) {
        const found = ticks({ min, max }, 6);
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThan(12);
      }
    }
  });

  it("of times stay at midnight when the zone's time changes", () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
    try {
      const from = new Date(2026, 2, 27).getTime();
      const ticks = timeTicks({ min: from, max: new Date(2026, 3, 1).getTime() }, 5);
      expect(ticks.map((tick) => new Date(tick.value).getHours())).toEqual([0, 0, 0, 0, 0, 0]);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  it("of log axes are powers of ten, and between them where there is room", () => {
    expect(labels(logTicks({ min: 1, max: 1000 }, 4))).toEqual(["1", "10", "100", "1000"]);
    expect(labels(logTicks({ min: 1, max: 100 }, 8))).toEqual(["1", "2", "5", "10", "20", "50", "100"]);
    expect(logTicks({ min: 1e-12, max: 1e12 }, 5).length).toBeLessThanOrEqual(6);
    expect(labels(logTicks({ min: 2, max: 3 }, 4))).toEqual(["2.0", "2.5", "3.0"]);
  });

  it("of spans are whole seconds, minutes, hours", () => {
    expect(labels(spanTicks({ min: 0, max: 180_000 }, 4))).toEqual(["0", "1 m", "2 m", "3 m"]);
    expect(labels(spanTicks({ min: 0, max: 10 * 3_600_000 }, 4))).toEqual(["0", "3 h", "6 h", "9 h"]);
  });

  it("of times are whole minutes of the reader's zone", () => {
    const from = Date.UTC(2026, 0, 1, 12, 3);
    const ticks = timeTicks({ min: from, max: from + 3_600_000 }, 4);
    expect(ticks.length).toBeGreaterThan(2);
    for (const tick of ticks) expect(tick.value % (15 * 60_000)).toBe(0);
  });
});

describe("numbers", () => {
  it("are short", () => {
    expect([0, 0.12345, 1234.5, 12_345, 2_500_000, 0.00001234, 1e21, NaN, -Infinity].map(formatNumber)).toEqual([
      "0",
      "0.1235",
      "1235",
      "12.35k",
      "2.5M",
      "1.23e-5",
      "1e21",
      "NaN",
      "−∞",
    ]);
  });

  it("are exact where one is looked at", () => {
    expect([0.1 + 0.2, 1_000_000, 0.00001234, 1.5].map(formatExact)).toEqual(["0.3", "1000000", "1.234e-5", "1.5"]);
  });

  it("of time are two units at most", () => {
    expect([850, 12_500, 200_000, 7_500_000, 356_400_000, 3_599_999].map(formatSpan)).toEqual([
      "850 ms",
      "12.5 s",
      "3 m 20 s",
      "2 h 5 m",
      "4 d 3 h",
      "60 m",
    ]);
  });
});
