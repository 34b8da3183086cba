import { describe, expect, it } from "vitest";
import { imageAddress, linkAddress } from "./addresses";
import { type Block, type Inline, MAX_CHARACTERS, MAX_PARAGRAPH, parseMarkdown } from "./tree";

function texts(blocks: Block[]): string {
  return JSON.stringify(blocks);
}

function first(source: string): Inline {
  const block = parseMarkdown(source).blocks[0];
  if (block?.kind !== "paragraph" || block.children[0] === undefined) {
    throw new Error(`no paragraph in ${texts(parseMarkdown(source).blocks)}`);
  }
  return block.children[0];
}

describe("parseMarkdown", () => {
  it("reads headings, lists, tables and code", () => {
    const { blocks } = parseMarkdown(
      "# A *b*\n\n1. x\n2. y\n\n| h | n |\n|---|--:|\n| a | 1 |\n\n```py\nf(1)\n```\n\n---",
    );
    expect(blocks).toEqual([
      {
        kind: "heading",
        depth: 1,
        children: [
          { kind: "text", text: "A " },
          { kind: "emphasis", children: [{ kind: "text", text: "b" }] },
        ],
      },
      {
        kind: "list",
        start: 1,
        items: [
          [{ kind: "paragraph", children: [{ kind: "text", text: "x" }] }],
          [{ kind: "paragraph", children: [{ kind: "text", text: "y" }] }],
        ],
      },
      {
        kind: "table",
        align: [undefined, "right"],
        head: [[{ kind: "text", text: "h" }], [{ kind: "text", text: "n" }]],
        rows: [[[{ kind: "text", text: "a" }], [{ kind: "text", text: "1" }]]],
      },
      { kind: "code", text: "f(1)" },
      { kind: "rule" },
    ]);
  });

  it("keeps raw HTML as text", () => {
    expect(parseMarkdown("<script>alert(1)</script>").blocks).toEqual([
      { kind: "paragraph", children: [{ kind: "text", text: "<script>alert(1)</script>" }] },
    ]);
    expect(first("<img src=x onerror=alert(1)>")).toEqual({ kind: "text", text: "<img src=x onerror=alert(1)>" });
  });

  it.each([
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#10;script:alert(1))",
    "[a](&#1;javascript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](vbscript:x)",
    "[a](blob:http://h/x)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example/x)",
    "[a](/\\\\evil.example)",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg/onload=alert(1)>)",
  ])("makes no link or image of %s", (source) => {
    const drawn = texts(parseMarkdown(source).blocks);
    expect(drawn).not.toContain('"kind":"link"');
    expect(drawn).not.toContain('"kind":"image"');
  });

  it("links to pages, mail and places of this server", () => {
    expect(first("[a](https://a.example/b)")).toMatchObject({ kind: "link", address: "https://a.example/b" });
    expect(first("<mailto:a@b.example>")).toMatchObject({ kind: "link", address: "mailto:a@b.example" });
    expect(first("[a](runs/1)")).toMatchObject({ kind: "link", address: "runs/1" });
    expect(first("[a][B]\n\n[b]: https://a.example")).toMatchObject({ kind: "link", address: "https://a.example" });
  });

  it("shows pictures of this server and links those of others", () => {
    const inDirectory = (relative: string) => `get-artifact?path=docs/${relative}`;
    const { blocks } = parseMarkdown("![plot](a.png) ![far](https://a.example/p.png)", inDirectory);
    expect(blocks).toEqual([
      {
        kind: "paragraph",
        children: [
          { kind: "image", address: "get-artifact?path=docs/a.png", alt: "plot" },
          { kind: "text", text: " " },
          { kind: "link", address: "https://a.example/p.png", children: [{ kind: "text", text: "far" }] },
        ],
      },
    ]);
  });

  it("leaves plain what would take long to read", () => {
    const dense = "_a_ ".repeat(MAX_PARAGRAPH / 4 + 1);
    expect(parseMarkdown(dense).blocks).toEqual([{ kind: "code", text: dense }]);
    expect(parseMarkdown(`${"x".repeat(200)}\n\n`.repeat(MAX_PARAGRAPH / 100)).blocks.length).toBe(MAX_PARAGRAPH / 100);
    expect(parseMarkdown("x".repeat(MAX_CHARACTERS + 1))).toMatchObject({ cut: true });
  });

  it("bounds depth", () => {
    let deepest = 0;
    const walk = (blocks: Block[], depth: number) => {
      deepest = Math.max(deepest, depth);
      for (const block of blocks) {
        if (block.kind === "quote") walk(block.children, depth + 1);
        if (block.kind === "list") for (const item of block.items) walk(item, depth + 1);
      }
    };
    walk(parseMarkdown(">".repeat(10_000) + "x").blocks, 0);
    expect(deepest).toBeLessThan(30);
  });
});

describe("addresses", () => {
  it("resolves only relative paths", () => {
    const resolve = (relative: string) => (relative.startsWith("..") ? undefined : `R/${relative}`);
    expect(imageAddress("a.png", resolve)).toBe("R/a.png");
    expect(imageAddress("/a.png", resolve)).toBe("/a.png");
    expect(imageAddress("../a.png", resolve)).toBeUndefined();
    expect(linkAddress("#part", resolve)).toBe("#part");
    expect(linkAddress(" https://a.example ", resolve)).toBe("https://a.example");
  });
});
