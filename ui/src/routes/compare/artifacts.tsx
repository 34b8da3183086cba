import { createMemo, createResource, createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";

import { runColor } from "../../charts/colors";
import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { Icon } from "../../components/icons";
import { FilePreview } from "../../components/preview/file";
import { Skeleton } from "../../components/skeleton";
import { listArtifacts } from "../../data/artifacts";
import type { Run } from "../../wire";
import { joinListings, type SharedEntry } from "./shared-entries";

/** Files of more runs than this are not listed at once. */
const MOST_RUNS = 50;
const WIDTHS = [280, 420, 640] as const;

/** The same file of each run, side by side. */
export function CompareArtifacts(props: { runs: readonly Run[] }): JSX.Element {
  const [directory, setDirectory] = createSignal("");
  const [chosen, setChosen] = createSignal<SharedEntry>();
  const [width, setWidth] = createSignal<number>(WIDTHS[1]);
  const shown = createMemo(() => props.runs.slice(0, MOST_RUNS));
  // Ids, not runs: a run that goes on does not make its files be listed again.
  const ids = createMemo(() =>
    shown()
      .map((run) => run.info.run_id)
      .join(" "),
  );
  const [entries, { refetch }] = createResource(
    () => ({ ids: ids(), path: directory() }),
    async ({ ids: list, path }) => {
      const runIds = list.split(" ");
      const listings = await Promise.all(runIds.map((runId) => listArtifacts({ kind: "run", runId }, path)));
      return joinListings(listings);
    },
  );
  const known = () => (entries.state === "ready" || entries.state === "refreshing" ? entries.latest : undefined);
  const crumbs = () => directory().split("/").filter(Boolean);

  return (
    <div class="compare-artifacts">
      <nav class="compare-files" aria-label="Files of the runs">
        <Show when={props.runs.length > MOST_RUNS}>
          <p class="muted compare-none">
            Files of the first {MOST_RUNS} of {props.runs.length.toLocaleString()} runs.
          </p>
        </Show>
        <div class="compare-crumbs">
          <Button kind="quiet" onClick={() => setDirectory("")}>
            Artifacts
          </Button>
          <For each={crumbs()}>
            {(name, index) => (
              <>
                <Icon name="forward" size={12} />
                <Button
                  kind="quiet"
                  onClick={() =>
                    setDirectory(
                      crumbs()
                        .slice(0, index() + 1)
                        .join("/"),
                    )
                  }
                >
                  {name}
                </Button>
              </>
            )}
          </For>
        </div>
        <Show
          when={known()}
          fallback={
            <Show when={entries.state === "errored"} fallback={<Skeleton lines={6} />}>
              <Failure what="The files could not be listed" error={entries.error} onRetry={() => void refetch()} />
            </Show>
          }
        >
          <ul>
            <For each={known()} fallback={<li class="muted compare-none">No files.</li>}>
              {(entry) => (
                <li>
                  <button
                    type="button"
                    class="compare-file"
                    aria-current={chosen()?.path === entry.path ? "true" : undefined}
                    onClick={() => (entry.isDirectory ? setDirectory(entry.path) : setChosen(entry))}
                  >
                    <Icon name={entry.isDirectory ? "folder" : "file"} />
                    <span class="ellipsis">{entry.name}</span>
                    <Show when={entry.count < shown().length}>
                      <span class="muted compare-count">
                        {entry.count} of {shown().length}
                      </span>
                    </Show>
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </nav>
      <section class="compare-previews" aria-label="The file in each run">
        <Show
          when={chosen()}
          fallback={
            <Empty icon="file" title="Choose a file" code={'mlflow.log_figure(figure, "confusion.png")'}>
              It is shown as it is in each of the runs.
            </Empty>
          }
        >
          {(entry) => (
            <>
              <div class="compare-bar">
                <code class="ellipsis">{entry().path}</code>
                <span class="compare-widths" role="group" aria-label="Width of a preview">
                  <For each={WIDTHS}>
                    {(one, index) => (
                      <Button kind="quiet" pressed={width() === one} onClick={() => setWidth(one)}>
                        {["Small", "Medium", "Large"][index()]}
                      </Button>
                    )}
                  </For>
                </span>
              </div>
              <div class="compare-grid" style={{ "--preview": `${String(width())}px` }}>
                <For each={shown()}>
                  {(run) => <RunFile run={run} path={entry().path} size={entry().sizes[shown().indexOf(run)]} />}
                </For>
              </div>
            </>
          )}
        </Show>
      </section>
    </div>
  );
}

function RunFile(props: { run: Run; path: string; size: number | null | undefined }): JSX.Element {
  const [near, setNear] = createSignal(false);
  let figure!: HTMLElement;
  onMount(() => {
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: "300px" },
    );
    observer.observe(figure);
    onCleanup(() => observer.disconnect());
  });
  return (
    <figure class="compare-figure" ref={figure}>
      <figcaption class="compare-run-line">
        <span class="compare-swatch" style={{ "background-color": runColor(props.run.info.run_id) }} />
        <span class="ellipsis">{props.run.info.run_name}</span>
      </figcaption>
      <Show when={props.size !== undefined} fallback={<p class="muted compare-none">This run has no such file.</p>}>
        <Show when={near() && `${props.run.info.run_id} ${props.path}`} keyed>
          <FilePreview
            owner={{ kind: "run", runId: props.run.info.run_id }}
            path={props.path}
            size={props.size ?? undefined}
          />
        </Show>
      </Show>
    </figure>
  );
}
