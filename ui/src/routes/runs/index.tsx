import { useParams } from "@solidjs/router";
import type { JSX } from "solid-js";

import { useTitle } from "../../components/title";

export default function Runs(): JSX.Element {
  const params = useParams();
  const title = () => params["experiment_id"] ?? "";
  useTitle(title);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title()}</h1>
      </header>
    </div>
  );
}
