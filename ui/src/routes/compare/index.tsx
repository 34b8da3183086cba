import { A, useLocation, useNavigate, useSearchParams } from "@solidjs/router";
import { createMemo, createResource, createSignal, For, type JSX, lazy, Match, Show, Suspense, Switch } from "solid-js";

import { sameList } from "../../charts/same";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { roving } from "../../components/roving";
import { Skeleton } from "../../components/skeleton";
import { useTitle } from "../../components/title";
import { createLive, MOST_TOPICS } from "../../data/live";
import { loadRuns } from "../../data/run-details";
import type { Run } from "../../wire";
import { compareAddress, readRunIds } from "./addresses";
import { childrenOf, MOST_CHILDREN } from "./children";
import { Differences } from "./differences";
import { createRenewal } from "./renewal";

import "../../components/tabs.css";
import "./compare.css";

// The differences are there at once; what the other parts need is loaded when they are looked at.
const CompareArtifacts = lazy(() => import("./artifacts").then((part) => ({ default: part.CompareArtifacts })));
const CompareCharts = lazy(() => import("./charts").then((part) => ({ default: part.CompareCharts })));

const PARTS = [
  { name: "differences", label: "Differences" },
  { name: "charts", label: "Charts" },
  { name: "artifacts", label: "Artifacts" },
] as const;

/** Any number of runs beside each other. */
export default function Compare(): JSX.Element {
  const location = useLocation();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ part?: string; children?: string; charts?: string }>();
  const ids = createMemo(() => readRunIds(location.search, location.hash));
  const wanted = createMemo(() => ({ ids: ids().join(" "), children: search.children === "1" }));
  const [more, setMore] = createSignal(false);
  const [runs, { refetch, mutate }] = createResource(wanted, async ({ ids: list, children }) => {
    const own = await loadRuns(list === "" ? [] : list.split(" "));
    const found = children ? await childrenOf(own) : { children: [], more: false };
    setMore(found.more);
    return [...own, ...found.children];
  });
  // When runs cannot be read anew, what was known of them stays; not where other runs are asked for.
  const known = createMemo((before: readonly Run[] | undefined) => {
    if (runs.state === "ready" || runs.state === "refreshing") return runs.latest;
    return runs.state === "errored" && before?.every((run) => ids().includes(run.info.run_id)) ? before : undefined;
  });
  const part = () => PARTS.find((one) => one.name === search.part)?.name ?? "differences";
  useTitle(() => `Compare ${String(known()?.length ?? ids().length)} runs`);

  const renew = createRenewal({
    read: (list, signal) => loadRuns(list, { signal }),
    onRenewed: (newer) => mutate((before) => before?.map((run) => newer.get(run.info.run_id) ?? run)),
  });
  const running = createMemo(
    () => (known() ?? []).filter((run) => run.info.status === "RUNNING").map((run) => run.info.run_id),
    [],
    { equals: sameList },
  );
  createLive(
    () => {
      const runIds = running();
      if (runIds.length <= MOST_TOPICS) return { runIds };
      // Not so many can be heard one by one: their experiments are listened to as a whole.
      return { experimentIds: [...new Set((known() ?? []).map((run) => run.info.experiment_id))] };
    },
    {
      changed: (changes) => {
        const shown = new Set(known()?.map((run) => run.info.run_id));
        renew(changes.map((change) => change.runId).filter((id) => shown.has(id)));
      },
      reload: () => renew((known() ?? []).map((run) => run.info.run_id)),
      // A run that ended between being read and being listened to would seem to go on for ever.
      opened: () => renew(running()),
    },
  );

  // What is shown of the runs stays when one is taken away.
  const remove = (runId: string): void => {
    const left = (known() ?? []).map((run) => run.info.run_id).filter((id) => id !== runId);
    navigate(compareAddress(left, { part: search.part, charts: search.charts }));
  };

  return (
    <div class="compare-page">
      <header class="page-head">
        <h1>{titleOf(known()?.length ?? ids().length)}</h1>
        <div class="compare-parts" role="tablist" aria-label="What is compared" onKeyDown={roving}>
          <For each={PARTS}>
            {(one) => (
              <button
                type="button"
                role="tab"
                class="tab"
                classList={{ "tab-active": part() === one.name }}
                aria-selected={part() === one.name}
                aria-controls="compared"
                tabIndex={part() === one.name ? 0 : -1}
                onClick={() => setSearch({ part: one.name === "differences" ? undefined : one.name })}
              >
                {one.label}
              </button>
            )}
          </For>
        </div>
      </header>
      <Switch fallback={<Skeleton lines={12} label="Loading the runs" />}>
        <Match when={ids().length === 0}>
          <Empty icon="compare" title="No runs chosen">
            Mark runs in the table of an <A href="/experiments">experiment</A> and choose Compare.
          </Empty>
        </Match>
        <Match when={runs.state === "errored" && !known()}>
          <Failure what="The runs could not be loaded" error={runs.error} onRetry={() => void refetch()} />
        </Match>
        <Match when={known()}>
          {(all) => (
            <Show when={all().length > 0} fallback={<Empty icon="compare" title="These runs are not there any more" />}>
              <Show when={runs.state === "errored"}>
                <Failure what="Not up to date" error={runs.error} onRetry={() => void refetch()} inline />
              </Show>
              <Show when={all().length < ids().length}>
                <p class="muted compare-note">{missingText(ids().length - all().length)}</p>
              </Show>
              <Show when={all().length === 1 && all()[0]}>
                {(only) => (
                  <p class="muted compare-note">
                    There is one run only. More are marked in the table of{" "}
                    <A href={`/experiments/${only().info.experiment_id}`}>its experiment</A>.
                  </p>
                )}
              </Show>
              <Show when={more()}>
                <p class="muted compare-note">Only {MOST_CHILDREN.toLocaleString()} of the children are compared.</p>
              </Show>
              <div
                class="compare-part"
                id="compared"
                role="tabpanel"
                aria-label={PARTS.find((one) => one.name === part())?.label}
              >
                <Switch>
                  <Match when={part() === "differences"}>
                    <Differences runs={all()} onRemove={remove} />
                  </Match>
                  <Match when={part() === "charts"}>
                    <Suspense fallback={<Skeleton lines={6} label="Loading the charts" />}>
                      <CompareCharts runs={all()} running={running()} />
                    </Suspense>
                  </Match>
                  <Match when={part() === "artifacts"}>
                    <Suspense fallback={<Skeleton lines={6} label="Loading the artifacts" />}>
                      <CompareArtifacts runs={all()} />
                    </Suspense>
                  </Match>
                </Switch>
              </div>
            </Show>
          )}
        </Match>
      </Switch>
    </div>
  );
}

function titleOf(count: number): string {
  if (count === 0) return "Compare runs";
  return count === 1 ? "Compare 1 run" : `Compare ${count.toLocaleString()} runs`;
}

function missingText(count: number): string {
  return count === 1 ? "1 of the runs is not there any more." : `${String(count)} of the runs are not there any more.`;
}
