import { type JSX, Show } from "solid-js";

import { CopyButton } from "./copy";
import { Icon, type IconName } from "./icons";

import "./notice.css";

export interface EmptyProps {
  icon?: IconName;
  title: string;
  /** The next line of code to type. */
  code?: string;
  children?: JSX.Element;
}

/** Where nothing is yet: says so, and what to type to change that. */
export function Empty(props: EmptyProps): JSX.Element {
  return (
    <div class="notice" data-kind="empty">
      <Icon name={props.icon ?? "box"} size={26} />
      <div class="notice-text">
        <p class="notice-title">{props.title}</p>
        <Show when={props.children}>
          <div class="muted">{props.children}</div>
        </Show>
      </div>
      <Show when={props.code}>
        {(code) => (
          <div class="code-line">
            <pre tabIndex={0}>{code()}</pre>
            <CopyButton text={code()} label="Copy code" />
          </div>
        )}
      </Show>
    </div>
  );
}
