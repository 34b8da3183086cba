import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from "solid-js";

import { type ArtifactEntry, type ArtifactOwner, artifactUrl, listArtifacts } from "../../data/artifacts";
import { isAbort } from "../../data/http";
import { CopyButton } from "../copy";
import { Empty } from "../empty";
import { Failure } from "../failure";
import { Icon } from "../icons";
import { useShortcuts } from "../shortcuts";
import { Skeleton } from "../skeleton";
import { DirectoryPreview } from "./directory";
import { FilePreview } from "./file";
import { formatSize } from "./size";
import { ArtifactTree } from "./tree";
import { type Listing, parentsOf } from "./tree-rows";

import "./browser.css";

export interface ArtifactBrowserProps {
  owner: ArtifactOwner;
  /** The file or directory that is shown; empty for none. Part of the page's address. */
  path: string;
  onSelect: (path: string) => void;
  /** The next line of code to type where there are no files. */
  emptyCode: string;
}

/** The files of a run, a logged model or a model version: a tree, and a preview of the one that is selected. */
export function ArtifactBrowser(props: ArtifactBrowserProps): JSX.Element {
  const [listings, setListings] = createSignal<ReadonlyMap<string, Listing>>(new Map());
  const ownerKey = createMemo(() => JSON.stringify(props.owner));
  let stop = new AbortController();
  onCleanup(() => stop.abort());

  useShortcuts("files");

  const put = (directory: string, listing: Listing) => {
    setListings((before) => new Map(before).set(directory, listing));
  };
  const list = async (directory: string) => {
    const { signal } = stop;
    if (listings().get(directory)?.state === "loading") {
      return;
    }
    put(directory, { state: "loading" });
    try {
      const entries = await listArtifacts(props.owner, directory, { signal });
      if (!signal.aborted) {
        put(directory, { state: "ready", entries });
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        put(directory, { state: "failed", error });
      }
    }
  };

  createEffect(
    on(ownerKey, () => {
      stop.abort();
      stop = new AbortController();
      setListings(new Map());
      void list("");
    }),
  );
  // The entry of a path that comes with the address is known once the directory around it has been listed.
  createEffect(
    on([() => props.path, ownerKey], ([path]) => {
      for (const directory of parentsOf(path)) {
        if (!listings().has(directory)) {
          void list(directory);
        }
      }
    }),
  );

  const top = () => listings().get("");
  const failure = () => {
    const listing = top();
    return listing?.state === "failed" ? listing : undefined;
  };
  const isEmpty = () => {
    const listing = top();
    return listing?.state === "ready" && listing.entries.length === 0;
  };
  const selected = createMemo((): ArtifactEntry | "unknown" | "absent" => {
    const listing = listings().get(parentsOf(props.path).at(-1) ?? "");
    if (listing?.state !== "ready") {
      return listing?.state === "failed" ? "absent" : "unknown";
    }
    return listing.entries.find((entry) => entry.path === props.path) ?? "absent";
  });

  return (
    <Switch>
      <Match when={failure()}>
        {(failed) => (
          <Failure what="The files could not be listed" error={failed().error} onRetry={() => void list("")} />
        )}
      </Match>
      <Match when={isEmpty()}>
        <Empty icon="folder" title="No files yet" code={props.emptyCode} />
      </Match>
      <Match when={true}>
        <div class="artifacts">
          <ArtifactTree
            label="Files"
            listings={listings()}
            selected={props.path}
            onSelect={(entry) => props.onSelect(entry.path)}
            onList={(directory) => void list(directory)}
          />
          <section class="artifact-preview" aria-label="Preview">
            <Show when={props.path !== ""} fallback={<p class="artifact-hint muted">Choose a file to look at it.</p>}>
              <Selected
                owner={props.owner}
                path={props.path}
                entry={selected()}
                listing={listings().get(props.path)}
                onList={(directory) => void list(directory)}
                onSelect={props.onSelect}
              />
            </Show>
          </section>
        </div>
      </Match>
    </Switch>
  );
}

interface SelectedProps {
  owner: ArtifactOwner;
  path: string;
  entry: ArtifactEntry | "unknown" | "absent";
  listing: Listing | undefined;
  onList: (directory: string) => void;
  onSelect: (path: string) => void;
}

function Selected(props: SelectedProps): JSX.Element {
  const entry = () => (typeof props.entry === "string" ? undefined : props.entry);
  return (
    <Switch>
      <Match when={props.entry === "unknown"}>
        <Skeleton lines={6} label="Loading the file" />
      </Match>
      <Match when={props.entry === "absent"}>
        <Empty icon="file" title="There is no such file">
          {props.path}
        </Empty>
      </Match>
      <Match when={entry()} keyed>
        {(shown) => (
          <>
            <header class="artifact-head">
              <Icon name={shown.isDirectory ? "folder" : "file"} />
              <h3 class="artifact-path" title={shown.path}>
                <bdi>{shown.path}</bdi>
              </h3>
              <Show when={shown.size !== undefined}>
                <span class="muted">{formatSize(shown.size ?? 0)}</span>
              </Show>
              <CopyButton text={shown.path} label="Copy path" />
              <Show when={!shown.isDirectory}>
                <a
                  class="button artifact-download"
                  title="Download"
                  href={artifactUrl(props.owner, shown.path)}
                  download={shown.name}
                  rel="external"
                >
                  <Icon name="download" />
                  <span>Download</span>
                </a>
              </Show>
            </header>
            <Show
              when={shown.isDirectory}
              fallback={<FilePreview owner={props.owner} path={shown.path} size={shown.size} />}
            >
              <DirectoryPreview
                owner={props.owner}
                path={shown.path}
                listing={props.listing}
                onList={props.onList}
                onSelect={props.onSelect}
              />
            </Show>
          </>
        )}
      </Match>
    </Switch>
  );
}
