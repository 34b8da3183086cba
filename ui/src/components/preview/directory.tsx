import { createEffect, createMemo, For, type JSX, Match, Show, Switch } from "solid-js";

import type { ArtifactEntry, ArtifactOwner } from "../../data/artifacts";
import { Failure } from "../failure";
import { Icon } from "../icons";
import { Skeleton } from "../skeleton";
import { imageSeries } from "./image-series";
import { ImageSeries } from "./series";
import { formatSize } from "./size";
import type { Listing } from "./tree-rows";

import "./preview.css";

export interface DirectoryPreviewProps {
  owner: ArtifactOwner;
  path: string;
  listing: Listing | undefined;
  onList: (directory: string) => void;
  onSelect: (path: string) => void;
}

/** Entries drawn at most: the tree beside it shows all of them. */
const MOST_ENTRIES = 500;

/** A directory: its series of pictures, if it has any, and its entries. */
export function DirectoryPreview(props: DirectoryPreviewProps): JSX.Element {
  createEffect(() => {
    if (props.listing === undefined) {
      props.onList(props.path);
    }
  });
  const entries = createMemo(() => (props.listing?.state === "ready" ? props.listing.entries : []));
  const series = createMemo(() => [...imageSeries(entries().map((entry) => entry.path))]);
  const inSeries = createMemo(
    () => new Set(series().flatMap(([, images]) => images.flatMap((image) => [image.path, image.preview]))),
  );
  const others = () => entries().filter((entry) => !inSeries().has(entry.path));
  const failure = () => (props.listing?.state === "failed" ? props.listing : undefined);

  return (
    <div class="preview-scroll">
      <Switch fallback={<Skeleton lines={5} label="Loading the directory" />}>
        <Match when={failure()}>
          {(failed) => (
            <Failure
              what="The directory could not be listed"
              error={failed().error}
              onRetry={() => props.onList(props.path)}
            />
          )}
        </Match>
        <Match when={props.listing?.state === "ready"}>
          <For each={series()}>
            {([key, images]) => <ImageSeries owner={props.owner} name={key} images={images} onOpen={props.onSelect} />}
          </For>
          <Show when={others().length > 0 || series().length === 0}>
            <Entries entries={others()} onSelect={props.onSelect} />
          </Show>
        </Match>
      </Switch>
    </div>
  );
}

function Entries(props: { entries: readonly ArtifactEntry[]; onSelect: (path: string) => void }): JSX.Element {
  return (
    <>
      <ul class="directory-entries">
        <For each={props.entries.slice(0, MOST_ENTRIES)} fallback={<li class="muted">This directory is empty.</li>}>
          {(entry) => (
            <li>
              <button type="button" class="directory-entry" onClick={() => props.onSelect(entry.path)}>
                <Icon name={entry.isDirectory ? "folder" : "file"} size={14} />
                <span class="ellipsis">{entry.name}</span>
                <Show when={entry.size !== undefined}>
                  <span class="muted">{formatSize(entry.size ?? 0)}</span>
                </Show>
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.entries.length > MOST_ENTRIES}>
        <p class="muted preview-note">
          {(props.entries.length - MOST_ENTRIES).toLocaleString()} more entries are in the tree.
        </p>
      </Show>
    </>
  );
}
