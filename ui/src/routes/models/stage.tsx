import { createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { allModelVersions, STAGES, transitionStage } from "../../data/models";
import type { ModelVersion } from "../../wire";
import { make } from "./change";

export function StageBadge(props: { stage: string }): JSX.Element {
  return (
    <Show when={props.stage !== "None" && props.stage !== ""}>
      <span class="stage" data-stage={props.stage}>
        {props.stage}
      </span>
    </Show>
  );
}

export interface StageDialogProps {
  version: ModelVersion;
  /** Versions of the model, to tell what becomes of those in the same stage. */
  siblings: readonly ModelVersion[];
  onClose: () => void;
  onChanged: () => unknown;
}

/** Moves a version to a stage. Aliases do the same better; stages are there for those who use them. */
export function StageDialog(props: StageDialogProps): JSX.Element {
  // eslint-disable-next-line solid/reactivity
  const [stage, setStage] = createSignal(props.version.current_stage);
  const [archive, setArchive] = createSignal(false);
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const displaced = () =>
    props.siblings.filter(
      (other) => other.version !== props.version.version && other.current_stage === stage() && stage() !== "None",
    );
  const canArchive = () => (stage() === "Staging" || stage() === "Production") && displaced().length > 0;
  const move = async () => {
    const { name, version, current_stage: before } = props.version;
    const wanted = stage();
    const archives = archive() && canArchive();
    let archived: string[] = [];
    setBusy(true);
    setFailure(undefined);
    const moved = await make({
      done: `Version ${version} is in stage ${wanted}`,
      failed: "The stage was not changed",
      tell: setFailure,
      run: async () => {
        // To be able to put all of them back: the page may know the newest only.
        const inStage = (other: ModelVersion) => other.version !== version && other.current_stage === wanted;
        if (archives) archived = (await allModelVersions(name)).filter(inStage).map((other) => other.version);
        await transitionStage(name, version, wanted, archives);
      },
      undo: async () => {
        await transitionStage(name, version, before, false);
        for (const other of archived) await transitionStage(name, other, wanted, false);
      },
      reload: props.onChanged,
    });
    setBusy(false);
    if (moved) props.onClose();
  };
  return (
    <Dialog
      title={`Stage of version ${props.version.version}`}
      onClose={() => props.onClose()}
      onSubmit={() => void move()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy()} disabled={stage() === props.version.current_stage}>
            Move
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Stage</span>
        <select class="input" value={stage()} onChange={(event) => setStage(event.currentTarget.value)}>
          <For each={STAGES}>{(one) => <option value={one}>{one}</option>}</For>
        </select>
      </label>
      <Show when={canArchive()}>
        <label class="tag-line">
          <input type="checkbox" checked={archive()} onChange={(event) => setArchive(event.currentTarget.checked)} />
          Archive what is there now (version{" "}
          {displaced()
            .map((other) => other.version)
            .join(", ")}
          )
        </label>
      </Show>
      <p class="muted">MLflow has deprecated stages. An alias says the same and can be moved as easily.</p>
      <Show when={failure()}>
        {(text) => (
          <p class="field-error" role="alert">
            {text()}
          </p>
        )}
      </Show>
    </Dialog>
  );
}
