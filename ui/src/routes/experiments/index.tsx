import type { JSX } from "solid-js";

import { useTitle } from "../../components/title";

export default function Experiments(): JSX.Element {
  const title = () => "Experiments";
  useTitle(title);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title()}</h1>
      </header>
    </div>
  );
}
