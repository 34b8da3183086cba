import { createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";

import { describe, isAbort } from "../../data/http";
import { readArtifact } from "../../data/artifacts";
import { Button } from "../button";
import { Failure } from "../failure";
import { Skeleton } from "../skeleton";
import type { FileProps } from "./file";
import { formatSize } from "./size";

/** Bytes that are fetched at a time. */
const PART_BYTES = 256 * 1024;
/** Beyond this a page with the text would be slow; the file can be downloaded. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Text by parts: the beginning at once, more when asked for. */
export function TextPreview(props: FileProps): JSX.Element {
  const [parts, setParts] = createSignal<readonly string[]>([]);
  const [read, setRead] = createSignal(0);
  const [total, setTotal] = createSignal<number>();
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const [wrapped, setWrapped] = createSignal(false);
  // Carries a character that two parts share.
  const decoder = new TextDecoder();
  const stop = new AbortController();
  let etag: string | undefined;
  onCleanup(() => stop.abort());

  const more = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const part = await readArtifact(props.owner, props.path, read(), PART_BYTES, { signal: stop.signal, etag });
      etag = part.etag;
      const last = read() + part.bytes.length >= part.total;
      setParts([...parts(), decoder.decode(part.bytes, { stream: !last })]);
      setRead(read() + part.bytes.length);
      setTotal(part.total);
    } catch (error) {
      if (!isAbort(error)) {
        setFailure(error);
      }
    } finally {
      setBusy(false);
    }
  };
  onMount(() => {
    // Of an empty file no range can be asked for.
    if (props.size === 0) setTotal(0);
    else void more();
  });
  const left = () => (total() ?? 0) - read();

  return (
    <Show
      when={total() !== undefined}
      fallback={
        <Show when={failure()} fallback={<Skeleton lines={8} label="Loading the text" />}>
          {(error) => <Failure what="The file could not be read" error={error()} onRetry={() => void more()} />}
        </Show>
      }
    >
      <div class="preview-scroll" tabIndex={0} role="region" aria-label="Text of the file">
        <Show when={read() > 0} fallback={<p class="muted preview-note">The file is empty.</p>}>
          <div class="preview-text" data-wrapped={wrapped() ? "" : undefined}>
            <For each={parts()}>{(part) => <pre>{part}</pre>}</For>
          </div>
        </Show>
      </div>
      <footer class="preview-foot">
        <label class="preview-check">
          <input type="checkbox" checked={wrapped()} onChange={(event) => setWrapped(event.currentTarget.checked)} />
          Wrap lines
        </label>
        <Show when={left() > 0}>
          <span class="muted">
            {formatSize(read())} of {formatSize(total() ?? 0)}
          </span>
          <Show when={read() < MOST_BYTES} fallback={<span class="muted">Download the file to see the rest.</span>}>
            <Button busy={busy()} onClick={() => void more()}>
              Load more
            </Button>
          </Show>
        </Show>
        <Show when={failure()}>{(error) => <span role="alert">{describe(error())}</span>}</Show>
      </footer>
    </Show>
  );
}
