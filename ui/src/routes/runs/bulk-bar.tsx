import { useNavigate } from "@solidjs/router";
import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { describe } from "../../data/http";
import type { ViewType } from "../../wire";
import { compareAddress } from "../compare/addresses";
import { countText, deleteRuns, restoreRuns, tagRuns } from "./bulk-change";
import type { Selection } from "./selection";

export interface BulkBarProps {
  experimentId: string;
  selection: Selection;
  lifecycle: ViewType;
  /** Something has changed: load the lines again. */
  onChanged: () => void;
}

/** What can be done with the runs that are marked. */
export function BulkBar(props: BulkBarProps): JSX.Element {
  const navigate = useNavigate();
  const [tagging, setTagging] = createSignal(false);
  const ids = () => [...props.selection.runs().keys()];
  const done = () => {
    props.selection.clear();
    props.onChanged();
  };
  return (
    <div class="bulk" role="toolbar" aria-label="Marked runs">
      <span class="bulk-count">{ids().length.toLocaleString()} marked</span>
      <Button icon="compare" disabled={ids().length < 2} onClick={() => navigate(compareAddress(ids()))}>
        Compare
      </Button>
      <Button icon="tag" onClick={() => setTagging(true)}>
        Tag
      </Button>
      <Show when={props.lifecycle !== "DELETED_ONLY"}>
        <Button icon="trash" onClick={() => void deleteRuns(props.selection.runs().values(), done)}>
          Delete
        </Button>
      </Show>
      <Show when={props.lifecycle !== "ACTIVE_ONLY"}>
        <Button icon="undo" onClick={() => void restoreRuns(props.selection.runs().values(), done)}>
          Restore
        </Button>
      </Show>
      <Button kind="quiet" icon="close" label="Unmark all" onClick={() => props.selection.clear()} />
      <Show when={tagging()}>
        <TagRuns
          experimentId={props.experimentId}
          ids={ids()}
          onChanged={() => props.onChanged()}
          onClose={() => setTagging(false)}
        />
      </Show>
    </div>
  );
}

/** Sets a tag of many runs, or deletes it. */
function TagRuns(props: {
  experimentId: string;
  ids: string[];
  onChanged: () => void;
  onClose: () => void;
}): JSX.Element {
  const [key, setKey] = createSignal("");
  const [value, setValue] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  /** Sets the tag, or deletes it where there is no value. */
  async function change(to: string | undefined): Promise<void> {
    const name = key().trim();
    if (name === "" || busy()) return;
    const ids = props.ids;
    const onChanged = props.onChanged;
    setBusy(true);
    setFailed(undefined);
    const { done, error } = await tagRuns(props.experimentId, ids, name, to, onChanged);
    setBusy(false);
    if (error === undefined) props.onClose();
    else setFailed(`Not changed: ${countText(ids.length - done.length)}. ${describe(error)}`);
  }
  return (
    <Dialog
      title={`Tag ${props.ids.length.toLocaleString()} runs`}
      onClose={() => props.onClose()}
      onSubmit={() => void change(value())}
      actions={
        <>
          <Button kind="danger" busy={busy()} disabled={key().trim() === ""} onClick={() => void change(undefined)}>
            Delete tag
          </Button>
          <Button kind="primary" type="submit" busy={busy()} disabled={key().trim() === ""}>
            Set tag
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Key</span>
        <input class="input" value={key()} maxlength={250} onInput={(event) => setKey(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="muted">Value</span>
        <input class="input" value={value()} onInput={(event) => setValue(event.currentTarget.value)} />
      </label>
      <Show when={failed()}>
        <span class="field-error" role="alert">
          {failed()}
        </span>
      </Show>
    </Dialog>
  );
}
