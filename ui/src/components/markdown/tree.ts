/**
 * Markdown as a tree that cannot hold anything dangerous: what a text of a stranger may become on a page is decided here,
 * and `markdown.tsx` only draws it. Raw HTML stays text; links and images pass `addresses.ts`.
 */
import type { Nodes, Parent, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import { imageAddress, linkAddress, type Resolve } from "./addresses";

export type Inline =
  | { kind: "text" | "code"; text: string }
  | { kind: "emphasis" | "strong" | "deleted"; children: Inline[] }
  | { kind: "link"; address: string; children: Inline[] }
  | { kind: "image"; address: string; alt: string }
  | { kind: "break" };

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; depth: number; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "quote"; children: Block[] }
  | { kind: "list"; start: number | undefined; items: Block[][] }
  | { kind: "table"; align: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

export type Align = "left" | "right" | "center" | undefined;

/** Longer texts are cut: nobody reads them in a preview. */
export const MAX_CHARACTERS = 100_000;

/** Lines without a blank one between them, beyond which a text stays plain: there the parser's time grows with the square. */
export const MAX_PARAGRAPH = 20_000;

/** Quotes and lists in each other beyond this become plain text, so that drawing them cannot exhaust the stack. */
const MAX_DEPTH = 24;

export interface MarkdownTree {
  blocks: Block[];
  /** Whether the text was longer than is shown. */
  cut: boolean;
}

/** Reads a text. `resolve` turns relative addresses of images and links into addresses of this server. */
export function parseMarkdown(source: string, resolve?: Resolve): MarkdownTree {
  const text = source.slice(0, MAX_CHARACTERS);
  const cut = source.length > MAX_CHARACTERS;
  if (text.split(/\n[ \t\r]*\n/).some((paragraph) => paragraph.length > MAX_PARAGRAPH)) {
    return { blocks: [{ kind: "code", text }], cut };
  }
  return { blocks: new Reader(flattenNesting(text), resolve).read(), cut };
}

/**
 * Takes away markers of quotes and lists beyond `MAX_DEPTH` at the start of lines. The parser's own time grows with the
 * square of the depth: 10,000 of `>` would hold the page for minutes.
 */
function flattenNesting(text: string): string {
  return text.replace(/^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){25,}/gm, (markers) => {
    const kept = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){24}/.exec(markers);
    return kept?.[0] ?? "";
  });
}

class Reader {
  private readonly definitions = new Map<string, string>();
  private readonly root: Root;

  constructor(
    private readonly source: string,
    private readonly resolve: Resolve | undefined,
  ) {
    this.root = fromMarkdown(source, {
      extensions: [gfmTable(), gfmStrikethrough()],
      mdastExtensions: [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()],
    });
    this.collectDefinitions(this.root, 0);
  }

  read(): Block[] {
    return this.blocks(this.root.children, 0);
  }

  private collectDefinitions(parent: Parent, depth: number): void {
    for (const node of parent.children) {
      if (node.type === "definition" && !this.definitions.has(node.identifier)) {
        this.definitions.set(node.identifier, node.url);
      } else if ("children" in node && depth < MAX_DEPTH) {
        this.collectDefinitions(node, depth + 1);
      }
    }
  }

  private blocks(nodes: Nodes[], depth: number): Block[] {
    return nodes.flatMap((node) => this.block(node, depth) ?? []);
  }

  private block(node: Nodes, depth: number): Block | undefined {
    if (depth > MAX_DEPTH) {
      return { kind: "code", text: this.sourceOf(node) };
    }
    switch (node.type) {
      case "paragraph":
        return { kind: "paragraph", children: this.inlines(node.children, depth + 1) };
      case "heading":
        return { kind: "heading", depth: node.depth, children: this.inlines(node.children, depth + 1) };
      case "code":
        return { kind: "code", text: node.value };
      case "html":
        return { kind: "paragraph", children: [{ kind: "text", text: node.value }] };
      case "blockquote":
        return { kind: "quote", children: this.blocks(node.children, depth + 1) };
      case "list": {
        const items = node.children.map((item) => this.blocks(item.children, depth + 1));
        return { kind: "list", start: node.ordered === true ? (node.start ?? 1) : undefined, items };
      }
      case "table": {
        const [head, ...rows] = node.children.map((row) =>
          row.children.map((cell) => this.inlines(cell.children, depth + 1)),
        );
        return { kind: "table", align: (node.align ?? []).map((align) => align ?? undefined), head: head ?? [], rows };
      }
      case "thematicBreak":
        return { kind: "rule" };
      case "definition":
        return undefined;
      default:
        return { kind: "paragraph", children: [{ kind: "text", text: this.sourceOf(node) }] };
    }
  }

  private inlines(nodes: Nodes[], depth: number): Inline[] {
    return nodes.map((node) => this.inline(node, depth));
  }

  private inline(node: Nodes, depth: number): Inline {
    if (depth > 2 * MAX_DEPTH) {
      return { kind: "text", text: this.sourceOf(node) };
    }
    switch (node.type) {
      case "text":
      case "html":
        return { kind: "text", text: node.value };
      case "inlineCode":
        return { kind: "code", text: node.value };
      case "emphasis":
      case "strong":
        return { kind: node.type, children: this.inlines(node.children, depth + 1) };
      case "delete":
        return { kind: "deleted", children: this.inlines(node.children, depth + 1) };
      case "break":
        return { kind: "break" };
      case "link":
        return this.link(node.url, node, depth);
      case "linkReference":
        return this.link(this.definitions.get(node.identifier), node, depth);
      case "image":
        return this.image(node.url, node.alt, node);
      case "imageReference":
        return this.image(this.definitions.get(node.identifier), node.alt, node);
      default:
        return { kind: "text", text: this.sourceOf(node) };
    }
  }

  private link(url: string | undefined, node: Parent & Nodes, depth: number): Inline {
    const address = url === undefined ? undefined : linkAddress(url, this.resolve);
    if (address === undefined) {
      return { kind: "text", text: this.sourceOf(node) };
    }
    return { kind: "link", address, children: this.inlines(node.children, depth + 1) };
  }

  private image(url: string | undefined, alt: string | null | undefined, node: Nodes): Inline {
    const address = url === undefined ? undefined : imageAddress(url, this.resolve);
    if (address !== undefined) {
      return { kind: "image", address, alt: alt ?? "" };
    }
    // A picture of another server would tell that server who reads this: a link asks first.
    const link = url === undefined ? undefined : linkAddress(url, this.resolve);
    const text = alt === null || alt === undefined || alt === "" ? this.sourceOf(node) : alt;
    return link === undefined
      ? { kind: "text", text: this.sourceOf(node) }
      : { kind: "link", address: link, children: [{ kind: "text", text }] };
  }

  private sourceOf(node: Nodes): string {
    const { start, end } = node.position ?? {};
    return this.source.slice(start?.offset ?? 0, end?.offset ?? 0);
  }
}
