import { type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { MenuButton, type MenuItem } from "../../components/menu";
import { PopoverButton } from "../../components/popover";
import * as columnData from "../../data/columns";
import type { Key } from "../../filter/complete";
import { FilterInput, type FilterProblem } from "../../filter/input";
import { type NameKind, RUNS, valuesOf } from "../../filter/language";
import type { ViewType } from "../../wire";
import { ColumnPicker } from "./column-picker";
import { exportRuns } from "./exporting";
import { GroupPicker } from "./group-picker";
import type { Column, ViewState } from "./state";
import type { ViewStore } from "./view-state";
import { ViewsMenu } from "./views-menu";

import "./toolbar.css";

export interface ToolbarProps {
  experimentId: string;
  store: ViewStore;
  state: ViewState;
  columns: readonly Column[];
  problem: FilterProblem | undefined;
  filterRef: (input: HTMLInputElement) => void;
}

const LIFECYCLES: readonly [ViewType, string][] = [
  ["ACTIVE_ONLY", "Active runs"],
  ["DELETED_ONLY", "Deleted runs"],
  ["ALL", "Active and deleted runs"],
];

/** What the table shows, and how. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const names = async (kind: NameKind, contains: string, signal: AbortSignal) => {
    const request = { experiment_ids: [props.experimentId], kind, contains, max_results: 40 };
    const page = await columnData.search(request, { signal });
    // Those that begin with what is typed are meant more often than those that hold it.
    const begins = (key: string) => Number(key.toLowerCase().startsWith(contains.toLowerCase()));
    return page.columns.toSorted((a, b) => begins(b.key) - begins(a.key));
  };
  const values = async (key: Key, contains: string, signal: AbortSignal) => {
    const place = valuesOf(key);
    return place ? columnData.values(props.experimentId, place, contains, { signal }) : [];
  };
  const update = (changes: Partial<ViewState>) => props.store.update(changes);
  return (
    <div class="toolbar">
      <FilterInput
        value={props.state.filter}
        onCommit={(filter) => update({ filter: filter.trim() })}
        problem={props.problem}
        label="Filter runs"
        language={RUNS}
        names={names}
        values={values}
        placeholder="metrics.accuracy > 0.9 AND params.optimizer = 'adam'"
        ref={(input) => props.filterRef(input)}
      />
      <div class="toolbar-buttons">
        <PopoverButton
          label="Columns"
          button={(bind) => (
            <Button {...bind} icon="columns" label="Columns" data-key="columns">
              <span class="toolbar-word">Columns</span>
            </Button>
          )}
        >
          {() => (
            <ColumnPicker
              experimentId={props.experimentId}
              columns={props.columns}
              onColumns={(columns) => update({ columns })}
              onReset={() => update({ columns: null })}
            />
          )}
        </PopoverButton>
        <GroupPicker
          experimentId={props.experimentId}
          groups={props.state.groups}
          aggregate={props.state.aggregate}
          onGroups={(groups) => update({ groups })}
          onAggregate={(aggregate) => update({ aggregate })}
        />
        <MenuButton
          label="Which runs, and export"
          icon="settings"
          kind="plain"
          items={[...whichRuns(props.state, update), ...exports(props)]}
        />
        <ViewsMenu experimentId={props.experimentId} store={props.store} state={props.state} />
        <Button
          icon="chart"
          label="Charts beside the table"
          pressed={props.state.chartsOpen}
          onClick={() => update({ chartsOpen: !props.state.chartsOpen })}
        >
          <span class="toolbar-word">Charts</span>
        </Button>
      </div>
      <Show when={props.state.lifecycle !== "ACTIVE_ONLY"}>
        <p class="toolbar-note">
          Showing {LIFECYCLES.find(([type]) => type === props.state.lifecycle)?.[1].toLowerCase()}.{" "}
          <button type="button" class="link" onClick={() => update({ lifecycle: "ACTIVE_ONLY" })}>
            Only active ones
          </button>
        </p>
      </Show>
    </div>
  );
}

function whichRuns(state: ViewState, update: (changes: Partial<ViewState>) => void): MenuItem[] {
  return [
    ...LIFECYCLES.map(([lifecycle, label]) => ({
      label,
      checked: state.lifecycle === lifecycle,
      run: () => update({ lifecycle }),
    })),
    {
      label: "Children below their parents",
      hint: state.filter === "" ? "" : "not while filtering",
      checked: state.tree,
      separated: true,
      run: () => update({ tree: !state.tree }),
    },
  ];
}

function exports(props: ToolbarProps): MenuItem[] {
  return (["csv", "parquet", "jsonl"] as const).map((format, at) => ({
    label: `Export ${format.toUpperCase()}`,
    icon: "download" as const,
    separated: at === 0,
    run: () => void exportRuns(format, props.experimentId, props.state, props.columns),
  }));
}
