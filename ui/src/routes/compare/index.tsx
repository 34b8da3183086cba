import type { JSX } from "solid-js";

import { useTitle } from "../../components/title";

export default function Compare(): JSX.Element {
  const title = () => "Compare";
  useTitle(title);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title()}</h1>
      </header>
    </div>
  );
}
