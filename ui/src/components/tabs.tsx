import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";

import "./tabs.css";

export interface Tab {
  label: string;
  /** An address within the app. */
  href: string;
  count?: number | undefined;
  /** Only active on exactly this address. */
  end?: boolean;
}

/** Pages of one thing, each with an address of its own. */
export function Tabs(props: { label: string; tabs: readonly Tab[] }): JSX.Element {
  return (
    <nav class="tabs" aria-label={props.label}>
      <For each={props.tabs}>
        {(tab) => (
          <A class="tab" href={tab.href} end={tab.end ?? false} activeClass="tab-active">
            {tab.label}
            <Show when={tab.count !== undefined}>
              <span class="tab-count">{tab.count?.toLocaleString()}</span>
            </Show>
          </A>
        )}
      </For>
    </nav>
  );
}
