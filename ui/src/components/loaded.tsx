import { type JSX, Match, type Resource, Switch } from "solid-js";

import { Failure } from "./failure";
import { Skeleton } from "./skeleton";

export interface LoadedProps<T> {
  of: Resource<T>;
  /** What could not be done: "The model could not be loaded". */
  failed: string;
  onRetry: () => void;
  /** Where it stands until it is there; grey lines unless told otherwise. */
  waiting?: JSX.Element;
  inline?: boolean;
  children: (value: () => T) => JSX.Element;
}

/**
 * Whether there is something to show. A resource whose first load has failed is `refreshing` while it is asked for again, and holds
 * nothing.
 */
export function isThere(of: Resource<unknown>): boolean {
  // `latest` does not make a page above wait when it is loaded again.
  return of.state === "ready" || (of.state === "refreshing" && of.latest !== undefined);
}

/**
 * What a request brings: grey lines before, a failure with a retry where there is nothing to show, and what was there
 * before while it is asked for again.
 */
export function Loaded<T>(props: LoadedProps<T>): JSX.Element {
  const failed = () => props.of.state === "errored";
  return (
    <Switch fallback={props.waiting ?? <Skeleton />}>
      <Match when={failed()}>
        <Failure
          what={props.failed}
          error={props.of.error as unknown}
          onRetry={props.onRetry}
          inline={props.inline ?? false}
        />
      </Match>
      <Match when={isThere(props.of)}>{props.children(() => props.of.latest as T)}</Match>
    </Switch>
  );
}
