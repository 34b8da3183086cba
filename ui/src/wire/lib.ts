// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

/** A number, or the word for one that JSON has none for. */
export type Double = number | "NaN" | "Infinity" | "-Infinity";

/** A key with a text value: tags of any entity, and parameters. */
export interface KeyValue {
  /** The key, unique within its owner. */
  key: string;
  /** The value. */
  value: string;
}

/** A tag of an experiment, run, logged model, registered model or model version. */
export type Tag = KeyValue;

/** A parameter of a run or logged model. */
export type Param = KeyValue;

/** Whether something is in use or has been soft-deleted. */
export type LifecycleStage = "active" | "deleted";

/** Which lifecycle stages a search returns. */
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";
