import { createEffect, createResource, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";

import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { Icon } from "../../components/icons";
import { PopoverButton } from "../../components/popover";
import { roving } from "../../components/roving";
import * as columnData from "../../data/columns";
import { settled } from "../../data/settled";
import type { GroupKey } from "../../wire";
import type { Aggregate } from "./state";

import "./group-picker.css";

const MOST = 3;
const FIXED: readonly GroupKey[] = [
  { kind: "dataset", key: "" },
  { kind: "attribute", key: "status" },
  { kind: "attribute", key: "user_id" },
];
const AGGREGATES: readonly [Aggregate, string][] = [
  ["mean", "Mean"],
  ["min", "Min"],
  ["max", "Max"],
  ["std", "Std"],
];

export interface GroupPickerProps {
  experimentId: string;
  groups: readonly GroupKey[];
  aggregate: Aggregate;
  onGroups: (groups: GroupKey[]) => void;
  onAggregate: (aggregate: Aggregate) => void;
}

export function groupLabel(group: GroupKey): string {
  if (group.kind === "dataset") return "Dataset";
  if (group.kind === "attribute") return group.key === "user_id" ? "User" : "Status";
  return group.key ?? "";
}

/** Chooses what runs are grouped by, and which number of a group stands below metrics. */
export function GroupPicker(props: GroupPickerProps): JSX.Element {
  const text = () => (props.groups.length === 0 ? "Group" : props.groups.map(groupLabel).join(", "));
  return (
    <PopoverButton
      label="Group runs"
      button={(bind) => (
        <Button {...bind} icon="group" label="Group runs" class={props.groups.length > 0 ? "in-use" : ""}>
          <span class="toolbar-word ellipsis">{text()}</span>
        </Button>
      )}
    >
      {() => <GroupChoice {...props} />}
    </PopoverButton>
  );
}

function GroupChoice(props: GroupPickerProps): JSX.Element {
  const [search, setSearch] = createSignal("");
  const [contains, setContains] = createSignal("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(search, (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => setContains(text.trim()), 120);
    }),
  );
  onCleanup(() => clearTimeout(timer));
  const [found, { refetch }] = createResource(contains, async (text) => {
    const ask = (kind: "param" | "tag") =>
      columnData.search({ experiment_ids: [props.experimentId], kind, contains: text, max_results: 50 });
    const [params, tags] = await Promise.all([ask("param"), ask("tag")]);
    const own = tags.columns.filter((one) => !one.key.startsWith("mlflow.") || text !== "");
    return [...params.columns, ...own].map(({ kind, key }) => ({ kind: kind as "param" | "tag", key }));
  });
  const chosen = (group: GroupKey) => props.groups.some((one) => one.kind === group.kind && one.key === group.key);
  const offered = (): GroupKey[] => {
    const fits = FIXED.filter((group) => groupLabel(group).toLowerCase().includes(search().trim().toLowerCase()));
    return [...fits, ...(settled(found) ?? [])];
  };
  const toggle = (group: GroupKey) => {
    const without = props.groups.filter((one) => one.kind !== group.kind || one.key !== group.key);
    props.onGroups(without.length < props.groups.length ? without : [...props.groups, group].slice(-MOST));
  };
  return (
    <div class="groups">
      <input
        class="input"
        type="search"
        placeholder="Param, tag, dataset …"
        aria-label="Search what to group by"
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <Show when={found.state === "errored"}>
        <Failure what="The names could not be loaded" error={found.error} onRetry={() => void refetch()} inline />
      </Show>
      <ul class="groups-list">
        <For
          each={offered()}
          fallback={
            <li class="muted groups-none">{found.state === "ready" ? "Nothing has such a name." : "\u00a0"}</li>
          }
        >
          {(group) => (
            <li>
              <button type="button" aria-pressed={chosen(group)} onClick={() => toggle(group)}>
                <span class="menu-icon">
                  <Show when={chosen(group)}>
                    <Icon name="check" />
                  </Show>
                </span>
                <span class="ellipsis">{groupLabel(group)}</span>
                <span class="groups-kind">
                  {group.kind === "attribute" || group.kind === "dataset" ? "" : group.kind}
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <footer class="groups-foot">
        <span class="muted">Metrics show</span>
        <div class="segments" role="radiogroup" aria-label="Number shown of a group" onKeyDown={roving}>
          <For each={AGGREGATES}>
            {([aggregate, name]) => (
              <button
                type="button"
                role="radio"
                aria-checked={props.aggregate === aggregate}
                tabIndex={props.aggregate === aggregate ? 0 : -1}
                onClick={() => props.onAggregate(aggregate)}
              >
                {name}
              </button>
            )}
          </For>
        </div>
        <Show when={props.groups.length > 0}>
          <Button kind="quiet" onClick={() => props.onGroups([])}>
            Ungroup
          </Button>
        </Show>
      </footer>
    </div>
  );
}
