import { createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";

import { readArtifact } from "../../data/artifacts";
import { describe, isAbort } from "../../data/http";
import { Button } from "../button";
import { Failure } from "../failure";
import { Skeleton } from "../skeleton";
import { DelimitedReader, guessDelimiter } from "./delimited";
import type { FileProps } from "./file";
import { TableGrid } from "./grid";
import { formatSize } from "./size";
import { TextPreview } from "./text";

const PART_BYTES = 1024 * 1024;
const MOST_BYTES = 32 * PART_BYTES;
/** Browsers draw nothing beyond some 17 million pixels: that is the height of a few more rows than these. */
const MOST_ROWS = 500_000;

/** CSV and TSV as a table, by parts; the first line names the columns. */
export default function DelimitedPreview(props: FileProps): JSX.Element {
  const [columns, setColumns] = createSignal<readonly string[]>();
  const [rows, setRows] = createSignal<readonly string[][]>([]);
  const [read, setRead] = createSignal(0);
  const [total, setTotal] = createSignal(0);
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const [source, setSource] = createSignal(false);
  const decoder = new TextDecoder();
  const stop = new AbortController();
  let reader: DelimitedReader | undefined;
  let etag: string | undefined;
  onCleanup(() => stop.abort());

  const more = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const part = await readArtifact(props.owner, props.path, read(), PART_BYTES, { signal: stop.signal, etag });
      etag = part.etag;
      const last = read() + part.bytes.length >= part.total;
      const text = decoder.decode(part.bytes, { stream: !last });
      reader ??= new DelimitedReader(guessDelimiter(text, props.path));
      const next = reader.push(text, last);
      if (columns() === undefined) {
        setColumns(next.shift() ?? []);
      }
      setRows(rows().concat(next).slice(0, MOST_ROWS));
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
  onMount(() => void more());

  return (
    <Show
      when={columns()}
      fallback={
        <Show when={failure()} fallback={<Skeleton lines={8} label="Loading the table" />}>
          {(error) => <Failure what="The file could not be read" error={error()} onRetry={() => void more()} />}
        </Show>
      }
    >
      {(names) => (
        <>
          <Show when={!source()} fallback={<TextPreview owner={props.owner} path={props.path} size={props.size} />}>
            <TableGrid label={props.path} columns={names()} rows={rows()} />
          </Show>
          <footer class="preview-foot">
            <Button pressed={source()} onClick={() => setSource(!source())}>
              Source
            </Button>
            <span class="muted">
              {rows().length.toLocaleString()} rows, {names().length.toLocaleString()} columns
              {read() < total() ? ` in ${formatSize(read())} of ${formatSize(total())}` : ""}
            </span>
            <Show when={read() < total() && !source()}>
              <Show
                when={read() < MOST_BYTES && rows().length < MOST_ROWS}
                fallback={<span class="muted">Download the file to see the rest.</span>}
              >
                <Button busy={busy()} onClick={() => void more()}>
                  Load more
                </Button>
              </Show>
            </Show>
            <Show when={failure()}>{(error) => <span role="alert">{describe(error())}</span>}</Show>
          </footer>
        </>
      )}
    </Show>
  );
}
