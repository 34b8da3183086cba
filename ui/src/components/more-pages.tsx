import { type JSX, Show } from "solid-js";

import { Button } from "./button";
import { Failure } from "./failure";
import type { Pages } from "./pages";

/** Below the pages of a list that are there: a way to the next one, and why it did not come. */
export function MorePages(props: { pages: Pages<unknown>; quiet?: boolean }): JSX.Element {
  const more = (): void => void props.pages.more();
  return (
    <>
      <Show when={props.quiet !== true && props.pages.failure()}>
        {(error) => <Failure what="More could not be loaded" error={error()} onRetry={more} inline />}
      </Show>
      <Show when={props.pages.hasMore()}>
        <div class="more">
          <Button busy={props.pages.busy()} onClick={more}>
            Load more
          </Button>
        </div>
      </Show>
    </>
  );
}
