import { useNavigate } from "@solidjs/router";
import type { JSX } from "solid-js";

import { ArtifactBrowser } from "../../components/preview/browser";
import type { Run } from "../../wire";

/** The files of a run; the chosen one is part of the address. */
export function RunArtifacts(props: { run: Run; path: string }): JSX.Element {
  const navigate = useNavigate();
  const id = () => props.run.info.run_id;
  return (
    <ArtifactBrowser
      owner={{ kind: "run", runId: id() }}
      path={props.path}
      onSelect={(path) => navigate(`/runs/${id()}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`)}
      growing={props.run.info.status === "RUNNING"}
      emptyCode={'mlflow.log_artifact("plot.png")'}
    />
  );
}
