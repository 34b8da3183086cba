import { Navigate, Route, Router } from "@solidjs/router";
import { type JSX, lazy } from "solid-js";

import { basePath } from "./data/base";
import { Frame } from "./frame";

const Experiments = lazy(() => import("./routes/experiments"));
const Runs = lazy(() => import("./routes/runs"));
const Run = lazy(() => import("./routes/run"));
const Compare = lazy(() => import("./routes/compare"));
const Models = lazy(() => import("./routes/models"));
const Model = lazy(() => import("./routes/models/model"));
const ModelVersion = lazy(() => import("./routes/models/version"));
const CompareVersions = lazy(() => import("./routes/models/compare"));
const LoggedModels = lazy(() => import("./routes/logged-models"));
const LoggedModel = lazy(() => import("./routes/logged-models/model"));
const NotFound = lazy(() => import("./routes/not-found"));

/** Every address; each page is a chunk of its own. */
export function App(): JSX.Element {
  return (
    <Router base={basePath.replace(/\/$/, "")} root={Frame}>
      <Route path="/" component={() => <Navigate href="/experiments" />} />
      <Route path="/experiments" component={Experiments} />
      <Route path="/experiments/:experiment_id" component={Runs} />
      <Route path="/experiments/:experiment_id/models" component={LoggedModels} />
      <Route path="/runs/:run_id/*rest" component={Run} />
      <Route path="/compare" component={Compare} />
      <Route path="/models" component={Models} />
      <Route path="/models/:name" component={Model} />
      <Route path="/models/:name/compare" component={CompareVersions} />
      <Route path="/models/:name/versions/:version" component={ModelVersion} />
      <Route path="/logged-models/:model_id" component={LoggedModel} />
      <Route path="*rest" component={NotFound} />
    </Router>
  );
}
