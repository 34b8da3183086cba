import {
  createMemo,
  createResource,
  createSignal,
  ErrorBoundary,
  type JSX,
  lazy,
  Show,
  Suspense,
  untrack,
} from "solid-js";

import { readArtifact } from "../../data/artifacts";
import { Button } from "../button";
import { Empty } from "../empty";
import { Failure } from "../failure";
import { Loaded } from "../loaded";
import { Skeleton } from "../skeleton";
import type { FileProps } from "./file";
import { looksLikeText, type PreviewKind, previewKind } from "./kinds";
import { AudioPreview, FramePreview, ImagePreview, VideoPreview } from "./media";
import { formatSize } from "./size";
import { TextPreview } from "./text";

import "./preview.css";

const JsonPreview = lazy(() => import("./json"));
const DelimitedPreview = lazy(() => import("./delimited-table"));
const ParquetPreview = lazy(() => import("./parquet"));
const MarkdownPreview = lazy(() => import("./markdown"));

/** Bytes up to which a file is fetched as a whole without being asked for. Kinds that are not here come in parts. */
const WHOLE_BYTES: Partial<Record<PreviewKind, number>> = {
  image: 20_000_000,
  html: 20_000_000,
  pdf: 50_000_000,
};

/** Bytes beyond which a kind that needs the whole file is shown as text, by parts. */
const PARSED_BYTES: Partial<Record<PreviewKind, number>> = { json: 5_000_000, markdown: 1_000_000 };

/** What is in a file, by its kind. */
export default function PreviewByKind(props: FileProps): JSX.Element {
  const [anyway, setAnyway] = createSignal("");
  const kind = createMemo((): PreviewKind => {
    const named = previewKind(props.path);
    return (props.size ?? 0) > (PARSED_BYTES[named] ?? Infinity) ? "text" : named;
  });
  const tooLarge = () => (props.size ?? 0) > (WHOLE_BYTES[kind()] ?? Infinity) && anyway() !== props.path;
  return (
    <Show
      when={!tooLarge()}
      fallback={
        <div class="preview-ask">
          <p>This file has {formatSize(props.size ?? 0)}.</p>
          <Button icon="eye" onClick={() => setAnyway(props.path)}>
            Show it
          </Button>
        </div>
      }
    >
      {/* A preview belongs to one file: another one starts anew, and what else is heard of its run changes nothing. */}
      <Show when={`${kind()} ${props.path} ${JSON.stringify(props.owner)}`} keyed>
        <ErrorBoundary
          fallback={(error: unknown, reset) => (
            <Failure what="The preview could not be shown" error={error} onRetry={reset} />
          )}
        >
          <Suspense fallback={<Skeleton lines={8} label="Loading the preview" />}>
            {untrack(() => byKind(kind(), { owner: props.owner, path: props.path, size: props.size }))}
          </Suspense>
        </ErrorBoundary>
      </Show>
    </Show>
  );
}

function byKind(kind: PreviewKind, file: FileProps): JSX.Element {
  switch (kind) {
    case "image":
      return <ImagePreview {...file} />;
    case "text":
      return <TextPreview {...file} />;
    case "json":
      return <JsonPreview {...file} />;
    case "delimited":
      return <DelimitedPreview {...file} />;
    case "parquet":
      return <ParquetPreview {...file} />;
    case "markdown":
      return <MarkdownPreview {...file} />;
    case "html":
    case "pdf":
      return <FramePreview {...file} kind={kind} />;
    case "audio":
      return <AudioPreview {...file} />;
    case "video":
      return <VideoPreview {...file} />;
    case "unknown":
      return <UnknownPreview {...file} />;
  }
}

const PEEKED_BYTES = 4096;

/** A file whose name says nothing: shown as text if its first bytes are text. */
function UnknownPreview(props: FileProps): JSX.Element {
  const [isText, { refetch }] = createResource(async () => {
    const { bytes } = await readArtifact(props.owner, props.path, 0, PEEKED_BYTES);
    return looksLikeText(bytes);
  });
  return (
    <Loaded of={isText} failed="The file could not be read" onRetry={() => void refetch()}>
      {(text) => (
        <Show
          when={text()}
          fallback={
            <Empty icon="file" title="No preview for this kind of file">
              It can be downloaded.
            </Empty>
          }
        >
          <TextPreview owner={props.owner} path={props.path} size={props.size} />
        </Show>
      )}
    </Loaded>
  );
}
