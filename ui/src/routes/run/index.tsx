import { useParams } from "@solidjs/router";
import {
  createMemo,
  createResource,
  createSignal,
  type JSX,
  lazy,
  Match,
  onCleanup,
  Show,
  Suspense,
  Switch,
} from "solid-js";

import { Failure } from "../../components/failure";
import { Skeleton } from "../../components/skeleton";
import { type Tab, Tabs } from "../../components/tabs";
import { useTitle } from "../../components/title";
import { createLive } from "../../data/live";
import { getRun } from "../../data/run-details";
import { childrenCounts } from "../../data/runs";
import { settled } from "../../data/settled";
import type { Run } from "../../wire";
import { decoded } from "../models/addresses";
import { RunHeader } from "./header";
import { loggedModels } from "../../data/model-entries";
import { RunOverview } from "./overview";

import "../../components/plain-table.css";
import "./run.css";

// The overview is there at once; what the other parts need is loaded when they are looked at.
const RunArtifacts = lazy(() => import("./artifacts").then((part) => ({ default: part.RunArtifacts })));
const RunCharts = lazy(() => import("./charts").then((part) => ({ default: part.RunCharts })));
const RunChildren = lazy(() => import("./children").then((part) => ({ default: part.RunChildren })));
const RunLogs = lazy(() => import("./logs").then((part) => ({ default: part.RunLogs })));
const RunModels = lazy(() => import("./models").then((part) => ({ default: part.RunModels })));

/** A run is read anew at most so often, however much is logged. */
const REFRESH_MS = 1000;

/** The page of one run. */
export default function RunPage(): JSX.Element {
  const params = useParams();
  return (
    <Show when={params["run_id"]} keyed>
      {(runId) => <RunView runId={runId} rest={params["rest"] ?? ""} />}
    </Show>
  );
}

function RunView(props: { runId: string; rest: string }): JSX.Element {
  const [run, { refetch, mutate }] = createResource(
    () => props.runId,
    (id) => getRun(id),
  );
  const [children, { refetch: countChildren }] = createResource(
    () => props.runId,
    async (id) => (await childrenCounts([id])).get(id) ?? 0,
  );
  // Counts how often metrics have changed since the page was opened.
  const [metricsVersion, setMetricsVersion] = createSignal(0);
  useTitle(() => (run.state === "ready" || run.state === "refreshing" ? run.latest?.info.run_name : undefined));

  // When a run cannot be read anew, what was known of it stays.
  const shown = createMemo((before: Run | undefined) =>
    run.state === "ready" || run.state === "refreshing" ? run.latest : before,
  );

  let wanted = { run: false, metrics: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  function refreshSoon(what: { run: boolean; metrics: boolean }): void {
    wanted = { run: wanted.run || what.run, metrics: wanted.metrics || what.metrics };
    timer ??= setTimeout(() => {
      timer = undefined;
      if (wanted.run) void refetch();
      if (wanted.metrics) setMetricsVersion((count) => count + 1);
      wanted = { run: false, metrics: false };
    }, REFRESH_MS);
  }
  createLive(() => ({ runIds: [props.runId] }), {
    changed(changes) {
      for (const { kinds } of changes) {
        refreshSoon({ run: [...kinds].some((kind) => kind !== "metrics"), metrics: kinds.has("metrics") });
      }
    },
    reload: () => refreshSoon({ run: true, metrics: true }),
    opened() {
      // A run that ended between being read and being listened to would seem to go on for ever.
      if (shown()?.info.status === "RUNNING") refreshSoon({ run: true, metrics: true });
    },
  });

  const section = () => props.rest.split("/")[0] ?? "";
  const artifactPath = () => props.rest.split("/").slice(1).map(decoded).join("/");
  const base = () => `/runs/${props.runId}`;
  const tabs = (): Tab[] => {
    const current = shown();
    return [
      { label: "Overview", href: base(), end: true },
      { label: "Charts", href: `${base()}/charts` },
      { label: "System", href: `${base()}/system` },
      { label: "Artifacts", href: `${base()}/artifacts` },
      { label: "Logs", href: `${base()}/logs` },
      {
        label: "Children",
        href: `${base()}/children`,
        count: settled(children),
      },
      { label: "Models", href: `${base()}/models`, count: current ? loggedModels(current).length : undefined },
    ];
  };

  return (
    <div class="page run-page">
      <Switch fallback={<Skeleton lines={10} label="Loading the run" />}>
        <Match when={run.state === "errored" && !shown()}>
          <Failure what="The run could not be loaded" error={run.error} onRetry={() => void refetch()} />
        </Match>
        <Match when={shown()}>
          {(current) => (
            <>
              <RunHeader run={current()} onChanged={(next) => (next ? mutate(next) : void refetch())} />
              <Show when={run.state === "errored"}>
                <Failure what="Not up to date" error={run.error} onRetry={() => void refetch()} inline />
              </Show>
              <Tabs label="Parts of the run" tabs={tabs()} />
              <div class="run-section">
                <Suspense fallback={<Skeleton lines={6} label="Loading this part of the run" />}>
                  <Switch fallback={<p class="muted">There is no such part of a run.</p>}>
                    <Match when={section() === ""}>
                      <RunOverview run={current()} version={metricsVersion()} onChanged={() => void refetch()} />
                    </Match>
                    <Match when={section() === "charts"}>
                      <RunCharts run={current()} kind="training" />
                    </Match>
                    <Match when={section() === "system"}>
                      <RunCharts run={current()} kind="system" />
                    </Match>
                    <Match when={section() === "artifacts"}>
                      <RunArtifacts run={current()} path={artifactPath()} />
                    </Match>
                    <Match when={section() === "logs"}>
                      <RunLogs run={current()} />
                    </Match>
                    <Match when={section() === "children"}>
                      <RunChildren run={current()} onChanged={() => void countChildren()} />
                    </Match>
                    <Match when={section() === "models"}>
                      <RunModels run={current()} />
                    </Match>
                  </Switch>
                </Suspense>
              </div>
            </>
          )}
        </Match>
      </Switch>
    </div>
  );
}
