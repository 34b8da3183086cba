import { A } from "@solidjs/router";
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from "solid-js";

import { formatExact } from "../../charts/ticks";
import { metricValue } from "../../charts/run-values";
import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { RunStatusBadge } from "../../components/run-status";
import { Skeleton } from "../../components/skeleton";
import { Duration, TimeAgo } from "../../components/time";
import { createLive } from "../../data/live";
import { loadRuns } from "../../data/run-details";
import { search } from "../../data/runs";
import type { Run } from "../../wire";
import { compareAddress } from "../compare/addresses";
import { createRenewal } from "../compare/renewal";

const PAGE = 50;
const METRIC_COLUMNS = 4;

/** Runs that this run has started, the latest first. */
export function RunChildren(props: { run: Run; onChanged: () => void }): JSX.Element {
  const [runs, setRuns] = createSignal<readonly Run[]>();
  const [token, setToken] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [error, setError] = createSignal<unknown>();

  let again = false;
  async function load(page_token: string): Promise<void> {
    if (busy()) {
      // What has changed while a page was on its way is not on it.
      if (page_token === "") again = true;
      return;
    }
    setBusy(true);
    try {
      const shown = page_token === "" ? Math.max(runs()?.length ?? 0, PAGE) : PAGE;
      const page = await search({
        experiment_ids: [props.run.info.experiment_id],
        filter: `tags.\`mlflow.parentRunId\` = '${props.run.info.run_id}'`,
        order_by: ["attributes.start_time DESC"],
        max_results: Math.min(shown, 1000),
        ...(page_token === "" ? {} : { page_token }),
      });
      setRuns((before) => (page_token === "" ? page.runs : [...(before ?? []), ...page.runs]));
      setToken(page.next_page_token);
      setError(undefined);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
      if (again) {
        again = false;
        void load("");
      }
    }
  }
  const runId = createMemo(() => props.run.info.run_id);
  createEffect(on(runId, () => void load("")));
  const renew = (): void => {
    void load("");
    props.onChanged();
  };
  const renewValues = createRenewal({
    read: (ids, signal) => loadRuns(ids, { signal }),
    onRenewed: (newer) => setRuns((before) => before?.map((run) => newer.get(run.info.run_id) ?? run)),
  });
  // Children are other runs of the experiment: it is watched as a whole.
  createLive(() => ({ experimentIds: [props.run.info.experiment_id] }), {
    changed(changes) {
      const known = new Set(runs()?.map((run) => run.info.run_id));
      renewValues(changes.flatMap(({ runId, kinds }) => (known.has(runId) && kinds.has("metrics") ? [runId] : [])));
      if (
        changes.some(
          ({ runId, kinds }) =>
            kinds.has("created") || (known.has(runId) && (kinds.has("status") || kinds.has("deleted"))),
        )
      )
        renew();
    },
    reload: renew,
    // What happened between being read and being listened to was heard by nobody.
    opened() {
      if (runs() !== undefined) renew();
    },
  });

  const metrics = () => {
    const keys = new Set<string>();
    for (const run of runs() ?? []) {
      for (const { key } of run.data.metrics ?? []) {
        if (!key.startsWith("system/")) keys.add(key);
        if (keys.size >= METRIC_COLUMNS) return [...keys];
      }
    }
    return [...keys];
  };

  return (
    <>
      <Show when={error()}>
        {(failure) => (
          <Failure what="The children could not be loaded" error={failure()} onRetry={() => void load("")} />
        )}
      </Show>
      <Show when={runs()} fallback={error() === undefined && <Skeleton lines={6} />}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={<Empty icon="tree" title="No child runs" code={"with mlflow.start_run(nested=True):\n    ..."} />}
          >
            <section class="panel">
              <div class="panel-head">
                <h2>Child runs</h2>
                <A class="button" href={compareAddress(all().map((run) => run.info.run_id))}>
                  Compare {all().length}
                </A>
              </div>
              <div class="table-scroll">
                <table class="plain-table">
                  <thead>
                    <tr>
                      <th scope="col">Name</th>
                      <th scope="col">Status</th>
                      <th scope="col">Started</th>
                      <th scope="col">Duration</th>
                      <For each={metrics()}>
                        {(key) => (
                          <th scope="col" class="number">
                            {key}
                          </th>
                        )}
                      </For>
                    </tr>
                  </thead>
                  <tbody>
                    <For each={all()}>
                      {(run) => (
                        <tr>
                          <td class="plain-name">
                            <A href={`/runs/${run.info.run_id}`}>{run.info.run_name}</A>
                          </td>
                          <td>
                            <RunStatusBadge status={run.info.status} />
                          </td>
                          <td>
                            <TimeAgo at={run.info.start_time} />
                          </td>
                          <td>
                            <Duration from={run.info.start_time} to={run.info.end_time} />
                          </td>
                          <For each={metrics()}>
                            {(key) => {
                              const value = metricValue(run, key);
                              return <td class="number">{value === undefined ? "" : formatExact(value)}</td>;
                            }}
                          </For>
                        </tr>
                      )}
                    </For>
                  </tbody>
                </table>
              </div>
              <Show when={token() !== ""}>
                <div class="more">
                  <Button busy={busy()} onClick={() => void load(token())}>
                    More
                  </Button>
                </div>
              </Show>
            </section>
          </Show>
        )}
      </Show>
    </>
  );
}
