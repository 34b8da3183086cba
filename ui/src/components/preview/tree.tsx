import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from "solid-js";

import type { ArtifactEntry } from "../../data/artifacts";
import { describe } from "../../data/http";
import { Button } from "../button";
import { Icon } from "../icons";
import { rowHeight } from "../row-height";
import { createVirtual } from "../virtual";
import { formatSize } from "./size";
import { type Listing, parentsOf, treeMove, type TreeRow, treeRows } from "./tree-rows";

import "./tree.css";

export interface ArtifactTreeProps {
  label: string;
  listings: ReadonlyMap<string, Listing>;
  /** The path that is shown beside the tree. */
  selected: string;
  onSelect: (entry: ArtifactEntry) => void;
  /** Asked for the entries of a directory, when it is opened and when a failed one is to be tried again. */
  onList: (directory: string) => void;
  /** Told which directories are open. */
  onOpen: (directories: ReadonlySet<string>) => void;
}

const ROW = rowHeight(28);

/** A tree of files, of which only the rows in sight are drawn. One row takes part in the Tab order. */
export function ArtifactTree(props: ArtifactTreeProps): JSX.Element {
  const [expanded, setExpanded] = createSignal<ReadonlySet<string>>(new Set());
  createEffect(() => props.onOpen(expanded()));
  const [focused, setFocused] = createSignal("");
  let scroller!: HTMLDivElement;
  const rows = createMemo(() => treeRows(props.listings, expanded()));
  const virtual = createVirtual({
    count: () => rows().length,
    scroller: () => scroller,
    size: () => ROW,
    overscan: 12,
  });

  /** The row that Tab leads to: the one that had the focus, else the selected one, else the first. */
  const current = createMemo(() => {
    const at = (path: string) => rows().findIndex((row) => row.kind === "entry" && row.entry.path === path);
    const wanted = [focused(), props.selected].map(at).find((index) => index >= 0);
    return wanted ?? rows().findIndex((row) => row.kind === "entry");
  });

  const open = (directory: string) => {
    setExpanded((before) => new Set(before).add(directory));
    if (props.listings.get(directory)?.state !== "ready") {
      props.onList(directory);
    }
  };
  const close = (directory: string) => {
    setExpanded((before) => new Set([...before].filter((path) => path !== directory)));
  };

  // A file that is named by the page's address is shown with all directories above it open.
  createEffect(
    on(
      () => props.selected,
      (path) => {
        for (const directory of parentsOf(path)) open(directory);
      },
    ),
  );
  // It comes into sight once its directory has been listed, and is then left alone.
  let shown = "";
  createEffect(() => {
    const { selected } = props;
    const at = rows().findIndex((row) => row.kind === "entry" && row.entry.path === selected);
    if (at < 0 || shown === selected) return;
    shown = selected;
    queueMicrotask(() => virtual.scrollTo(at));
  });

  const toggle = (row: TreeRow | undefined) => {
    if (row?.kind !== "entry" || row.expanded === undefined) {
      return;
    }
    if (row.expanded) {
      close(row.entry.path);
    } else {
      open(row.entry.path);
    }
  };
  const focus = (index: number) => {
    const row = rows()[index];
    if (row?.kind !== "entry") {
      return;
    }
    setFocused(row.entry.path);
    virtual.scrollTo(index);
    // The row may be drawn only now that it is in sight.
    requestAnimationFrame(() => scroller.querySelector<HTMLElement>(`[data-index="${String(index)}"]`)?.focus());
  };
  // Rows are drawn anew when their directory has been listed; the one that had the focus has it again.
  let within = false;
  createEffect(
    on(rows, () => {
      if (!within) return;
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) focus(current());
      });
    }),
  );
  const choose = (row: TreeRow | undefined) => {
    if (row?.kind !== "entry") {
      return;
    }
    setFocused(row.entry.path);
    toggle(row);
    props.onSelect(row.entry);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const move = treeMove(rows(), current(), event.key);
    if (move === undefined) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if ("focus" in move) {
      focus(move.focus);
    } else if ("toggle" in move) {
      toggle(rows()[move.toggle]);
    } else {
      choose(rows()[move.open]);
    }
  };

  return (
    <div
      class="artifact-tree"
      ref={scroller}
      role="tree"
      aria-label={props.label}
      onKeyDown={press}
      onFocusIn={() => (within = true)}
      onFocusOut={(event) => {
        // Nothing gets the focus of a row that is taken out.
        if (event.relatedTarget instanceof Node) within = scroller.contains(event.relatedTarget);
      }}
    >
      <div class="artifact-tree-rows" style={{ height: `${String(virtual.total())}px` }}>
        <For each={virtual.items()}>
          {(item) => (
            <div class="artifact-row-place" style={{ transform: `translateY(${String(item.start)}px)` }}>
              <Show when={rows()[item.index]}>
                {(row) => (
                  <Row
                    row={row()}
                    index={item.index}
                    current={current() === item.index}
                    selected={props.selected}
                    onChoose={() => choose(row())}
                    onRetry={props.onList}
                  />
                )}
              </Show>
            </div>
          )}
        </For>
      </div>
    </div>
  );
}

interface RowProps {
  row: TreeRow;
  index: number;
  current: boolean;
  selected: string;
  onChoose: () => void;
  onRetry: (directory: string) => void;
}

function Row(props: RowProps): JSX.Element {
  const entry = () => (props.row.kind === "entry" ? props.row : undefined);
  const note = () => (props.row.kind === "note" ? props.row : undefined);
  return (
    <Switch>
      <Match when={entry()}>
        {(row) => (
          <div
            class="artifact-row"
            role="treeitem"
            data-index={props.index}
            aria-level={row().level}
            aria-setsize={row().siblings}
            aria-posinset={row().position}
            aria-expanded={row().expanded}
            aria-selected={row().entry.path === props.selected}
            tabIndex={props.current ? 0 : -1}
            style={{ "padding-left": `${String(row().level * 14 - 6)}px` }}
            title={row().entry.name}
            onClick={() => props.onChoose()}
          >
            <span class="artifact-twist">
              <Show when={row().expanded !== undefined}>
                <Icon name={row().expanded === true ? "down" : "forward"} size={12} />
              </Show>
            </span>
            <Icon name={row().entry.isDirectory ? "folder" : "file"} size={14} />
            <span class="artifact-name">{row().entry.name}</span>
            <Show when={row().entry.size}>{(size) => <span class="artifact-size">{formatSize(size())}</span>}</Show>
          </div>
        )}
      </Match>
      <Match when={note()}>
        {(row) => (
          <div
            class="artifact-row artifact-note"
            role="none"
            style={{ "padding-left": `${String(row().level * 14 + 12)}px` }}
          >
            <Note listing={row().listing} onRetry={() => props.onRetry(row().directory)} />
          </div>
        )}
      </Match>
    </Switch>
  );
}

function Note(props: { listing: Exclude<Listing, { state: "ready" }> | "empty"; onRetry: () => void }): JSX.Element {
  const failure = () => (props.listing !== "empty" && props.listing.state === "failed" ? props.listing : undefined);
  return (
    <Show when={failure()} fallback={<span>{props.listing === "empty" ? "empty" : "Loading…"}</span>}>
      {(failed) => (
        <>
          <span class="artifact-name" role="alert" title={describe(failed().error)}>
            Not listed: {describe(failed().error)}
          </span>
          <Button kind="quiet" icon="refresh" label="Try again" onClick={() => props.onRetry()} />
        </>
      )}
    </Show>
  );
}
