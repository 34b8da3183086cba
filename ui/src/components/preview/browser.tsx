import { createEffect, createMemo, createSignal, type JSX, Match, on, Show, Switch } from "solid-js";

import { type ArtifactEntry, type ArtifactOwner, artifactUrl } from "../../data/artifacts";
import { Button } from "../button";
import { CopyButton } from "../copy";
import { Empty } from "../empty";
import { Failure } from "../failure";
import { Icon } from "../icons";
import { useShortcuts } from "../shortcuts";
import { Skeleton } from "../skeleton";
import { DirectoryPreview } from "./directory";
import { FilePreview } from "./file";
import { createListings } from "./listings";
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
  /** Files may still come: their directories are listed again now and then. */
  growing?: boolean;
}

/** The files of a run, a logged model or a model version: a tree, and a preview of the one that is selected. */
export function ArtifactBrowser(props: ArtifactBrowserProps): JSX.Element {
  const ownerKey = createMemo(() => JSON.stringify(props.owner));
  let opened: ReadonlySet<string> = new Set();
  const files = createListings({
    owner: () => props.owner,
    growing: () => props.growing === true,
    open: () => [...opened, ...parentsOf(props.path), props.path],
  });
  const listings = files.all;
  // What is shown beside the tree is read again when somebody asks for it, not for each round: it would lose its place.
  const [reading, setReading] = createSignal(1);
  const refresh = async (): Promise<void> => {
    await files.refresh();
    setReading((count) => count + 1);
  };

  useShortcuts("files");

  // The entry of a path that comes with the address is known once the directory around it has been listed.
  createEffect(
    on([() => props.path, ownerKey], ([path]) => {
      for (const directory of parentsOf(path)) {
        if (!listings().has(directory)) files.list(directory);
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
  const directory = () => parentsOf(props.path).at(-1) ?? "";
  const found = createMemo((): Found => {
    const listing = listings().get(directory());
    if (listing?.state === "failed") return { failed: listing.error };
    if (listing?.state !== "ready") return "unknown";
    return listing.entries.find((entry) => entry.path === props.path) ?? "absent";
  });
  /** Stays while the file grows. */
  const selected = createMemo(found, undefined, { equals: (a, b) => a === b || (isEntry(a) && isSame(a, b)) });

  return (
    <Switch>
      <Match when={failure()}>
        {(failed) => (
          <Failure what="The files could not be listed" error={failed().error} onRetry={() => files.list("")} />
        )}
      </Match>
      <Match when={isEmpty()}>
        <Empty icon="folder" title="No files yet" code={props.emptyCode}>
          <Refresh busy={files.refreshing()} onRefresh={refresh} />
        </Empty>
      </Match>
      <Match when={true}>
        <div class="artifacts">
          <div class="artifact-side">
            <header>
              <span class="muted">Files</span>
              <Refresh busy={files.refreshing()} onRefresh={refresh} />
            </header>
            <ArtifactTree
              label="Files"
              listings={listings()}
              selected={props.path}
              onSelect={(entry) => props.onSelect(entry.path)}
              onList={files.list}
              onOpen={(directories) => (opened = directories)}
            />
          </div>
          <section class="artifact-preview" aria-label="Preview">
            <Show when={props.path !== ""} fallback={<p class="artifact-hint muted">Choose a file to look at it.</p>}>
              <Show when={reading()} keyed>
                <Selected
                  owner={props.owner}
                  path={props.path}
                  entry={selected()}
                  size={sizeOf(found())}
                  directory={directory()}
                  listing={listings().get(props.path)}
                  onList={files.list}
                  onSelect={props.onSelect}
                />
              </Show>
            </Show>
          </section>
        </div>
      </Match>
    </Switch>
  );
}

/** What the directory around a path says of it. */
type Found = ArtifactEntry | "unknown" | "absent" | { failed: unknown };

function isEntry(found: Found): found is ArtifactEntry {
  return typeof found === "object" && "path" in found;
}

function isSame(a: ArtifactEntry, b: Found): boolean {
  return isEntry(b) && a.path === b.path && a.isDirectory === b.isDirectory;
}

function sizeOf(found: Found): number | undefined {
  return isEntry(found) ? found.size : undefined;
}

function Refresh(props: { busy: boolean; onRefresh: () => Promise<void> }): JSX.Element {
  return (
    <Button
      kind="quiet"
      icon="refresh"
      label="List the files again"
      busy={props.busy}
      onClick={() => void props.onRefresh()}
    />
  );
}

interface SelectedProps {
  owner: ArtifactOwner;
  path: string;
  entry: Found;
  /** Bytes of the file as it is now. */
  size: number | undefined;
  /** The one around the path. */
  directory: string;
  listing: Listing | undefined;
  onList: (directory: string) => void;
  onSelect: (path: string) => void;
}

function Selected(props: SelectedProps): JSX.Element {
  const entry = () => (isEntry(props.entry) ? props.entry : undefined);
  const failed = () => (typeof props.entry === "object" && "failed" in props.entry ? props.entry : undefined);
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
      <Match when={failed()}>
        {(listing) => (
          <Failure
            what={`${props.directory === "" ? "The files" : props.directory} could not be listed`}
            error={listing().failed}
            onRetry={() => props.onList(props.directory)}
          />
        )}
      </Match>
      <Match when={entry()} keyed>
        {(shown) => (
          <>
            <header class="artifact-head">
              <Icon name={shown.isDirectory ? "folder" : "file"} />
              <h3 class="artifact-path" title={shown.path}>
                <bdi>{shown.path}</bdi>
              </h3>
              <Show when={props.size !== undefined}>
                <span class="muted">{formatSize(props.size ?? 0)}</span>
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
