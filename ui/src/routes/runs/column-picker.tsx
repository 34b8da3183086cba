import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";

import { sameList } from "../../charts/same";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { Icon, type IconName } from "../../components/icons";
import { roving } from "../../components/roving";
import { rowHeight } from "../../components/row-height";
import { createVirtual } from "../../components/virtual";
import * as columnData from "../../data/columns";
import type { Column as ColumnSummary } from "../../wire";
import { columnFacts } from "./column-facts";
import {
  ATTRIBUTES,
  columnId,
  columnLabel,
  columnWidth,
  moveColumn,
  RESIZE_STEP,
  resizeColumn,
  toggleColumn,
  togglePin,
} from "./columns";
import { PagedWindow } from "./paged-window";
import type { Column, ColumnSource } from "./state";

import "./column-picker.css";

const KINDS: readonly [ColumnSource, string][] = [
  ["metric", "Metrics"],
  ["param", "Params"],
  ["tag", "Tags"],
  ["attribute", "Attributes"],
];
const LINE = rowHeight(30);

export interface ColumnPickerProps {
  experimentId: string;
  columns: readonly Column[];
  onColumns: (columns: Column[]) => void;
  onReset: () => void;
}

/** Finds columns among any number of names and shows or hides them; the chosen ones are put in order, pinned and resized. */
export function ColumnPicker(props: ColumnPickerProps): JSX.Element {
  const [kind, setKind] = createSignal<ColumnSource>("metric");
  const [search, setSearch] = createSignal("");
  const [contains, setContains] = createSignal("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  return (
    <div class="picker">
      <div class="picker-head">
        <input
          class="input"
          type="search"
          placeholder="Search columns"
          aria-label="Search columns"
          value={search()}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
            clearTimeout(timer);
            timer = setTimeout(() => setContains(search().trim()), 120);
          }}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown") return;
            event.preventDefault();
            event.currentTarget.closest(".picker")?.querySelector<HTMLElement>(".picker-list")?.focus();
          }}
        />
        <div class="picker-kinds" role="tablist" aria-label="Kind of columns" onKeyDown={roving}>
          <For each={KINDS}>
            {([source, name]) => (
              <button
                type="button"
                role="tab"
                aria-selected={kind() === source}
                aria-controls="picker-panel"
                tabIndex={kind() === source ? 0 : -1}
                onClick={() => setKind(source)}
              >
                {name}
              </button>
            )}
          </For>
        </div>
      </div>
      <div class="picker-body">
        <div class="picker-panel" id="picker-panel" role="tabpanel" aria-label="Names">
          <Show when={kind()} keyed>
            {(source) => (
              <Names
                experimentId={props.experimentId}
                source={source}
                contains={contains()}
                columns={props.columns}
                onToggle={(column) => props.onColumns(toggleColumn(props.columns, column))}
              />
            )}
          </Show>
        </div>
        <Chosen {...props} />
      </div>
    </div>
  );
}

interface NamesProps {
  experimentId: string;
  source: ColumnSource;
  contains: string;
  columns: readonly Column[];
  onToggle: (column: Column) => void;
}

/** Names of one kind; pages of them are loaded as one scrolls. */
function Names(props: NamesProps): JSX.Element {
  let list!: HTMLDivElement;
  const [version, setVersion] = createSignal(0);
  const [active, setActive] = createSignal(0);
  const names = createMemo(() => {
    const [source, contains, experiment] = [props.source, props.contains, props.experimentId];
    const window = new PagedWindow<ColumnSummary>({
      pageSize: 500,
      most: 20_000,
      onChange: () => setVersion((now) => now + 1),
      load: async (page_token, size, signal) => {
        if (source === "attribute") return { rows: attributes(contains), next: "" };
        const request = { experiment_ids: [experiment], kind: source, contains, max_results: size, page_token };
        const page = await columnData.search(request, { signal });
        return { rows: page.columns, next: page.next_page_token };
      },
    });
    onCleanup(() => window.close());
    setActive(0);
    return window;
  });
  const known = () => {
    version();
    return names().known + (names().complete ? 0 : 1);
  };
  const lines = createVirtual({ count: known, scroller: () => list, size: () => LINE, overscan: 10 });
  createEffect(() => {
    const items = lines.items();
    names().show(items[0]?.index ?? 0, (items.at(-1)?.index ?? 20) + 1);
  });
  const shownIds = createMemo(() => new Set(props.columns.map(columnId)));
  const at = (index: number) => {
    version();
    return names().row(index);
  };
  const column = (one: ColumnSummary): Column => ({ source: props.source, key: one.key });
  const error = () => {
    version();
    return names().error;
  };

  function key(event: KeyboardEvent): void {
    const last = names().known - 1;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((now) => Math.max(0, Math.min(last, now + step)));
      lines.scrollTo(active());
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      const one = at(active());
      if (one) props.onToggle(column(one));
    }
  }

  return (
    <div
      class="picker-list"
      ref={list}
      role="listbox"
      aria-multiselectable="true"
      aria-label="Columns"
      aria-activedescendant={`picker-${String(active())}`}
      tabIndex={0}
      onKeyDown={key}
    >
      <Show when={error()}>
        {(failed) => (
          <Failure what="The names could not be loaded" error={failed()} onRetry={() => names().retry()} inline />
        )}
      </Show>
      <Show when={names().complete && known() === 0}>
        <p class="picker-none muted">
          {props.contains === "" ? "None have been logged yet." : "No name contains this."}
        </p>
      </Show>
      <div class="picker-lines" style={{ height: `${String(lines.total())}px` }}>
        <For each={lines.items()}>
          {(item) => (
            <div
              class="picker-line"
              classList={{ active: active() === item.index }}
              id={`picker-${String(item.index)}`}
              role="option"
              aria-selected={shown(at(item.index))}
              style={{ transform: `translateY(${String(item.start)}px)` }}
              onClick={() => {
                const one = at(item.index);
                setActive(item.index);
                if (one) props.onToggle(column(one));
              }}
            >
              <Show when={at(item.index)} fallback={<span class="skeleton-cell" />}>
                {(one) => (
                  <>
                    <span class="picker-check">
                      <Show when={shown(one())}>
                        <Icon name="check" size={14} />
                      </Show>
                    </span>
                    <span class="ellipsis" title={columnFacts(one())}>
                      {columnLabel(column(one()))}
                    </span>
                    <span class="picker-runs">{one().runs > 0 ? one().runs.toLocaleString() : ""}</span>
                  </>
                )}
              </Show>
            </div>
          )}
        </For>
      </div>
    </div>
  );

  function shown(one: ColumnSummary | undefined): boolean {
    return one !== undefined && shownIds().has(columnId(column(one)));
  }
}

function attributes(contains: string): ColumnSummary[] {
  const fits = (text: string) => text.toLowerCase().includes(contains.toLowerCase());
  return Object.entries(ATTRIBUTES)
    .filter(([key, one]) => fits(key) || fits(one.label))
    .map(([key]) => ({ kind: "tag", key, runs: 0, distinct: 0 }));
}

/** The columns of the table in their order. */
function Chosen(props: ColumnPickerProps): JSX.Element {
  let list!: HTMLUListElement;
  // By their ids, so that a column that is moved or changed keeps its line.
  const byId = createMemo(() => new Map(props.columns.map((one) => [columnId(one), one] as const)));
  const ids = createMemo(() => [...byId().keys()], [], { equals: sameList });

  /** Lines that are moved lose the focus, and one that goes takes it along: it stays as near as it can. */
  function change(button: HTMLButtonElement, columns: Column[]): void {
    const line = button.closest("li");
    const beside = line?.nextElementSibling ?? line?.previousElementSibling;
    props.onColumns(columns);
    const near = button.isConnected
      ? button.disabled
        ? line?.querySelector<HTMLElement>("[data-move]:enabled")
        : button
      : beside?.querySelector<HTMLElement>("button:last-child");
    (near ?? list.closest(".picker")?.querySelector<HTMLElement>("input"))?.focus();
  }
  const moved = (at: number, to: number): Column[] => {
    const before = ids()[to > at ? to + 1 : to];
    return moveColumn(props.columns, ids()[at] ?? "", before);
  };
  const resized = (column: Column, by: number): Column[] =>
    resizeColumn(props.columns, columnId(column), columnWidth(column) + by);

  return (
    <section class="picker-chosen" aria-label="Columns of the table">
      <header>
        <span class="muted">{props.columns.length} columns</span>
        <Button kind="quiet" icon="undo" label="Columns as they were at first" onClick={() => props.onReset()} />
      </header>
      <ul ref={list}>
        <For each={ids()}>
          {(id, at) => (
            <Show when={byId().get(id)}>
              {(column) => {
                const button = (
                  icon: IconName,
                  what: string,
                  next: () => Column[],
                  more: { pressed?: boolean; disabled?: boolean; "data-move"?: "" } = {},
                ) => (
                  <Button
                    kind="quiet"
                    icon={icon}
                    label={`${columnLabel(column())}: ${what}`}
                    onClick={(event) => change(event.currentTarget, next())}
                    {...more}
                  />
                );
                return (
                  <li>
                    <Show when={column().spark}>
                      <Icon name="spark" size={12} />
                    </Show>
                    <span class="ellipsis" title={column().key}>
                      {columnLabel(column())}
                    </span>
                    {button("pin", "pin", () => togglePin(props.columns, id), {
                      get pressed() {
                        return column().pinned === true;
                      },
                    })}
                    {button("minus", "narrower", () => resized(column(), -RESIZE_STEP))}
                    {button("plus", "wider", () => resized(column(), RESIZE_STEP))}
                    {button("up", "up", () => moved(at(), at() - 1), {
                      "data-move": "",
                      get disabled() {
                        return at() === 0;
                      },
                    })}
                    {button("down", "down", () => moved(at(), at() + 1), {
                      "data-move": "",
                      get disabled() {
                        return at() === props.columns.length - 1;
                      },
                    })}
                    {button("close", "hide", () => toggleColumn(props.columns, column()))}
                  </li>
                );
              }}
            </Show>
          )}
        </For>
      </ul>
    </section>
  );
}
