import { createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Icon } from "../../components/icons";
import { PopoverButton } from "../../components/popover";
import { deleteAlias, setAlias } from "../../data/models";
import type { Alias } from "../../wire";
import { aliasProblem } from "./alias-rules";
import { make } from "./change";

import "./aliases.css";

export interface AliasesProps {
  name: string;
  version: string;
  /** All aliases of the registered model. */
  aliases: readonly Alias[];
  onChanged: () => unknown;
}

/** The aliases of a version, with a way to set and to remove them. */
export function Aliases(props: AliasesProps): JSX.Element {
  const own = () => props.aliases.filter((alias) => alias.version === props.version);
  const set = (alias: string) => {
    const { name, version } = props;
    const before = props.aliases.find((one) => one.alias === alias)?.version;
    return make({
      done: before === undefined ? `Alias ${alias} set` : `Alias ${alias} moved from version ${before}`,
      failed: "The alias was not set",
      run: () => setAlias(name, alias, version),
      undo: () => (before === undefined ? deleteAlias(name, alias) : setAlias(name, alias, before)),
      reload: props.onChanged,
    });
  };
  const remove = (alias: string) => {
    const { name, version } = props;
    return make({
      done: `Alias ${alias} removed`,
      failed: "The alias was not removed",
      run: () => deleteAlias(name, alias),
      undo: () => setAlias(name, alias, version),
      reload: props.onChanged,
    });
  };
  return (
    <span class="aliases">
      <For each={own()}>
        {(one) => (
          <span class="alias">
            <span class="alias-name">@{one.alias}</span>
            <button
              type="button"
              class="alias-remove"
              aria-label={`Remove alias ${one.alias}`}
              title={`Remove alias ${one.alias}`}
              onClick={() => void remove(one.alias)}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        )}
      </For>
      <PopoverButton
        label="Set an alias"
        button={(bind) => (
          <Button
            {...bind}
            kind="quiet"
            icon="plus"
            label={`Set an alias for version ${props.version}`}
            class="alias-add"
          />
        )}
      >
        {(close) => (
          <AliasForm
            aliases={props.aliases}
            version={props.version}
            onSet={async (alias) => {
              if (await set(alias)) close();
            }}
          />
        )}
      </PopoverButton>
    </span>
  );
}

interface AliasFormProps {
  aliases: readonly Alias[];
  version: string;
  onSet: (alias: string) => Promise<void>;
}

function AliasForm(props: AliasFormProps): JSX.Element {
  const [text, setText] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const alias = () => text().trim().replace(/^@/, "");
  const problem = () => (alias() === "" ? undefined : aliasProblem(alias()));
  const elsewhere = () => props.aliases.find((one) => one.alias === alias() && one.version !== props.version);
  const others = () => props.aliases.filter((one) => one.version !== props.version);
  const submit = async (wanted: string) => {
    if (wanted === "" || aliasProblem(wanted) !== undefined) return;
    setBusy(true);
    await props.onSet(wanted);
    setBusy(false);
  };
  return (
    <form
      class="alias-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(alias());
      }}
    >
      <label class="field">
        <span class="muted">Alias for version {props.version}</span>
        <input
          class="input"
          placeholder="champion"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problem() !== undefined}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="alias-hint muted" aria-live="polite">
        {problem() ?? (elsewhere() ? `Moves it here from version ${elsewhere()?.version ?? ""}.` : "")}
      </p>
      <Show when={others().length > 0 && text() === ""}>
        <div class="alias-others">
          <For each={others().slice(0, 8)}>
            {(one) => (
              <Button onClick={() => void submit(one.alias)} title={`Now version ${one.version}`}>
                @{one.alias}
              </Button>
            )}
          </For>
        </div>
      </Show>
      <Button kind="primary" type="submit" busy={busy()} disabled={alias() === "" || problem() !== undefined}>
        Set alias
      </Button>
    </form>
  );
}
