import { createResource, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";

import { artifactUrl, readArtifactText } from "../../data/artifacts";
import { Button } from "../button";
import { Icon } from "../icons";
import { Loaded } from "../loaded";
import { parseExactJson } from "./exact-json";
import type { FileProps } from "./file";
import { type LoggedTable, loggedTable } from "./logged-table";
import { TableGrid } from "./grid";
import { TextPreview } from "./text";

import "./json.css";

const LIMIT_BYTES = 5_000_000;
/** Children that are drawn at a time. */
const STEP = 100;

type Read =
  { kind: "table"; table: LoggedTable; value: unknown } | { kind: "value"; value: unknown } | { kind: "text" };

/** JSON as a tree that unfolds; tables of `log_table` as tables; what is no JSON after all as text. */
export default function JsonPreview(props: FileProps): JSX.Element {
  const [read, { refetch }] = createResource(async (): Promise<Read> => {
    const text = await readArtifactText(props.owner, props.path, LIMIT_BYTES);
    try {
      const value = parseExactJson(text);
      const table = loggedTable(value);
      return table === undefined ? { kind: "value", value } : { kind: "table", table, value };
    } catch {
      // Python writes NaN, which JSON does not have.
      return { kind: "text" };
    }
  });
  const [view, setView] = createSignal<"table" | "tree" | "text">();
  return (
    <Loaded of={read} failed="The file could not be read" onRetry={() => void refetch()}>
      {(loaded) => {
        const shown = () => view() ?? (loaded().kind === "value" ? "tree" : loaded().kind);
        const table = () => {
          const now = loaded();
          return now.kind === "table" ? now.table : undefined;
        };
        const value = () => {
          const now = loaded();
          return now.kind === "text" ? undefined : now.value;
        };
        return (
          <>
            <Switch>
              <Match when={shown() === "table" && table()}>
                {(found) => (
                  <TableGrid
                    label={props.path}
                    columns={found().columns}
                    rows={found().rows}
                    imageUrl={(path) => artifactUrl(props.owner, path)}
                  />
                )}
              </Match>
              <Match when={shown() === "tree"}>
                <div class="preview-scroll json">
                  <JsonNode name={undefined} value={value()} open />
                </div>
              </Match>
              <Match when={shown() === "text"}>
                <TextPreview owner={props.owner} path={props.path} size={props.size} />
              </Match>
            </Switch>
            <footer class="preview-foot">
              <Show
                when={loaded().kind !== "text"}
                fallback={<span class="muted">Not JSON as browsers read it, so it is shown as text.</span>}
              >
                <Show when={table()}>
                  <Button pressed={shown() === "table"} onClick={() => setView("table")}>
                    Table
                  </Button>
                </Show>
                <Button pressed={shown() === "tree"} onClick={() => setView("tree")}>
                  Tree
                </Button>
                <Button pressed={shown() === "text"} onClick={() => setView("text")}>
                  Text
                </Button>
              </Show>
              <Show when={table()}>
                {(found) => <span class="muted">{found().rows.length.toLocaleString()} rows</span>}
              </Show>
            </footer>
          </>
        );
      }}
    </Loaded>
  );
}

/** A value with its name; lists and objects unfold, a hundred entries at a time. */
function JsonNode(props: { name: string | undefined; value: unknown; open?: boolean }): JSX.Element {
  // eslint-disable-next-line solid/reactivity
  const [open, setOpen] = createSignal(props.open === true);
  const [most, setMost] = createSignal(STEP);
  const children = (): [string, unknown][] | undefined => {
    const value = props.value;
    return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
  };
  const summary = (count: number) => (Array.isArray(props.value) ? `[${String(count)}]` : `{${String(count)}}`);
  return (
    <Show
      when={children()}
      fallback={
        <div class="json-line">
          <JsonName name={props.name} />
          <span
            class="json-value"
            data-type={props.value === null ? "null" : typeof props.value === "bigint" ? "number" : typeof props.value}
          >
            {typeof props.value === "bigint" ? String(props.value) : JSON.stringify(props.value)}
          </span>
        </div>
      }
    >
      {(entries) => (
        <>
          <button type="button" class="json-line json-fold" aria-expanded={open()} onClick={() => setOpen(!open())}>
            <Icon name={open() ? "down" : "forward"} size={12} />
            <JsonName name={props.name} />
            <span class="muted">{summary(entries().length)}</span>
          </button>
          <Show when={open()}>
            <div class="json-children">
              <For each={entries().slice(0, most())}>{([name, value]) => <JsonNode name={name} value={value} />}</For>
              <Show when={entries().length > most()}>
                <Button kind="quiet" onClick={() => setMost(most() + STEP * 5)}>
                  {(entries().length - most()).toLocaleString()} more
                </Button>
              </Show>
            </div>
          </Show>
        </>
      )}
    </Show>
  );
}

function JsonName(props: { name: string | undefined }): JSX.Element {
  return (
    <Show when={props.name !== undefined}>
      <span class="json-name">{props.name}:</span>
    </Show>
  );
}
