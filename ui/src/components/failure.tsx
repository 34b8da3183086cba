import { type JSX, Show } from "solid-js";

import { ApiError, describe } from "../data/http";
import { Button } from "./button";
import { Icon } from "./icons";

import "./notice.css";

export interface FailureProps {
  /** What could not be done: "The runs could not be loaded". */
  what: string;
  error: unknown;
  onRetry?: () => void;
  /** What trying again is called; "Try again" where left out. */
  retryLabel?: string;
  /** One line in a larger page instead of the page's middle. */
  inline?: boolean;
}

/** Says what failed and why, and offers to try again. */
export function Failure(props: FailureProps): JSX.Element {
  const code = () => (props.error instanceof ApiError ? props.error.code : undefined);
  return (
    <div class="notice" role="alert" data-kind="bad" data-inline={props.inline === true ? "" : undefined}>
      <Icon name="alert" size={props.inline === true ? 16 : 22} />
      <div class="notice-text">
        <p class="notice-title">{props.what}</p>
        <p class="muted">{describe(props.error)}</p>
        <Show when={code()}>{(text) => <p class="notice-code mono">{text()}</p>}</Show>
      </div>
      <Show when={props.onRetry}>
        <Button icon="refresh" onClick={() => props.onRetry?.()}>
          {props.retryLabel ?? "Try again"}
        </Button>
      </Show>
    </div>
  );
}
