import { For, type JSX, Show } from "solid-js";

/** One line of a readout. */
export interface ReadoutRow {
  label: string;
  value: string;
  color?: string;
  /** The one nearest to the pointer. */
  near?: boolean;
  /** Beside the value, weaker: extremes, the raw value. */
  note?: string;
}

export interface ReadoutContent {
  /** Where the pointer is, in pixels of the chart. */
  left: number;
  top: number;
  title: string;
  rows: readonly ReadoutRow[];
  /** How many rows were left out. */
  more?: number;
}

/** The window beside the pointer; on the side where there is room. */
export function Readout(props: { content: ReadoutContent | undefined; width: number }): JSX.Element {
  return (
    <Show when={props.content}>
      {(content) => {
        const onLeft = () => content().left > props.width / 2;
        return (
          <div
            class="chart-readout"
            style={{
              left: onLeft() ? "auto" : `${String(content().left + 14)}px`,
              right: onLeft() ? `${String(props.width - content().left + 14)}px` : "auto",
              top: `${String(Math.max(content().top - 12, 0))}px`,
            }}
          >
            <div class="chart-readout-title">{content().title}</div>
            <For each={content().rows}>
              {(row) => (
                <div class="chart-readout-row" data-near={row.near === true ? "" : undefined}>
                  <Show when={row.color}>
                    <span class="chart-swatch" style={{ "background-color": row.color }} />
                  </Show>
                  <span class="chart-readout-label">{row.label}</span>
                  <span class="chart-readout-value">{row.value}</span>
                  <Show when={row.note}>
                    <span class="chart-readout-note">{row.note}</span>
                  </Show>
                </div>
              )}
            </For>
            <Show when={(content().more ?? 0) > 0}>
              <div class="chart-readout-more">and {content().more} more</div>
            </Show>
          </div>
        );
      }}
    </Show>
  );
}
