import { useSearchParams } from "@solidjs/router";
import { createResource, type JSX, type Resource, type ResourceReturn, Show } from "solid-js";

import { Code } from "../../components/code";
import { CopyButton } from "../../components/copy";
import { Empty } from "../../components/empty";
import { Loaded } from "../../components/loaded";
import { ArtifactBrowser } from "../../components/preview/browser";
import { Skeleton } from "../../components/skeleton";
import type { ArtifactOwner } from "../../data/artifacts";
import { type ModelDescription, readModelDescription } from "../../data/mlmodel";
import { loadCode } from "./load-code";
import { Schema } from "./schema";

/** Reads what a model's files say about it. */
export function createModelFiles(owner: () => ArtifactOwner | undefined): ResourceReturn<ModelDescription> {
  return createResource(
    () => JSON.stringify(owner()),
    async (): Promise<ModelDescription> => {
      const from = owner();
      return from === undefined ? { model: undefined, requirements: undefined } : readModelDescription(from);
    },
  );
}

/** The line of code that loads a model. */
export function HowToLoad(props: { files: Resource<ModelDescription>; uri: string }): JSX.Element {
  // Without the file the code is right too, if not as short.
  const flavors = () => (props.files.state === "ready" ? (props.files.latest?.model?.flavors ?? []) : []);
  const names = () =>
    flavors()
      .filter((flavor) => flavor.name !== "python_function")
      .map((flavor) => [flavor.name, flavor.version].filter((part) => part !== undefined).join(" "));
  return (
    <section class="panel" aria-labelledby="load">
      <h2 id="load">Load it</h2>
      <Code text={loadCode(props.uri, flavors())} label="Code that loads the model" />
      <p class="muted flavors">{names().length > 0 ? `Saved by ${names().join(", ")}` : "\u00a0"}</p>
    </section>
  );
}

/** What a model takes, gives and needs. */
export function Contract(props: { files: Resource<ModelDescription>; onRetry: () => void }): JSX.Element {
  return (
    <>
      <section class="panel" aria-labelledby="schema">
        <h2 id="schema">Schema</h2>
        <Loaded
          of={props.files}
          failed="The model's description could not be read"
          onRetry={props.onRetry}
          waiting={<Skeleton lines={4} label="Loading the schema" />}
          inline
        >
          {(files) => <Schema file={files().model} />}
        </Loaded>
      </section>
      <Show when={props.files.state === "ready" && props.files.latest?.requirements}>
        {(text) => (
          <section class="panel" aria-labelledby="requirements">
            <header class="panel-head">
              <h2 id="requirements">Requirements</h2>
              <CopyButton text={text()} label="Copy the requirements" />
            </header>
            <pre class="requirements" tabIndex={0}>
              {text()}
            </pre>
          </section>
        )}
      </Show>
    </>
  );
}

/** All files of a model; the one that is shown is part of the page's address. */
export function Files(props: { owner: ArtifactOwner | undefined; source: string }): JSX.Element {
  const [params, setParams] = useSearchParams<{ file?: string }>();
  return (
    <section class="panel" aria-labelledby="files">
      <h2 id="files">Files</h2>
      <Show
        when={props.owner}
        fallback={
          <Empty icon="folder" title="This server does not hold the files">
            {props.source}
          </Empty>
        }
      >
        {(owner) => (
          <ArtifactBrowser
            owner={owner()}
            path={params.file ?? ""}
            onSelect={(file) => setParams({ file }, { replace: true, scroll: false })}
            emptyCode={'mlflow.sklearn.log_model(model, name="model")'}
          />
        )}
      </Show>
    </section>
  );
}
