import { describe, expect, it } from "vitest";

import { fileName, figureSvg, legendRows, toCsv } from "./export";
import { escapeXml, SvgPen } from "./pen";

describe("exports", () => {
  it("quote what CSV has to", () => {
    const table = {
      header: ["run_name", "value"],
      rows: [
        ['a "b", c', 0.5],
        ["line\nbreak", NaN],
        ["x", undefined],
      ],
    };
    expect(toCsv(table)).toBe('run_name,value\r\n"a ""b"", c",0.5\r\n"line\nbreak",NaN\r\nx,\r\n');
  });

  it("hold no formula", () => {
    const table = { header: ["a"], rows: [["=1+1"], ["@x"], ["-5"], ["-x"]] };
    expect(toCsv(table)).toBe("a\r\n'=1+1\r\n'@x\r\n-5\r\n'-x\r\n");
  });

  it("have names for every file system", () => {
    expect(fileName("val/loss: a\\b?", "png")).toBe("val-loss-a-b.png");
    expect(fileName("../..", "csv")).toBe("chart.csv");
  });

  it("break a long legend into rows", () => {
    const entries = Array.from({ length: 10 }, (_, index) => ({ name: `run ${String(index)}`, color: "red" }));
    const rows = legendRows(entries, 300);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.flat()).toEqual(entries);
    expect(legendRows([], 300)).toEqual([]);
  });

  it("as SVG run nothing of what names hold", () => {
    const hostile = `</text><script>alert(1)</script>"'&\u0000`;
    const svg = figureSvg({
      title: hostile,
      legend: [{ name: hostile, color: `red" onload="alert(1)` }],
      theme: { dark: false, text: "#000", muted: "#666", grid: "#ddd", surface: "#fff", accent: "#00f" },
      size: { width: 900, height: 200 },
      drawing: {
        marks: [],
        table: { header: [], rows: [] },
        paint: (pen) => pen.text(0, 0, hostile, { fill: "#000", size: 11 }),
      },
    });
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain('" onload=');
    expect(svg).not.toContain("\u0000");
    expect(escapeXml(`<&>"'`)).toBe("&lt;&amp;&gt;&quot;&#39;");
  });

  it("interrupt lines at gaps", () => {
    const pen = new SvgPen();
    pen.line([0, 0, 1, 1, NaN, NaN, 3, 3, 4, 4], { stroke: "red" });
    expect(pen.document(5, 5)).toContain('d="M0 0L1 1M3 3L4 4"');
  });
});
