import { useParams, useSearchParams } from "@solidjs/router";
import { createEffect, createResource, type JSX, Match, on, Switch } from "solid-js";

import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MorePages } from "../../components/more-pages";
import { createPages } from "../../components/pages";
import { useShortcuts } from "../../components/shortcuts";
import { Skeleton } from "../../components/skeleton";
import { useTitle } from "../../components/title";
import { getExperiment } from "../../data/experiments";
import { isFilterError } from "../../data/http";
import { searchLoggedModels } from "../../data/models";
import { FilterInput } from "../../filter/input";
import { LOGGED_MODELS } from "../../filter/language";
import { errorPlace, errorReason } from "../../filter/lexer";
import { ExperimentHead } from "../runs/experiment-head";
import { KnownModels } from "./known";
import { LoggedModelTable } from "./table";

import "../../components/plain-table.css";
import "./logged-models.css";

/** The tab of an experiment with the models that its runs logged. */
export default function LoggedModels(): JSX.Element {
  const params = useParams<{ experiment_id: string }>();
  const [query, setQuery] = useSearchParams<{ filter?: string; order?: string; dir?: string }>();
  const [experiment] = createResource(
    () => params.experiment_id,
    (id) => getExperiment(id),
  );
  const known = () => (experiment.state === "ready" ? experiment.latest : undefined);
  useTitle(() => `Models of ${known()?.name ?? params.experiment_id}`);

  const filter = () => query.filter ?? "";
  const order = () => ({ field_name: query.order ?? "creation_timestamp", ascending: query.dir === "asc" });
  const pages = createPages((pageToken, signal) =>
    searchLoggedModels([params.experiment_id], filter(), order(), pageToken, { signal }),
  );
  createEffect(
    on([() => params.experiment_id, filter, () => query.order, () => query.dir], () => void pages.restart()),
  );

  const seen = new KnownModels();
  createEffect(() => seen.add(pages.items() ?? []));
  let field!: HTMLInputElement;
  useShortcuts("filter");
  useShortcuts("loggedModels", { "/": () => field.focus() });
  /** What the server says is wrong with the filter. */
  const refused = () => {
    const error = pages.failure();
    if (!isFilterError(error) || filter() === "") return undefined;
    return { place: errorPlace(error.message, filter()), reason: errorReason(error.message) };
  };
  const sort = (column: string) => {
    const turned = order().field_name === column && !order().ascending;
    setQuery({ order: column, dir: turned ? "asc" : undefined }, { replace: true });
  };

  return (
    <>
      <ExperimentHead experimentId={params.experiment_id} experiment={known()} />
      <div class="page logged-page">
        <div class="logged-filter">
          <FilterInput
            label="Filter models"
            language={LOGGED_MODELS}
            value={filter()}
            onCommit={(text) => setQuery({ filter: text.trim() === "" ? undefined : text.trim() })}
            problem={refused()}
            names={(kind, contains) => Promise.resolve(seen.names(kind, contains))}
            values={(key, contains) => Promise.resolve(seen.values(key, contains))}
            placeholder="metrics.accuracy > 0.9 AND params.optimizer = 'adam'"
            ref={(input) => (field = input)}
          />
        </div>
        <Switch fallback={<Skeleton lines={8} label="Loading models" />}>
          <Match when={refused() === undefined && pages.items() === undefined && pages.failure()}>
            {(error) => (
              <Failure what="The models could not be loaded" error={error()} onRetry={() => void pages.restart()} />
            )}
          </Match>
          <Match when={pages.items()?.length === 0 && filter() !== ""}>
            <Empty icon="filter" title="No model fits the filter" />
          </Match>
          <Match when={pages.items()?.length === 0}>
            <Empty icon="box" title="No models logged yet" code={'mlflow.sklearn.log_model(model, name="model")'}>
              A model that a run logs appears here, with its metrics.
            </Empty>
          </Match>
          <Match when={pages.items()}>
            {(models) => (
              <>
                <LoggedModelTable models={models()} order={order()} onSort={sort} />
                <MorePages pages={pages} quiet={refused() !== undefined} />
              </>
            )}
          </Match>
        </Switch>
      </div>
    </>
  );
}
