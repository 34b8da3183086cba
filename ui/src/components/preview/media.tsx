/** Files that the browser shows by itself: pictures, sound, films, and in frames HTML and PDF. */
import { createSignal, type JSX, Show } from "solid-js";

import { artifactUrl, inlineArtifactUrl } from "../../data/artifacts";
import { Button } from "../button";
import type { FileProps } from "./file";
import { TextPreview } from "./text";

function Unreadable(props: { what: string }): JSX.Element {
  return (
    <p class="preview-note" role="alert">
      The browser cannot show this {props.what}. It can be downloaded.
    </p>
  );
}

export function ImagePreview(props: FileProps): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  const [size, setSize] = createSignal("");
  const [actual, setActual] = createSignal(false);
  const name = () => props.path.slice(props.path.lastIndexOf("/") + 1);
  return (
    <Show when={!failed()} fallback={<Unreadable what="picture" />}>
      <div class="preview-picture" data-actual={actual() ? "" : undefined}>
        {/* In an img element not even an SVG's scripts run. */}
        <img
          src={artifactUrl(props.owner, props.path)}
          alt={name()}
          onError={() => setFailed(true)}
          onLoad={(event) => {
            const { naturalWidth, naturalHeight } = event.currentTarget;
            setSize(`${String(naturalWidth)} × ${String(naturalHeight)} pixels`);
          }}
        />
      </div>
      <footer class="preview-foot">
        <Button pressed={actual()} onClick={() => setActual(!actual())}>
          Actual size
        </Button>
        <span class="muted">{size()}</span>
      </footer>
    </Show>
  );
}

export function AudioPreview(props: FileProps): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  return (
    <Show when={!failed()} fallback={<Unreadable what="sound" />}>
      <div class="preview-media">
        <audio
          controls
          preload="metadata"
          src={artifactUrl(props.owner, props.path)}
          aria-label={props.path}
          onError={() => setFailed(true)}
        />
      </div>
    </Show>
  );
}

export function VideoPreview(props: FileProps): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  return (
    <Show when={!failed()} fallback={<Unreadable what="film" />}>
      <div class="preview-media">
        <video
          controls
          preload="metadata"
          src={artifactUrl(props.owner, props.path)}
          aria-label={props.path}
          onError={() => setFailed(true)}
        />
      </div>
    </Show>
  );
}

/**
 * HTML stands still at first: no script runs and nothing is loaded from elsewhere, which would tell others who looks. Its scripts
 * run when somebody says so, as a page of no origin: the frame's sandbox says so, and the server says it again for whoever opens
 * the address by itself. Browsers open PDFs only without a sandbox; their viewers run no scripts of the page.
 */
export function FramePreview(props: FileProps & { kind: "html" | "pdf" }): JSX.Element {
  const [source, setSource] = createSignal(false);
  // By path: what is allowed to one file is not allowed to the next.
  const [allowed, setAllowed] = createSignal<string>();
  const runs = (): boolean => allowed() === props.path;
  const page = (
    <Show
      when={runs()}
      fallback={
        <iframe
          class="preview-frame preview-page"
          sandbox=""
          referrerPolicy="no-referrer"
          src={inlineArtifactUrl(props.owner, props.path, "still")}
          title={props.path}
        />
      }
    >
      <iframe
        class="preview-frame preview-page"
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
        src={inlineArtifactUrl(props.owner, props.path, "scripts")}
        title={props.path}
      />
    </Show>
  );
  return (
    <>
      <Show when={!source()} fallback={<TextPreview owner={props.owner} path={props.path} size={props.size} />}>
        <Show
          when={props.kind === "html"}
          fallback={
            <iframe
              class="preview-frame"
              src={inlineArtifactUrl(props.owner, props.path, "still")}
              title={props.path}
            />
          }
        >
          {page}
        </Show>
      </Show>
      <Show when={props.kind === "html"}>
        <footer class="preview-foot">
          <Button pressed={source()} onClick={() => setSource(!source())}>
            Source
          </Button>
          <Show when={!runs()}>
            <Button onClick={() => setAllowed(props.path)}>Run its scripts</Button>
          </Show>
          <span class="muted">
            {runs()
              ? "Its scripts run in a sandbox without access to this server. They may load things from elsewhere."
              : "Shown without scripts. Once they run they may load things from elsewhere, which tells others that you look."}
          </span>
        </footer>
      </Show>
    </>
  );
}
