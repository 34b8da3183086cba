import type { JSX } from "solid-js";

import { useTitle } from "../../components/title";

export default function Models(): JSX.Element {
  const title = () => "Models";
  useTitle(title);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title()}</h1>
      </header>
    </div>
  );
}
