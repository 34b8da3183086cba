import { ErrorBoundary, type JSX, lazy, Suspense } from "solid-js";

import type { Resolve } from "./markdown/addresses";

import "./markdown.css";

const View = lazy(() => import("./markdown/view"));

export interface MarkdownProps {
  text: string;
  /** Turns relative addresses of images and links into addresses of this server. */
  resolve?: Resolve | undefined;
}

/**
 * A text of a user, formatted. The parser is a chunk of its own; until it is there, and where it fails, the text stands
 * as it was written.
 */
export function Markdown(props: MarkdownProps): JSX.Element {
  const plain = () => <div class="markdown markdown-plain">{props.text}</div>;
  return (
    <ErrorBoundary fallback={plain()}>
      <Suspense fallback={plain()}>
        <View text={props.text} resolve={props.resolve} />
      </Suspense>
    </ErrorBoundary>
  );
}
