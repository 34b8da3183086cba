import { createResource, createSignal, type JSX, onCleanup, Show } from "solid-js";

import { describe } from "../../data/http";
import { artifactUrl } from "../../data/artifacts";
import { Button } from "../button";
import { Loaded } from "../loaded";
import { Skeleton } from "../skeleton";
import type { FileProps } from "./file";
import { TableGrid } from "./grid";
import { artifactBuffer, openParquet, type ParquetFile } from "./parquet-file";

/** Rows that a page keeps at most. */
const MOST_ROWS = 100_000;

/** A Parquet file as a table: its footer at once, its rows by parts. */
export default function ParquetPreview(props: FileProps): JSX.Element {
  const stop = new AbortController();
  onCleanup(() => stop.abort());
  const [opened, { refetch }] = createResource(async () => {
    const file = await openParquet(await artifactBuffer(props.owner, props.path, stop.signal));
    return { file, first: file.rows === 0 ? [] : await file.read(0) };
  });
  return (
    <Loaded
      of={opened}
      failed="The file could not be read as Parquet"
      onRetry={() => void refetch()}
      waiting={<Skeleton lines={8} label="Loading the table" />}
    >
      {(loaded) => <Rows {...props} file={loaded().file} first={loaded().first} />}
    </Loaded>
  );
}

function Rows(props: FileProps & { file: ParquetFile; first: unknown[][] }): JSX.Element {
  // eslint-disable-next-line solid/reactivity
  const [rows, setRows] = createSignal(props.first);
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const more = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const next = await props.file.read(rows().length);
      setRows(rows().concat(next));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <TableGrid
        label={props.path}
        columns={props.file.columns}
        rows={rows()}
        totalRows={props.file.rows}
        imageUrl={(path) => artifactUrl(props.owner, path)}
      />
      <footer class="preview-foot">
        <span class="muted">
          {rows().length < props.file.rows ? `${rows().length.toLocaleString()} of ` : ""}
          {props.file.rows.toLocaleString()} rows, {props.file.columns.length.toLocaleString()} columns
          {props.file.left > 0 ? `, ${props.file.left.toLocaleString()} more are not shown` : ""}
        </span>
        <Show when={rows().length < props.file.rows}>
          <Show
            when={rows().length < MOST_ROWS}
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
  );
}
