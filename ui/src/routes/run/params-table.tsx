import { createMemo, createSignal, For, type JSX, Show } from "solid-js";

import { rowHeight } from "../../components/row-height";
import { createVirtual } from "../../components/virtual";
import type { Param } from "../../wire";

// The style sheet says it again: in `style` a constant would become an inline style, which the page's policy forbids.
const ROW = rowHeight(30);
const MOST_HEIGHT = 420;

/** Params of a run: searchable, however many there are. */
export function ParamsTable(props: { params: readonly Param[] }): JSX.Element {
  const [text, setText] = createSignal("");
  const shown = createMemo(() => {
    const wanted = text().trim().toLowerCase();
    if (wanted === "") return props.params;
    return props.params.filter(
      (param) => param.key.toLowerCase().includes(wanted) || param.value.toLowerCase().includes(wanted),
    );
  });
  return (
    <section class="panel" aria-label="Params">
      <div class="panel-head">
        <h2>
          Params <span class="muted">{props.params.length}</span>
        </h2>
        <Show when={props.params.length > 8}>
          <input
            class="input"
            type="search"
            placeholder="Filter params"
            aria-label="Filter params"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </Show>
      </div>
      <Show
        when={props.params.length > 0}
        fallback={
          <p class="muted">
            None yet. <code>mlflow.log_params(params)</code> writes them.
          </p>
        }
      >
        <Show when={shown().length > 0} fallback={<p class="muted">No param fits.</p>}>
          <Rows params={shown()} />
        </Show>
      </Show>
    </section>
  );
}

function Rows(props: { params: readonly Param[] }): JSX.Element {
  let scroller!: HTMLDivElement;
  const virtual = createVirtual({ count: () => props.params.length, scroller: () => scroller, size: () => ROW });
  return (
    <div
      class="run-table"
      role="table"
      aria-label="Params"
      aria-rowcount={props.params.length}
      tabIndex={0}
      ref={scroller}
      style={{ height: `${String(Math.min(props.params.length * ROW, MOST_HEIGHT))}px` }}
    >
      <div class="run-table-all" role="rowgroup" style={{ height: `${String(virtual.total())}px` }}>
        <For each={virtual.items()}>
          {(item) => {
            const param = () => props.params[item.index];
            return (
              <div
                class="run-row run-param"
                role="row"
                aria-rowindex={item.index + 1}
                style={{ transform: `translateY(${String(item.start)}px)` }}
              >
                <span role="rowheader" class="ellipsis muted" title={param()?.key}>
                  {param()?.key}
                </span>
                <span role="cell" class="ellipsis mono" title={param()?.value}>
                  {param()?.value}
                </span>
              </div>
            );
          }}
        </For>
      </div>
    </div>
  );
}
