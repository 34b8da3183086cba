import { A, useLocation } from "@solidjs/router";
import type { JSX } from "solid-js";

import { Empty } from "../../components/empty";
import { useTitle } from "../../components/title";

/** An address that no page has. */
export default function NotFound(): JSX.Element {
  const location = useLocation();
  useTitle(() => "Not found");
  return (
    <div class="page">
      <h1 class="unseen">Not found</h1>
      <Empty icon="search" title="There is no page at this address">
        <code>{location.pathname}</code>
        <p>
          <A href="/experiments">All experiments</A>
        </p>
      </Empty>
    </div>
  );
}
