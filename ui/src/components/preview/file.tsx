import { type JSX, lazy, Suspense } from "solid-js";

import type { ArtifactOwner } from "../../data/artifacts";
import { Skeleton } from "../skeleton";

const PreviewByKind = lazy(() => import("./by-kind"));

export interface FileProps {
  owner: ArtifactOwner;
  path: string;
  /** Bytes, where they are known. */
  size: number | undefined;
}

/** What is in a file. Previews are fetched when the first file is shown. */
export function FilePreview(props: FileProps): JSX.Element {
  return (
    <Suspense fallback={<Skeleton lines={8} label="Loading the preview" />}>
      <PreviewByKind owner={props.owner} path={props.path} size={props.size} />
    </Suspense>
  );
}
