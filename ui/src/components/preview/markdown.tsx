import { createResource, createSignal, type JSX, Show } from "solid-js";

import { artifactUrl, readArtifactText } from "../../data/artifacts";
import { Loaded } from "../loaded";
import { Markdown } from "../markdown";
import { Button } from "../button";
import type { FileProps } from "./file";
import { relativePath } from "./relative-path";
import { TextPreview } from "./text";

const LIMIT_BYTES = 1_000_000;

/** A Markdown file; its pictures and links lead to the files beside it. */
export default function MarkdownPreview(props: FileProps): JSX.Element {
  const [source, setSource] = createSignal(false);
  const [text, { refetch }] = createResource(() => readArtifactText(props.owner, props.path, LIMIT_BYTES));
  const resolve = (relative: string) => {
    const path = relativePath(props.path, relative);
    return path === undefined ? undefined : artifactUrl(props.owner, path);
  };
  return (
    <>
      <Show when={!source()} fallback={<TextPreview owner={props.owner} path={props.path} size={props.size} />}>
        <div class="preview-scroll preview-prose">
          <Loaded of={text} failed="The file could not be read" onRetry={() => void refetch()}>
            {(loaded) => <Markdown text={loaded()} resolve={resolve} />}
          </Loaded>
        </div>
      </Show>
      <footer class="preview-foot">
        <Button pressed={source()} onClick={() => setSource(!source())}>
          Source
        </Button>
      </footer>
    </>
  );
}
