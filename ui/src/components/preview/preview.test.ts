import { describe, expect, it } from "vitest";
import { DelimitedReader, guessDelimiter } from "./delimited";
import { imageSeries } from "./image-series";
import { looksLikeText, previewKind } from "./kinds";
import { relativePath } from "./relative-path";
import { formatSize } from "./size";
import { cellText, imageCell, loggedTable } from "./logged-table";

describe("previewKind", () => {
  it.each([
    ["plots/a.PNG", "image"],
    ["model/MLmodel", "text"],
    ["conda.yaml", "text"],
    ["a.json", "json"],
    ["a.b.csv", "delimited"],
    ["table.parquet", "parquet"],
    ["README.md", "markdown"],
    ["report.html", "html"],
    ["a.pdf", "pdf"],
    ["a.wav", "audio"],
    ["a.mp4", "video"],
    ["model.pkl", "unknown"],
    ["dir.png/weights", "unknown"],
  ])("%s is %s", (path, kind) => {
    expect(previewKind(path)).toBe(kind);
  });
});

describe("looksLikeText", () => {
  it("knows text from bytes, even where the last character is cut", () => {
    expect(looksLikeText(new TextEncoder().encode("größe"))).toBe(true);
    expect(looksLikeText(new TextEncoder().encode("größe").slice(0, 3))).toBe(true);
    expect(looksLikeText(new Uint8Array([0x80, 0x04, 0x95]))).toBe(false);
    expect(looksLikeText(new Uint8Array([65, 0, 66]))).toBe(false);
  });
});

describe("imageSeries", () => {
  it("groups by key and orders by step", () => {
    const series = imageSeries([
      "images/a~b+step+10+timestamp+5+0-1.png",
      "images/a~b+step+2+timestamp+9+0-2.png",
      "images/a~b+step+2+timestamp+9+0-2+compressed.webp",
      "images/old%step%1%timestamp%3%0-3.png",
      "images/old%step%1%timestamp%3%0-3%compressed.webp",
      "images/plain.png",
    ]);
    expect([...series.keys()]).toEqual(["a/b", "old"]);
    expect(series.get("a/b")?.map(({ step, preview }) => [step, preview])).toEqual([
      [2, "images/a~b+step+2+timestamp+9+0-2+compressed.webp"],
      [10, "images/a~b+step+10+timestamp+5+0-1.png"],
    ]);
    expect(series.get("old")?.[0]?.preview).toBe("images/old%step%1%timestamp%3%0-3%compressed.webp");
  });
});

describe("DelimitedReader", () => {
  const whole = (text: string) => new DelimitedReader(",").push(text, true);

  it("reads quotes, doubled quotes, line ends within and empty cells", () => {
    expect(whole('a,b\r\n"x, ""y""\nz",\n\n,2')).toEqual([
      ["a", "b"],
      ['x, "y"\nz', ""],
      ["", "2"],
    ]);
    expect(whole('"never closed,1\n2')).toEqual([["never closed,1\n2"]]);
  });

  it("gives the same rows wherever the parts are cut", () => {
    const text = 'id,"na""me"\r\n1,"a\r\nb"\r2,c\n';
    const rows = whole(text);
    expect(rows).toHaveLength(3);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const reader = new DelimitedReader(",");
      expect([...reader.push(text.slice(0, cut), false), ...reader.push(text.slice(cut), true)]).toEqual(rows);
    }
  });

  it("finds the delimiter in the first line", () => {
    expect(guessDelimiter("a;b;c\n1,2;3;4", "x.csv")).toBe(";");
    expect(guessDelimiter('"a;b;c;d",e,f\n', "x.csv")).toBe(",");
    expect(guessDelimiter("a,b", "x.TSV")).toBe("\t");
    expect(guessDelimiter("", "x.csv")).toBe(",");
  });
});

describe("loggedTable", () => {
  it("reads the split orientation and nothing else", () => {
    expect(loggedTable({ columns: ["a", 1], data: [[1, "x"]] })).toEqual({ columns: ["a", "1"], rows: [[1, "x"]] });
    expect(loggedTable({ columns: ["a"], data: [{ a: 1 }] })).toBeUndefined();
    expect(loggedTable([1])).toBeUndefined();
    expect(loggedTable({ data: [] })).toBeUndefined();
  });

  it("finds pictures in cells", () => {
    const cell = { type: "image", filepath: "t/a.png", compressed_filepath: "t/a.webp" };
    expect(imageCell(cell)).toEqual({ path: "t/a.png", preview: "t/a.webp" });
    expect(imageCell({ type: "image" })).toBeUndefined();
  });

  it("writes cells as text", () => {
    expect([null, "a", 1.5, true, 3n, new Date(0), { a: 1n }, [1]].map(cellText)).toEqual([
      "",
      "a",
      "1.5",
      "true",
      "3",
      "1970-01-01T00:00:00.000Z",
      '{"a":"1"}',
      "[1]",
    ]);
  });
});

describe("relativePath", () => {
  it("stays within the files", () => {
    expect(relativePath("docs/a/README.md", "../plots/x.png")).toBe("docs/plots/x.png");
    expect(relativePath("README.md", "./a%20b.png?raw#top")).toBe("a b.png");
    expect(relativePath("README.md", "../x.png")).toBeUndefined();
    expect(relativePath("README.md", "%E0%A4%A")).toBeUndefined();
    expect(relativePath("README.md", "#part")).toBeUndefined();
  });
});

describe("formatSize", () => {
  it("keeps two or three digits", () => {
    expect([0, 812, 999, 1000, 4200, 99_960, 1_300_000_000].map(formatSize)).toEqual([
      "0 B",
      "812 B",
      "999 B",
      "1.0 kB",
      "4.2 kB",
      "100 kB",
      "1.3 GB",
    ]);
  });
});
