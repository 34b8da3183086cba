import { createEffect, createMemo, createResource, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";

import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { Icon } from "../../components/icons";
import { formatSize } from "../../components/preview/size";
import { roving } from "../../components/roving";
import { Skeleton } from "../../components/skeleton";
import { type ArtifactEntry, type ArtifactOwner, artifactUrl, listArtifacts, readArtifact } from "../../data/artifacts";
import type { Run } from "../../wire";
import { createLogTail } from "./log-tail";
import { isLog, isLogDirectory } from "./log-text";

const FOLLOW_MS = 2000;
/** Files are not announced: until a run that goes on has a log, it is looked for so often. */
const LOOK_MS = 10_000;

/** Text files of the run that look like logs, from their end. */
export function RunLogs(props: { run: Run }): JSX.Element {
  // The files are listed anew for another run, not for every change of this one.
  const runId = createMemo(() => props.run.info.run_id);
  const owner = createMemo((): ArtifactOwner => ({ kind: "run", runId: runId() }));
  const [files, { refetch }] = createResource(owner, findLogs);
  const [chosen, setChosen] = createSignal<string>();
  const known = () => (files.state === "ready" || files.state === "refreshing" ? files.latest : undefined);
  const none = () => (known()?.length ?? 0) === 0;
  const waits = createMemo(() => props.run.info.status === "RUNNING" && none());
  createEffect(
    on(waits, (now, before) => {
      // What was written last may have come after the last round.
      if (before === true && !now && none()) void refetch();
      if (!now) return;
      const timer = setInterval(() => {
        if (document.visibilityState === "visible" && !files.loading) void refetch();
      }, LOOK_MS);
      onCleanup(() => clearInterval(timer));
    }),
  );
  const file = createMemo(() => known()?.find((entry) => entry.path === chosen()) ?? known()?.[0]);
  return (
    <Show
      when={known()}
      fallback={
        <Show when={files.state === "errored"} fallback={<Skeleton lines={8} />}>
          <Failure what="The files could not be listed" error={files.error} onRetry={() => void refetch()} />
        </Show>
      }
    >
      <Show
        when={file()}
        fallback={
          <Empty icon="file" title="No logs" code={'mlflow.log_artifact("train.log")'}>
            Artifacts whose names end in .log, .out or .err, and those in a directory called logs, are shown here from
            their end.
          </Empty>
        }
      >
        {(shown) => (
          <>
            <div class="log-files">
              <div class="log-tabs" role="tablist" aria-label="Logs" onKeyDown={roving}>
                <For each={known()}>
                  {(entry) => (
                    <button
                      type="button"
                      role="tab"
                      class="log-file"
                      aria-selected={entry.path === shown().path}
                      aria-controls="log"
                      tabIndex={entry.path === shown().path ? 0 : -1}
                      onClick={() => setChosen(entry.path)}
                    >
                      {entry.path}
                    </button>
                  )}
                </For>
              </div>
              <Button kind="quiet" icon="refresh" label="Look for new logs" onClick={() => void refetch()} />
            </div>
            <Show when={shown().path} keyed>
              {(path) => (
                <Log owner={owner()} path={path} size={shown().size} running={props.run.info.status === "RUNNING"} />
              )}
            </Show>
          </>
        )}
      </Show>
    </Show>
  );
}

async function findLogs(owner: ArtifactOwner): Promise<ArtifactEntry[]> {
  const top = await listArtifacts(owner, "");
  const below = await Promise.all(
    top.filter(isLogDirectory).map(async (directory) => {
      const entries = await listArtifacts(owner, directory.path);
      return entries.filter((entry) => !entry.isDirectory);
    }),
  );
  return [...top.filter(isLog), ...below.flat()];
}

interface LogProps {
  owner: ArtifactOwner;
  path: string;
  size: number | undefined;
  running: boolean;
}

function Log(props: LogProps): JSX.Element {
  let view!: HTMLPreElement;
  // eslint-disable-next-line solid/reactivity -- a log that is followed goes on being followed when the run ends
  const [following, setFollowing] = createSignal(props.running);
  const [wrap, setWrap] = createSignal(true);
  const tail = createLogTail(
    (start, length, signal) => readArtifact(props.owner, props.path, start, length, { signal }),
    () => props.size,
  );
  void tail.restart();

  createEffect(() => {
    if (!following()) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void tail.follow();
    }, FOLLOW_MS);
    onCleanup(() => clearInterval(timer));
  });
  let atEnd = true;
  createEffect(
    on([tail.parts, tail.rest], () => {
      if (atEnd) view.scrollTop = view.scrollHeight;
    }),
  );

  async function earlier(): Promise<void> {
    const below = view.scrollHeight - view.scrollTop;
    atEnd = false;
    await tail.earlier();
    // The lines that were in sight stay where they are.
    view.scrollTop = view.scrollHeight - below;
  }

  return (
    <section class="log" id="log" role="tabpanel" aria-label={props.path}>
      <div class="log-bar">
        <Button icon="live" pressed={following()} onClick={() => setFollowing(!following())}>
          Follow
        </Button>
        <Button pressed={wrap()} onClick={() => setWrap(!wrap())}>
          Wrap lines
        </Button>
        <Show when={tail.start() > 0}>
          <Button icon="up" busy={tail.loading()} onClick={() => void earlier()}>
            Earlier
          </Button>
        </Show>
        <span class="muted log-place">
          {tail.start() > 0 ? `from ${formatSize(tail.start())} of ` : ""}
          {formatSize(tail.total())}
        </span>
        <a class="button" href={artifactUrl(props.owner, props.path)} download="" rel="external">
          <Icon name="download" />
          Download
        </a>
      </div>
      <Show when={tail.error()}>
        {(error) => (
          <Failure what="The log could not be read" error={error()} onRetry={() => void tail.restart()} inline />
        )}
      </Show>
      <pre
        ref={view}
        class="log-text"
        data-wrap={wrap() ? "" : undefined}
        tabIndex={0}
        aria-label="Text of the log"
        onScroll={() => {
          atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 30;
        }}
      >
        <For each={tail.parts()}>{(part) => <>{part.text}</>}</For>
        {tail.rest()}
      </pre>
    </section>
  );
}
