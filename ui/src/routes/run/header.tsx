import { A, useNavigate } from "@solidjs/router";
import { createResource, createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy";
import { Icon } from "../../components/icons";
import { MenuButton } from "../../components/menu";
import { RunStatusBadge } from "../../components/run-status";
import { useShortcuts } from "../../components/shortcuts";
import { tagValue } from "../../components/tags";
import { Duration, TimeAgo } from "../../components/time";
import { toast, toastError } from "../../components/toast";
import { getExperiment } from "../../data/experiments";
import { changeOne, rename } from "../../data/runs";
import type { Run } from "../../wire";

export interface RunHeaderProps {
  run: Run;
  /** With the run as it is now, where that is known. */
  onChanged: (run?: Run) => void;
}

/** Where the run belongs, its name and state, and what can be done with it. */
export function RunHeader(props: RunHeaderProps): JSX.Element {
  const navigate = useNavigate();
  const [draft, setDraft] = createSignal<string>();
  const info = () => props.run.info;
  const deleted = () => info().lifecycle_stage === "deleted";
  const parent = () => tagValue(props.run.data.tags, "mlflow.parentRunId");
  const [experiment] = createResource(
    () => info().experiment_id,
    (id) => getExperiment(id),
  );
  const experimentName = () => (experiment.state === "ready" ? experiment.latest?.name : undefined);

  useShortcuts("run", { e: () => setDraft(info().run_name) });

  async function saveName(): Promise<void> {
    const name = draft()?.trim();
    const before = info().run_name;
    const { run, onChanged } = props;
    setDraft(undefined);
    if (name === undefined || name === "" || name === before) return;
    const set = async (next: string): Promise<void> => {
      const renamed = await rename(run.info.run_id, next);
      onChanged({ ...run, info: { ...run.info, ...renamed } });
    };
    const go = async (): Promise<void> => {
      try {
        await set(name);
        toast("Run renamed", { undo: () => set(before) });
      } catch (error) {
        toastError("The run was not renamed", error, go);
      }
    };
    await go();
  }

  async function setDeleted(next: boolean): Promise<void> {
    const { run, onChanged } = props;
    const set = async (action: "delete" | "restore"): Promise<void> => {
      await changeOne(run.info.run_id, { action });
      onChanged({ ...run, info: { ...run.info, lifecycle_stage: action === "delete" ? "deleted" : "active" } });
    };
    try {
      await set(next ? "delete" : "restore");
      toast(next ? "Run deleted" : "Run restored", { undo: () => set(next ? "restore" : "delete") });
    } catch (error) {
      toastError(next ? "The run was not deleted" : "The run was not restored", error, () => setDeleted(next));
    }
  }

  return (
    <header class="run-head">
      <nav class="crumbs" aria-label="Where the run belongs">
        <A href="/experiments">Experiments</A>
        <Icon name="forward" size={12} />
        <A href={`/experiments/${info().experiment_id}`}>{experimentName() ?? `Experiment ${info().experiment_id}`}</A>
        <Show when={parent()}>
          {(id) => (
            <>
              <Icon name="forward" size={12} />
              <A href={`/runs/${id()}`}>Parent run</A>
            </>
          )}
        </Show>
      </nav>
      <div class="run-title">
        <Show
          when={draft() !== undefined}
          fallback={
            <h1 class="run-heading">
              {info().run_name}
              <Button kind="quiet" icon="edit" label="Rename" onClick={() => setDraft(info().run_name)} />
            </h1>
          }
        >
          <form
            class="run-rename"
            onSubmit={(event) => {
              event.preventDefault();
              void saveName();
            }}
          >
            <input
              class="input"
              aria-label="Name of the run"
              ref={(element) => queueMicrotask(() => element.select())}
              value={draft()}
              onInput={(event) => setDraft(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== "Escape") return;
                event.stopPropagation();
                setDraft(undefined);
              }}
            />
            <Button type="submit" kind="primary">
              Rename
            </Button>
            <Button onClick={() => setDraft(undefined)}>Cancel</Button>
          </form>
        </Show>
        <span class="run-actions">
          <Show when={deleted()}>
            <Button icon="undo" onClick={() => void setDeleted(false)}>
              Restore
            </Button>
          </Show>
          <MenuButton
            label="More about the run"
            end
            items={[
              { label: "Rename…", icon: "edit", hint: "e", run: () => setDraft(info().run_name) },
              {
                label: "Compare with its children",
                icon: "compare",
                run: () => navigate(`/compare?run=${info().run_id}&children=1`),
              },
              deleted()
                ? { label: "Restore", icon: "undo", separated: true, run: () => void setDeleted(false) }
                : { label: "Delete", icon: "trash", danger: true, separated: true, run: () => void setDeleted(true) },
            ]}
          />
        </span>
      </div>
      <div class="run-line muted">
        <RunStatusBadge status={info().status} />
        <Show when={deleted()}>
          <span class="run-is-deleted">Deleted</span>
        </Show>
        <span>
          started <TimeAgo at={info().start_time} />
        </span>
        <span>
          <Show when={info().status === "RUNNING"} fallback="took ">
            running for{" "}
          </Show>
          <Duration from={info().start_time} to={endOf(info())} />
        </span>
        <Show when={tagValue(props.run.data.tags, "mlflow.user") ?? info().user_id}>
          {(user) => <span>by {user()}</span>}
        </Show>
        <span class="run-id">
          <code>{info().run_id}</code>
          <CopyButton text={info().run_id} label="Copy run id" />
        </span>
      </div>
    </header>
  );
}

/** A run that is running has no end, whatever an earlier attempt has left. */
function endOf(info: Run["info"]): number | undefined {
  if (info.status === "RUNNING") return undefined;
  return info.end_time ?? info.start_time;
}
