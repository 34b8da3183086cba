import { A, useLocation } from "@solidjs/router";
import { createEffect, Index, type JSX, on, Show } from "solid-js";

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
  const location = useLocation();
  let list!: HTMLElement;
  // On a phone the part that is shown may lie outside of what is in sight of the list.
  createEffect(
    on(
      // Numbers that come later make tabs wider.
      [() => location.pathname, () => props.tabs.map((tab) => tab.count).join()],
      () => {
        const active = list.querySelector<HTMLElement>(".tab-active");
        if (active) list.scrollLeft = active.offsetLeft - (list.clientWidth - active.clientWidth) / 2;
      },
    ),
  );
  return (
    <nav class="tabs" aria-label={props.label} ref={list}>
      {/* By place: tabs whose numbers change stay, and keep the focus. */}
      <Index each={props.tabs}>
        {(tab) => (
          <A class="tab" href={tab().href} end={tab().end ?? false} activeClass="tab-active">
            {tab().label}
            <Show when={tab().count !== undefined}>
              <span class="tab-count">{tab().count?.toLocaleString()}</span>
            </Show>
          </A>
        )}
      </Index>
    </nav>
  );
}
