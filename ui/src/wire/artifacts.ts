// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ModelId, RunId } from "./id";

/** A file or directory below an artifact root. */
export interface FileInfo {
  /** Path relative to the root of the listing, `/` between parts. */
  path: string;
  /** Whether it is a directory. */
  is_dir: boolean;
  /** Bytes; directories have none. */
  file_size?: number;
}

/** Lists one directory of a run's artifacts. */
export interface ListArtifacts {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Directory relative to the run's artifact root; empty for the root. */
  path?: string;
  /** Where the last page ended. */
  page_token?: string;
}

/** Lists one directory of a logged model's artifacts. */
export interface ListLoggedModelArtifacts {
  /** Required. */
  model_id: ModelId;
  /** Directory relative to the model's artifact root; empty for the root. */
  artifact_directory_path?: string;
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`ListArtifacts`] and [`ListLoggedModelArtifacts`]. */
export interface ListArtifactsResponse {
  /** URI of the artifact root. */
  root_uri: string;
  /**
   * The directory's children, ordered by path. Written even if there are none: MLflow's page that compares runs reads the
   * list without asking whether it is there.
   */
  files: FileInfo[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Asks for an address under which an artifact can be stored in a bucket, without credentials. */
export interface CreatePresignedUploadUrl {
  /** The run that it is for; either this or `model_id`. */
  run_id?: RunId;
  /** The logged model that it is for. */
  model_id?: ModelId;
  /** Required: the file, relative to the artifact root. */
  path: string;
  /** Seconds for which the address is good. */
  expiration?: number;
}

/** Answer to [`CreatePresignedUploadUrl`]. */
export interface CreatePresignedUploadUrlResponse {
  /** Where the file goes, by PUT. */
  presigned_url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
}

/** Asks for an address from which a run's artifact can be fetched out of a bucket, without credentials. */
export interface CreatePresignedDownloadUrl {
  /** Required. */
  run_id: RunId;
  /** Required: the file, relative to the artifact root. */
  path: string;
  /** Seconds for which the address is good. */
  expiration?: number;
}

/** Answer to [`CreatePresignedDownloadUrl`]. */
export interface CreatePresignedDownloadUrlResponse {
  /** Where the file is, by GET. */
  presigned_url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
  /** Bytes of the file. */
  file_size?: number;
}

/** Answer to a request for an address from which a file of the artifact proxy can be fetched out of a bucket. */
export interface GetPresignedDownloadUrlResponse {
  /** Where the file is, by GET. */
  url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
  /** Bytes of the file. */
  file_size?: number;
}

/** Asks the artifact proxy for addresses in its bucket for the parts of a large file. Its directory is in the address. */
export interface CreateMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: how many parts, 1 to 10,000. */
  num_parts: number;
}

/** Answer to [`CreateMultipartUpload`]. */
export interface CreateMultipartUploadResponse {
  /** What the upload is called. */
  upload_id: string;
  /** One for each part. */
  credentials: PartCredential[];
}

/** Where a part of a file goes, by PUT. */
export interface PartCredential {
  /** Its address, for this part alone. */
  url: string;
  /** From 1 on. */
  part_number: number;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
}

/** Makes a file of the parts that were sent. */
export interface CompleteMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: what the upload is called. */
  upload_id: string;
  /** Required: all parts. */
  parts: SentPart[];
}

/** A part of a file that is in the bucket. */
export interface SentPart {
  /** From 1 on. */
  part_number: number;
  /** What the bucket has answered in the header of this name. */
  etag: string;
  /** Where it was sent. */
  url: string;
}

/** Gives up an upload in parts. */
export interface AbortMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: what the upload is called. */
  upload_id: string;
}
