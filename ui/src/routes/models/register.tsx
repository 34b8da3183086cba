import { useNavigate } from "@solidjs/router";
import { createResource, createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { toast } from "../../components/toast";
import { ApiError, describe } from "../../data/http";
import {
  createModelVersion,
  createRegisteredModel,
  deleteRegisteredModel,
  getRegisteredModel,
  nameContains,
  searchRegisteredModels,
} from "../../data/models";
import type { ModelVersion } from "../../wire";
import { versionHref } from "./addresses";
import { modelNameProblem } from "./alias-rules";

export interface RegisterDialogProps {
  /** What the version is made from: `models:/m-…`, or the URI of a directory with an `MLmodel`. */
  source: string;
  runId?: string | undefined;
  modelId?: string | undefined;
  /** The name to start with. */
  suggested?: string | undefined;
  onClose: () => void;
  /** Told of the version; without it, the version's page is opened. */
  onRegistered?: ((version: ModelVersion) => void) | undefined;
}

/** Makes a version of a registered model, and the registered model where there is none of that name. */
export function RegisterDialog(props: RegisterDialogProps): JSX.Element {
  const navigate = useNavigate();
  // eslint-disable-next-line solid/reactivity
  const [name, setName] = createSignal(props.suggested ?? "");
  const [description, setDescription] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const wanted = () => name().trim();
  const problem = () => modelNameProblem(wanted());
  const [known] = createResource(wanted, async (text) => {
    const page = await searchRegisteredModels(nameContains(text), "last_updated_timestamp DESC");
    return page.items.map((model) => model.name);
  });
  const names = () => (known.state === "ready" || known.state === "refreshing" ? (known.latest ?? []) : []);

  const register = async () => {
    if (wanted() === "" || problem() !== undefined || busy()) return;
    setBusy(true);
    setFailure(undefined);
    let made = false;
    try {
      made = await createUnlessThere(wanted());
      const version = await createModelVersion({
        name: wanted(),
        source: props.source,
        runId: props.runId,
        modelId: props.modelId,
        description: description().trim() === "" ? undefined : description().trim(),
      });
      toast(`Registered as ${version.name}, version ${version.version}`);
      props.onClose();
      if (props.onRegistered) props.onRegistered(version);
      else navigate(versionHref(version.name, version.version));
    } catch (error) {
      const left = made && !(await removed(wanted()));
      setFailure(
        describe(error) + (left ? ` The registered model ${wanted()} has been created and has no version.` : ""),
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title="Register model"
      onClose={() => props.onClose()}
      onSubmit={() => void register()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy()} disabled={wanted() === "" || problem() !== undefined}>
            Register
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Registered model</span>
        <input
          class="input"
          list="registered-model-names"
          placeholder="A name, new or there already"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problem() !== undefined}
          aria-describedby="register-hint"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <datalist id="registered-model-names">
          <For each={names()}>{(one) => <option value={one} />}</For>
        </datalist>
        <span id="register-hint" class="muted" aria-live="polite">
          {problem() ?? hint(wanted(), names())}
        </span>
      </label>
      <label class="field">
        <span class="muted">Description of this version (Markdown)</span>
        <textarea
          class="input"
          rows={3}
          value={description()}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
      </label>
      <Show when={failure()}>
        {(text) => (
          <p class="field-error" role="alert">
            Not registered: {text()}
          </p>
        )}
      </Show>
    </Dialog>
  );
}

function hint(name: string, known: readonly string[]): string {
  if (name === "") return "It becomes the next version of this model.";
  return known.includes(name) ? "A new version of this model." : "A new registered model.";
}

/** Whether it was not there before. */
async function createUnlessThere(name: string): Promise<boolean> {
  try {
    await createRegisteredModel(name);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "RESOURCE_ALREADY_EXISTS") throw error;
    return false;
  }
}

/** Takes a model away that was made for a version which could not be; not one that has got another meanwhile. */
async function removed(name: string): Promise<boolean> {
  try {
    const model = await getRegisteredModel(name);
    if ((model.latest_versions ?? []).length > 0) return true;
    await deleteRegisteredModel(name);
    return true;
  } catch {
    return false;
  }
}
