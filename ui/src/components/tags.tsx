import { createSignal, For, type JSX, Show } from "solid-js";

import { describe } from "../data/http";
import type { Tag } from "../wire";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { toast } from "./toast";

import "./tags.css";

/** Tags that people set; those that begin with `mlflow.` are the client's own. */
export function ownTags(tags: readonly Tag[] | undefined): Tag[] {
  return (tags ?? []).filter((tag) => !tag.key.startsWith("mlflow."));
}

/** The value of a tag. */
export function tagValue(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.key === key)?.value;
}

/** `key: value` chips in one line, or in as many as they need; more than `most` are counted. */
export function TagChips(props: { tags: readonly Tag[]; most?: number; wrap?: boolean }): JSX.Element {
  const shown = () => props.tags.slice(0, props.most ?? 3);
  return (
    <span class="tags" data-wrap={props.wrap === true ? "" : undefined}>
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
  /** Called for each change, and to take it back, which may be after the window was closed. */
  onSet: (key: string, value: string) => Promise<void>;
  onDelete: (key: string) => Promise<void>;
  onClose: () => void;
}

/** A window to set, change and delete tags one by one. */
export function TagEditor(props: TagEditorProps): JSX.Element {
  const [key, setKey] = createSignal("");
  const [value, setValue] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  /** Sets a tag, or deletes it where there is no value. */
  const change = async (name: string, to: string | undefined): Promise<boolean> => {
    const before = tagValue(props.tags, name);
    const { onSet, onDelete } = props;
    const put = (wanted: string | undefined) => (wanted === undefined ? onDelete(name) : onSet(name, wanted));
    setBusy(true);
    setFailure(undefined);
    try {
      await put(to);
      if (before !== to) toast(`Tag ${name} ${to === undefined ? "deleted" : "set"}`, { undo: () => put(before) });
      return true;
    } catch (error) {
      setFailure(`The tag was not ${to === undefined ? "deleted" : "set"}: ${describe(error)}`);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const set = async () => {
    if (key().trim() === "" || busy()) return;
    if (await change(key().trim(), value())) {
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
                onClick={() => void change(tag.key, undefined)}
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
      <Show when={failure()}>
        <p class="field-error" role="alert">
          {failure()}
        </p>
      </Show>
    </Dialog>
  );
}
