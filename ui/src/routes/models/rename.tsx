import { useNavigate } from "@solidjs/router";
import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { renameRegisteredModel } from "../../data/models";
import { modelHref } from "./addresses";
import { modelNameProblem } from "./alias-rules";
import { make } from "./change";

/** Renames a registered model and goes to its new address. */
export function RenameDialog(props: { name: string; onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  const [text, setText] = createSignal(props.name);
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const wanted = () => text().trim();
  const problem = () => modelNameProblem(wanted());
  const rename = async () => {
    const { name: before, onClose } = props;
    const after = wanted();
    if (after === "" || after === before || problem() !== undefined) return;
    let now = after;
    setBusy(true);
    setFailure(undefined);
    const renamed = await make({
      done: `${before} is now ${after}`,
      failed: "The model was not renamed",
      tell: setFailure,
      run: () => renameRegisteredModel(before, after),
      undo: async () => {
        await renameRegisteredModel(after, before);
        now = before;
      },
      reload: () => navigate(modelHref(now), { replace: true }),
    });
    setBusy(false);
    if (renamed) onClose();
  };
  return (
    <Dialog
      title="Rename model"
      onClose={() => props.onClose()}
      onSubmit={() => void rename()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            busy={busy()}
            disabled={wanted() === "" || wanted() === props.name || problem() !== undefined}
          >
            Rename
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Name</span>
        <input
          class="input"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problem() !== undefined}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="muted">{problem() ?? "Code that loads it by its present name has to be changed."}</p>
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
