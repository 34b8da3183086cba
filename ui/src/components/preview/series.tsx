import { createSignal, For, type JSX } from "solid-js";

import { type ArtifactOwner, artifactUrl } from "../../data/artifacts";
import { Button } from "../button";
import { formatExact } from "../time";
import type { SeriesImage } from "./image-series";

export interface ImageSeriesProps {
  owner: ArtifactOwner;
  name: string;
  images: readonly SeriesImage[];
  /** Asked to show one picture as the file that it is. */
  onOpen?: ((path: string) => void) | undefined;
}

/** Pictures of one key by step, to leaf through; starts with the last. */
export function ImageSeries(props: ImageSeriesProps): JSX.Element {
  const [chosen, setChosen] = createSignal<number | undefined>();
  // Pictures that a running run adds do not move what is looked at.
  const at = () => Math.min(chosen() ?? props.images.length - 1, props.images.length - 1);
  const image = () => props.images[at()];
  const url = (path: string | undefined) => (path === undefined ? "" : artifactUrl(props.owner, path));
  const listId = () => `steps-${props.name.replace(/\W/g, "-")}`;
  return (
    <figure class="series" aria-label={`Pictures of ${props.name}`}>
      <figcaption class="series-head">
        <strong>{props.name}</strong>
        <span class="muted">
          step {image()?.step} · {formatExact(image()?.timestamp ?? 0)}
        </span>
      </figcaption>
      <button
        type="button"
        class="series-picture"
        title="Show the picture itself"
        onClick={() => {
          const shown = image();
          if (shown !== undefined) {
            props.onOpen?.(shown.path);
          }
        }}
      >
        <img src={url(image()?.preview)} alt={`${props.name} at step ${String(image()?.step)}`} />
      </button>
      <div class="series-steps">
        <Button
          kind="quiet"
          icon="back"
          label="Step before"
          disabled={at() === 0}
          onClick={() => setChosen(at() - 1)}
        />
        <input
          type="range"
          min={0}
          max={props.images.length - 1}
          step={1}
          value={at()}
          aria-label={`Step of ${props.name}`}
          aria-valuetext={`step ${String(image()?.step)}`}
          list={listId()}
          onInput={(event) => setChosen(event.currentTarget.valueAsNumber)}
        />
        <datalist id={listId()}>
          <For each={props.images.length <= 60 ? props.images : []}>{(_, index) => <option value={index()} />}</For>
        </datalist>
        <Button
          kind="quiet"
          icon="forward"
          label="Next step"
          disabled={at() >= props.images.length - 1}
          onClick={() => setChosen(at() + 1)}
        />
        <span class="muted series-count">
          {at() + 1} / {props.images.length}
        </span>
      </div>
    </figure>
  );
}
