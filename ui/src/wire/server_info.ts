// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

/** Answer of `GET /api/3.0/mlflow/server-info`. */
export interface ServerInfo {
  /** Kind of store; clients know `SqlStore` and `FileStore`. */
  store_type: string;
  /** Whether objects live in workspaces. */
  workspaces_enabled: boolean;
  /** Whether traces are archived. */
  trace_archival_enabled: boolean;
  /** Whether large uploads may go to the bucket in parts. */
  multipart_uploads_enabled: boolean;
  /** Whether large downloads may come from the bucket in ranges. */
  multipart_downloads_enabled: boolean;
  /** Whether the artifact proxy is on. */
  artifact_serving_enabled: boolean;
  /** `basic-auth`, or empty when everybody may do everything. */
  tracking_auth: string;
  /** Whether artifacts travel by presigned URLs only. */
  artifacts_presigned_only: boolean;
  /** The server's own version; empty for servers that are not Trainyard. */
  trainyard_version?: string;
  /** Newest version of binary ingest batches that the server reads; 0 for servers that read none. */
  ingest_version?: number;
}
