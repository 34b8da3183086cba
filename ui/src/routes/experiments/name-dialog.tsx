import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { describe } from "../../data/http";

export interface NameDialogProps {
  /** The name before; none for a new experiment. */
  current: string | undefined;
  onName: (name: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for an experiment's name. */
export function NameDialog(props: NameDialogProps): JSX.Element {
  const [name, setName] = createSignal(props.current ?? "");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  const ready = () => name().trim() !== "" && name().trim() !== props.current;
  async function submit(): Promise<void> {
    if (!ready() || busy()) return;
    setBusy(true);
    setFailed(undefined);
    try {
      await props.onName(name().trim());
      props.onClose();
    } catch (error) {
      setFailed(describe(error));
      setBusy(false);
    }
  }
  return (
    <Dialog
      title={props.current === undefined ? "New experiment" : "Rename experiment"}
      onClose={() => props.onClose()}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy()} disabled={!ready()}>
            {props.current === undefined ? "Create" : "Rename"}
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Name</span>
        <input
          class="input"
          value={name()}
          maxlength={500}
          autocomplete="off"
          aria-invalid={failed() !== undefined}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Show when={failed()}>
        <p class="field-error" role="alert">
          {failed()}
        </p>
      </Show>
    </Dialog>
  );
}
