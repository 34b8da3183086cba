import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";

import { Icon } from "../../components/icons";
import { lineage, type LineageNode, type LineageParts } from "./lineage-nodes";

import "./lineage.css";

/** Nodes of one kind that are drawn; more are counted. */
const MOST = 6;

/** Where a model comes from and what became of it. */
export function Lineage(props: LineageParts): JSX.Element {
  return (
    <ol class="lineage" aria-label="Lineage">
      <For each={lineage(props)}>
        {(column) => (
          <li class="lineage-column">
            <For each={column.slice(0, MOST)}>{(node) => <Node node={node} />}</For>
            <Show when={column.length > MOST}>
              <span class="muted">and {column.length - MOST} more</span>
            </Show>
          </li>
        )}
      </For>
    </ol>
  );
}

function Node(props: { node: LineageNode }): JSX.Element {
  const content = () => (
    <>
      <span class="lineage-kind">
        <Icon name={props.node.icon} size={13} />
        {props.node.kind}
      </span>
      <span class="lineage-name">{props.node.name}</span>
      <Show when={props.node.detail}>{(detail) => <span class="lineage-detail">{detail()}</span>}</Show>
    </>
  );
  return (
    <Show
      when={props.node.href}
      fallback={
        <span class="lineage-node" aria-current={props.node.here ? "page" : undefined}>
          {content()}
        </span>
      }
    >
      {(href) => (
        <A class="lineage-node" href={href()}>
          {content()}
        </A>
      )}
    </Show>
  );
}
