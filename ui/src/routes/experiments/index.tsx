import { useNavigate, useSearchParams } from "@solidjs/router";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";

import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MenuButton } from "../../components/menu";
import { useShortcuts } from "../../components/shortcuts";
import { Skeleton } from "../../components/skeleton";
import { TagChips, TagEditor, ownTags } from "../../components/tags";
import { TimeAgo } from "../../components/time";
import { useTitle } from "../../components/title";
import { toast, toastError } from "../../components/toast";
import { createVirtual } from "../../components/virtual";
import { address } from "../../data/base";
import * as experiments from "../../data/experiments";
import type { Experiment, ViewType } from "../../wire";
import { createExperimentList, type ExperimentList } from "./list";
import { NameDialog } from "./name-dialog";
import { restoreExperiment } from "./restoring";

import "./experiments.css";

type Asking = { what: "create" } | { what: "rename" | "tags"; experiment: Experiment };

const LINE = 44;

/** All experiments: the page that the app begins with. */
export default function Experiments(): JSX.Element {
  const navigate = useNavigate();
  // What is searched for stands in the address, so that it is there again after a look at an experiment.
  const [params, setParams] = useSearchParams<{ search?: string; deleted?: string }>();
  const search = createMemo(() => params.search ?? "");
  const lifecycle = createMemo((): ViewType => (params.deleted === "1" ? "DELETED_ONLY" : "ACTIVE_ONLY"));
  const [text, setText] = createSignal(search());
  const [asking, setAsking] = createSignal<Asking>();
  const list = createExperimentList(() => ({ search: search(), lifecycle: lifecycle() }));
  let field!: HTMLInputElement;
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      text,
      (now) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (now.trim() !== search()) setParams({ search: now.trim() || undefined }, { replace: true, scroll: false });
        }, 150);
      },
      { defer: true },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  // Back and Forward lead to other searches.
  createEffect(
    on(
      search,
      (now) => {
        if (now !== text().trim()) setText(now);
      },
      { defer: true },
    ),
  );
  useTitle(() => "Experiments");
  useShortcuts("experiments", { "/": () => field.focus(), n: () => setAsking({ what: "create" }) });

  async function remove(experiment: Experiment): Promise<void> {
    const id = experiment.experiment_id;
    try {
      await experiments.remove(id);
      list.reload();
      toast(`Deleted ${experiment.name}`, {
        undo: async () => {
          await experiments.restore(id);
          list.reload();
        },
      });
    } catch (error) {
      toastError(`${experiment.name} was not deleted`, error, () => remove(experiment));
    }
  }

  const nothing = () => list.complete() && list.count() === 0;
  return (
    <div class="page experiments">
      <header class="page-head">
        <h1>Experiments</h1>
        <input
          ref={field}
          class="input experiments-search"
          type="search"
          placeholder="Search by name or tag"
          aria-label="Search experiments"
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Button
          icon="trash"
          label="Deleted experiments"
          pressed={lifecycle() === "DELETED_ONLY"}
          onClick={() => setParams({ deleted: lifecycle() === "DELETED_ONLY" ? undefined : "1" }, { scroll: false })}
        />
        <Button kind="primary" icon="plus" onClick={() => setAsking({ what: "create" })}>
          New experiment
        </Button>
      </header>
      <Show when={list.error()}>
        {(error) => (
          <Failure what="The experiments could not be loaded" error={error()} onRetry={() => list.retry()} inline />
        )}
      </Show>
      <Show
        when={!nothing()}
        fallback={<Nothing searched={search() !== ""} deleted={lifecycle() === "DELETED_ONLY"} />}
      >
        <Lines
          list={list}
          onOpen={(id) => navigate(`/experiments/${id}`)}
          onRename={(experiment) => setAsking({ what: "rename", experiment })}
          onTags={(experiment) => setAsking({ what: "tags", experiment })}
          onDelete={(experiment) => void remove(experiment)}
          onRestore={(experiment) => void restoreExperiment(experiment, () => list.reload())}
        />
      </Show>
      <Show when={asking()} keyed>
        {(now) => <Dialogs asking={now} list={list} onClose={() => setAsking(undefined)} />}
      </Show>
    </div>
  );
}

function Nothing(props: { searched: boolean; deleted: boolean }): JSX.Element {
  return (
    <Show
      when={!props.searched && !props.deleted}
      fallback={
        <Empty icon="search" title={props.searched ? "No experiment fits" : "No experiment has been deleted"} />
      }
    >
      <Empty
        icon="folder"
        title="No experiments yet"
        code={`import trainyard as mlflow\n\nmlflow.set_tracking_uri("${location.origin}")\nmlflow.set_experiment("iris")`}
      >
        The first run makes one. Or make one here.
      </Empty>
    </Show>
  );
}

interface LinesProps {
  list: ExperimentList;
  onOpen: (id: string) => void;
  onRename: (experiment: Experiment) => void;
  onTags: (experiment: Experiment) => void;
  onDelete: (experiment: Experiment) => void;
  onRestore: (experiment: Experiment) => void;
}

function Lines(props: LinesProps): JSX.Element {
  let scroller!: HTMLDivElement;
  const lines = createVirtual({
    count: () => props.list.count() + (props.list.complete() ? 0 : 1),
    scroller: () => scroller,
    size: () => LINE,
  });
  createEffect(() => {
    const items = lines.items();
    props.list.show(items[0]?.index ?? 0, (items.at(-1)?.index ?? 20) + 1);
  });
  return (
    <div class="experiments-table" role="table" aria-label="Experiments" aria-rowcount={props.list.count() + 1}>
      <div class="experiments-head" role="row">
        <span role="columnheader">Name</span>
        <span role="columnheader" class="number">
          Runs
        </span>
        <span role="columnheader">Last activity</span>
        <span role="columnheader">
          <span class="unseen">Actions</span>
        </span>
      </div>
      <div class="experiments-body" ref={scroller} role="rowgroup">
        <Show when={props.list.newer() > 0}>
          <button
            type="button"
            class="experiments-newer"
            onClick={() => {
              scroller.scrollTop = 0;
              props.list.reload();
            }}
          >
            {props.list.newer() === 1 ? "1 new experiment" : `${props.list.newer().toLocaleString()} new experiments`}
          </button>
        </Show>
        <Show when={props.list.count() > 0} fallback={<Skeleton lines={6} label="Loading experiments" />}>
          <div class="experiments-lines" style={{ height: `${String(lines.total())}px` }}>
            <For each={lines.items()}>
              {(item) => (
                <div class="experiments-line" style={{ transform: `translateY(${String(item.start)}px)` }}>
                  <Show when={props.list.at(item.index)} fallback={<Skeleton lines={1} />}>
                    {(experiment) => <Line {...props} experiment={experiment()} index={item.index} />}
                  </Show>
                </div>
              )}
            </For>
          </div>
        </Show>
      </div>
    </div>
  );
}

function Line(props: LinesProps & { experiment: Experiment; index: number }): JSX.Element {
  const id = () => props.experiment.experiment_id;
  const activity = () => props.list.activity(id());
  const deleted = () => props.experiment.lifecycle_stage === "deleted";
  const tags = createMemo(() => ownTags(props.experiment.tags));

  function key(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
    const links = [
      ...(event.currentTarget.closest(".experiments-lines")?.querySelectorAll<HTMLElement>(".experiments-link") ?? []),
    ];
    const at = links.indexOf(event.currentTarget);
    if (event.key === "ArrowDown") links[at + 1]?.focus();
    else if (event.key === "ArrowUp") links[at - 1]?.focus();
    else if (event.key === "F2" && !deleted()) props.onRename(props.experiment);
    else if (event.key === "Delete" && !deleted()) props.onDelete(props.experiment);
    else return;
    event.preventDefault();
  }

  return (
    <div class="experiments-row" role="row" aria-rowindex={props.index + 2}>
      <span class="experiments-name" role="cell">
        <a
          class="experiments-link ellipsis"
          href={address(`experiments/${id()}`)}
          title={props.experiment.name}
          onKeyDown={key}
        >
          {props.experiment.name}
        </a>
        <TagChips tags={tags()} />
      </span>
      <span role="cell" class="number">
        <Show when={activity()}>
          {(now) => (
            <>
              <Show when={now().running > 0}>
                <span class="experiments-running">{now().running.toLocaleString()} running</span>
              </Show>
              {now().runs.toLocaleString() + (now().at_least === true ? "+" : "")}
            </>
          )}
        </Show>
      </span>
      <span role="cell" class="muted">
        <TimeAgo at={activity()?.last_activity_time ?? props.experiment.last_update_time} />
      </span>
      <span role="cell" class="experiments-actions">
        <MenuButton
          label={`Actions for ${props.experiment.name}`}
          end
          items={
            deleted()
              ? [{ label: "Restore", icon: "undo", run: () => props.onRestore(props.experiment) }]
              : [
                  { label: "Open", icon: "forward", run: () => props.onOpen(id()) },
                  { label: "Rename…", icon: "edit", hint: "F2", run: () => props.onRename(props.experiment) },
                  { label: "Tags…", icon: "tag", run: () => props.onTags(props.experiment) },
                  {
                    label: "Delete",
                    icon: "trash",
                    danger: true,
                    separated: true,
                    run: () => props.onDelete(props.experiment),
                  },
                ]
          }
        />
      </span>
    </div>
  );
}

function Dialogs(props: { asking: Asking; list: ExperimentList; onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  const experiment = () => (props.asking.what === "create" ? undefined : props.asking.experiment);
  const current = () => {
    const id = experiment()?.experiment_id;
    return props.list.find(id ?? "") ?? experiment();
  };
  const named = async (name: string) => {
    const renamed = experiment();
    if (renamed) {
      const before = renamed.name;
      await experiments.rename(renamed.experiment_id, name);
      props.list.reload();
      toast(`Renamed to ${name}`, {
        undo: async () => {
          await experiments.rename(renamed.experiment_id, before);
          props.list.reload();
        },
      });
    } else navigate(`/experiments/${await experiments.create(name)}`);
  };
  return (
    <Show
      when={props.asking.what === "tags" && current()}
      fallback={<NameDialog current={experiment()?.name} onName={named} onClose={() => props.onClose()} />}
    >
      {(one) => (
        <TagEditor
          title={`Tags of ${one().name}`}
          tags={ownTags(one().tags)}
          onSet={setTag(props.list, one().experiment_id)}
          onDelete={deleteTag(props.list, one().experiment_id)}
          onClose={() => props.onClose()}
        />
      )}
    </Show>
  );
}

function setTag(list: ExperimentList, id: string): (key: string, value: string) => Promise<void> {
  return async (key, value) => {
    await experiments.setTag(id, key, value);
    await list.renew(id);
  };
}

function deleteTag(list: ExperimentList, id: string): (key: string) => Promise<void> {
  return async (key) => {
    await experiments.deleteTag(id, key);
    await list.renew(id);
  };
}
