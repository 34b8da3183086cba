/** Files of runs, logged models and model versions: where they are listed, and where their bytes come from. */
import type { FileInfo, ListArtifactsResponse, ModelVersion, Run } from "../wire";
import { address } from "./base";
import { ApiError, get, MLFLOW, queryText, send, type Options } from "./http";

/** Whose files. `root` is the directory that counts as the top one, for models that lie below a run. */
export type ArtifactOwner =
  | { kind: "run"; runId: string; root?: string | undefined }
  | { kind: "logged-model"; modelId: string }
  /** A version whose files belong to neither; the server's own proxy lists them. */
  | { kind: "model-version"; name: string; version: string; proxied: string };

export interface ArtifactEntry {
  /** From the owner's top directory. */
  path: string;
  name: string;
  isDirectory: boolean;
  /** Bytes, of files. */
  size: number | undefined;
}

const PROXY = "mlflow-artifacts:/";

/** The entries of a directory: directories first, then by name with numbers in order. */
export async function listArtifacts(
  owner: ArtifactOwner,
  directory: string,
  options?: Options,
): Promise<ArtifactEntry[]> {
  const files = await listed(owner, directory, options);
  const entries = files.map((file) => {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    return {
      path: directory === "" ? name : `${directory}/${name}`,
      name,
      isDirectory: file.is_dir,
      size: file.file_size ?? undefined,
    };
  });
  const byName = new Intl.Collator(undefined, { numeric: true });
  return entries.sort((a, b) => Number(b.isDirectory) - Number(a.isDirectory) || byName.compare(a.name, b.name));
}

async function listed(owner: ArtifactOwner, directory: string, options?: Options): Promise<FileInfo[]> {
  switch (owner.kind) {
    case "run": {
      const asked = { run_id: owner.runId, path: within(owner.root, directory) };
      return (await get<Partial<ListArtifactsResponse>>(`${MLFLOW}artifacts/list`, asked, options)).files ?? [];
    }
    case "logged-model": {
      const path = `${MLFLOW}logged-models/${encodeURIComponent(owner.modelId)}/artifacts/directories`;
      return (
        (await get<Partial<ListArtifactsResponse>>(path, { artifact_directory_path: directory }, options)).files ?? []
      );
    }
    case "model-version": {
      const asked = { path: within(owner.proxied, directory) };
      return (
        (await get<Partial<ListArtifactsResponse>>("ajax-api/2.0/mlflow-artifacts/artifacts", asked, options)).files ??
        []
      );
    }
  }
}

function within(root: string | undefined, path: string): string {
  return root === undefined || root === "" ? path : path === "" ? root : `${root}/${path}`;
}

/** Where a file is fetched from, relative to the server's root. */
function filePath(owner: ArtifactOwner, path: string, inline?: Shown): string {
  switch (owner.kind) {
    case "run":
      return `get-artifact${queryText({ run_id: owner.runId, path: within(owner.root, path), inline })}`;
    case "logged-model": {
      const files = `${MLFLOW}logged-models/${encodeURIComponent(owner.modelId)}/artifacts/files`;
      return files + queryText({ artifact_file_path: path, inline });
    }
    case "model-version": {
      const asked = { name: owner.name, version: owner.version, path, inline };
      return `model-versions/get-artifact${queryText(asked)}`;
    }
  }
}

/** The address of a file that browsers save, and that pictures, sound and films are shown from. */
export function artifactUrl(owner: ArtifactOwner, path: string): string {
  return address(filePath(owner, path));
}

/** What a file may do in a frame: nothing, or run its scripts in an origin of its own. */
export type Shown = "still" | "scripts";

/** The address of a file for a frame: browsers show it, in a sandbox of the server's. */
export function inlineArtifactUrl(owner: ArtifactOwner, path: string, shown: Shown): string {
  return address(filePath(owner, path, shown));
}

export interface ByteRange {
  bytes: Uint8Array;
  /** Bytes of the whole file. */
  total: number;
  /** Version of the file, if the server has one. */
  etag: string | undefined;
}

/** The bytes from `start`, at most `length` of them. */
export async function readArtifact(
  owner: ArtifactOwner,
  path: string,
  start: number,
  length: number,
  options: Options & { etag?: string | undefined } = {},
): Promise<ByteRange> {
  const headers: Record<string, string> = { Range: `bytes=${String(start)}-${String(start + length - 1)}` };
  const init = { method: "GET", headers, signal: options.signal ?? null };
  let answer: Response;
  try {
    answer = await send(filePath(owner, path), init);
  } catch (error) {
    // An empty file has no range that could be asked for.
    if (error instanceof ApiError && error.status === 416) {
      return { bytes: new Uint8Array(), total: start, etag: undefined };
    }
    throw error;
  }
  const etag = answer.headers.get("ETag") ?? undefined;
  if (options.etag !== undefined && etag !== undefined && etag !== options.etag) {
    throw new ApiError(409, "ABORTED", "The file was replaced while it was read. Open it again.");
  }
  const total = Number(/\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "")?.[1] ?? Number.NaN);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { bytes, total: Number.isNaN(total) ? bytes.length : total, etag };
}

/** A whole file as text, if it is no longer than `limit`. */
export async function readArtifactText(
  owner: ArtifactOwner,
  path: string,
  limit: number,
  options?: Options,
): Promise<string> {
  const { bytes, total } = await readArtifact(owner, path, 0, limit, options);
  if (total > limit) {
    throw new ApiError(413, "RESOURCE_EXHAUSTED", `${path} has more than ${String(limit)} bytes.`);
  }
  return new TextDecoder().decode(bytes);
}

/** Whose files those of a model version are; nothing where they lie in a place that this server cannot list. */
export function ownerOfVersion(version: ModelVersion, uri: string, run: Run | undefined): ArtifactOwner | undefined {
  if (version.model_id !== undefined && version.model_id !== "") {
    return { kind: "logged-model", modelId: version.model_id };
  }
  const runUri = run?.info.artifact_uri;
  if (run !== undefined && runUri !== undefined && `${uri}/`.startsWith(`${runUri}/`)) {
    return { kind: "run", runId: run.info.run_id, root: uri.slice(runUri.length + 1) };
  }
  if (uri.startsWith(PROXY)) {
    const proxied = uri.slice(PROXY.length).replace(/^\/+|\/+$/g, "");
    return { kind: "model-version", name: version.name, version: version.version, proxied };
  }
  return undefined;
}
