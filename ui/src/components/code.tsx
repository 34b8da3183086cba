import type { JSX } from "solid-js";

import { CopyButton } from "./copy";

import "./code.css";

/** Lines of code to copy. */
export function Code(props: { text: string; label: string }): JSX.Element {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={props.label}>
        {props.text}
      </pre>
      <CopyButton text={props.text} label="Copy code" />
    </div>
  );
}
