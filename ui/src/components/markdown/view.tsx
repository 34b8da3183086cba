/** Draws what `tree.ts` made of a text. Every node is made here; nothing is read as markup. */
import { createMemo, For, type JSX, Match, Show, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";

import type { Resolve } from "./addresses";
import { type Align, type Block, type Inline, MAX_CHARACTERS, parseMarkdown } from "./tree";

export default function MarkdownView(props: { text: string; resolve?: Resolve | undefined }): JSX.Element {
  const tree = createMemo(() => parseMarkdown(props.text, props.resolve));
  return (
    <div class="markdown">
      <Blocks of={tree().blocks} />
      <Show when={tree().cut}>
        <p class="muted">Only the first {MAX_CHARACTERS.toLocaleString()} characters are shown.</p>
      </Show>
    </div>
  );
}

function Blocks(props: { of: readonly Block[] }): JSX.Element {
  return <For each={props.of}>{drawBlock}</For>;
}

function drawBlock(block: Block): JSX.Element {
  switch (block.kind) {
    case "paragraph":
      return (
        <p>
          <Inlines of={block.children} />
        </p>
      );
    case "heading":
      // The page has headings of its own above these.
      return (
        <Dynamic
          component={`h${String(Math.min(6, block.depth + 2))}`}
          class="markdown-heading"
          data-depth={block.depth}
        >
          <Inlines of={block.children} />
        </Dynamic>
      );
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks of={block.children} />
        </blockquote>
      );
    case "list": {
      const items = <For each={block.items}>{(item) => <Item of={item} />}</For>;
      return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case "table":
      return <Table head={block.head} rows={block.rows} align={block.align} />;
    case "rule":
      return <hr />;
  }
}

/** A list's item; one that is a single paragraph has no space around it. */
function Item(props: { of: readonly Block[] }): JSX.Element {
  const only = () => (props.of.length === 1 && props.of[0]?.kind === "paragraph" ? props.of[0].children : undefined);
  return (
    <li>
      <Show when={only()} fallback={<Blocks of={props.of} />}>
        {(inlines) => <Inlines of={inlines()} />}
      </Show>
    </li>
  );
}

function Table(props: { head: Inline[][]; rows: Inline[][][]; align: Align[] }): JSX.Element {
  return (
    <div class="markdown-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <For each={props.head}>
              {(cell, at) => (
                <th scope="col" data-align={props.align[at()]}>
                  <Inlines of={cell} />
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <For each={row}>
                  {(cell, at) => (
                    <td data-align={props.align[at()]}>
                      <Inlines of={cell} />
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

function Inlines(props: { of: readonly Inline[] }): JSX.Element {
  return <For each={props.of}>{drawInline}</For>;
}

function drawInline(inline: Inline): JSX.Element {
  switch (inline.kind) {
    case "text":
      return <>{inline.text}</>;
    case "code":
      return <code>{inline.text}</code>;
    case "emphasis":
      return (
        <em>
          <Inlines of={inline.children} />
        </em>
      );
    case "strong":
      return (
        <strong>
          <Inlines of={inline.children} />
        </strong>
      );
    case "deleted":
      return (
        <del>
          <Inlines of={inline.children} />
        </del>
      );
    case "break":
      return <br />;
    case "link":
      return <Link address={inline.address} content={inline.children} />;
    case "image":
      return <img src={inline.address} alt={inline.alt} loading="lazy" />;
  }
}

function Link(props: { address: string; content: readonly Inline[] }): JSX.Element {
  const elsewhere = () => /^[a-z]+:/i.test(props.address);
  return (
    <Switch>
      <Match when={elsewhere()}>
        <a href={props.address} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines of={props.content} />
        </a>
      </Match>
      <Match when={!elsewhere()}>
        {/* Not a page of this app, as a rule: the browser, not the router, follows it. */}
        <a href={props.address} rel="external noopener">
          <Inlines of={props.content} />
        </a>
      </Match>
    </Switch>
  );
}
