import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Markdown } from "../../components/markdown";
import { make } from "./change";

import "./description.css";

export interface DescriptionProps {
  text: string;
  onSave: (text: string) => Promise<unknown>;
  onChanged: () => unknown;
}

/** A description in Markdown, to read and to write. */
export function Description(props: DescriptionProps): JSX.Element {
  const [draft, setDraft] = createSignal<string>();
  const [busy, setBusy] = createSignal(false);
  const save = async () => {
    const text = draft();
    if (text === undefined) return;
    const before = props.text;
    const { onSave } = props;
    setBusy(true);
    const saved = await make({
      done: "Description saved",
      failed: "The description was not saved",
      run: () => onSave(text),
      undo: () => onSave(before),
      reload: props.onChanged,
    });
    setBusy(false);
    if (saved) setDraft(undefined);
  };
  return (
    <section class="panel" aria-labelledby="about">
      <header class="panel-head">
        <h2 id="about">Description</h2>
        <Show when={draft() === undefined}>
          <Button kind="quiet" icon="edit" label="Edit the description" onClick={() => setDraft(props.text)} />
        </Show>
      </header>
      <Show
        when={draft() !== undefined}
        fallback={
          <Show when={props.text !== ""} fallback={<p class="muted">No description yet.</p>}>
            <Markdown text={props.text} />
          </Show>
        }
      >
        <form
          class="description-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
            if (event.key === "Escape") setDraft(undefined);
          }}
        >
          <textarea
            ref={(element) => queueMicrotask(() => element.focus())}
            class="input"
            rows={8}
            aria-label="Description, in Markdown"
            placeholder="What it is for, how it was trained, what it must not be used for. Markdown."
            value={draft()}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
          <Show when={(draft() ?? "").trim() !== ""}>
            <div class="description-preview" aria-label="Preview">
              <Markdown text={draft() ?? ""} />
            </div>
          </Show>
          <div class="description-actions">
            <Button type="submit" kind="primary" busy={busy()}>
              Save
            </Button>
            <Button onClick={() => setDraft(undefined)}>Cancel</Button>
          </div>
        </form>
      </Show>
    </section>
  );
}
