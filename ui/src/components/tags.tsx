import { createSignal, For, type JSX, Show } from "solid-js";

import type { Tag } from "../wire";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { toastError } from "./toast";

import "./tags.css";

/** Tags that people set; those that begin with `mlflow.` are the client's own. */
export function ownTags(tags: readonly Tag[] | undefined): Tag[] {
  return (tags ?? []).filter((tag) => !tag.key.startsWith("mlflow."));
}

/** The value of a tag. */
export function tagValue(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.key === key)?.value;
}

/** `key: value` chips; more than `most` are counted. */
export function TagChips(props: { tags: readonly Tag[]; most?: number }): JSX.Element {
  const shown = () => props.tags.slice(0, props.most ?? 3);
  return (
    <span class="tags">
      <For each={shown()}>
        {(tag) => (
          <span class="tag" title={`${tag.key}: ${tag.value}`}>
            <span class="tag-key">{tag.key}</span>
            <Show when={tag.value !== ""}>
              <span class="tag-value">{tag.value}</span>
            </Show>
          </span>
        )}
      </For>
      <Show when={props.tags.length > shown().length}>
        <span class="tag-more" title={props.tags.map((tag) => `${tag.key}: ${tag.value}`).join("\n")}>
          +{props.tags.length - shown().length}
        </span>
      </Show>
    </span>
  );
}

export interface TagEditorProps {
  title: string;
  tags: readonly Tag[];
  /** Called for each change; what it throws is told, and the list stays as it was. */
  onSet: (key: string, value: string) => Promise<void>;
  onDelete: (key: string) => Promise<void>;
  onClose: () => void;
}

/** A window to set, change and delete tags one by one. */
export function TagEditor(props: TagEditorProps): JSX.Element {
  const [key, setKey] = createSignal("");
  const [value, setValue] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const run = async (what: string, action: () => Promise<void>) => {
    setBusy(true);
    try {
      await action();
      return true;
    } catch (error) {
      toastError(what, error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const set = async () => {
    if (key().trim() === "") return;
    if (await run("The tag was not set", () => props.onSet(key().trim(), value()))) {
      setKey("");
      setValue("");
    }
  };
  return (
    <Dialog
      title={props.title}
      onClose={() => props.onClose()}
      onSubmit={() => void set()}
      actions={<Button onClick={() => props.onClose()}>Done</Button>}
    >
      <ul class="tag-list">
        <For each={props.tags} fallback={<li class="muted">No tags yet.</li>}>
          {(tag) => (
            <li>
              <button
                type="button"
                class="tag-edit"
                title="Change"
                onClick={() => {
                  setKey(tag.key);
                  setValue(tag.value);
                }}
              >
                <span class="tag-key">{tag.key}</span>
                <span class="tag-value">{tag.value}</span>
                <Icon name="edit" size={13} />
              </button>
              <Button
                kind="quiet"
                icon="trash"
                label={`Delete tag ${tag.key}`}
                disabled={busy()}
                onClick={() => void run("The tag was not deleted", () => props.onDelete(tag.key))}
              />
            </li>
          )}
        </For>
      </ul>
      <div class="tag-new">
        <input
          class="input"
          placeholder="key"
          aria-label="Tag key"
          value={key()}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <input
          class="input"
          placeholder="value"
          aria-label="Tag value"
          value={value()}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" icon="plus" busy={busy()} disabled={key().trim() === ""}>
          Set tag
        </Button>
      </div>
    </Dialog>
  );
}
