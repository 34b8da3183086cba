// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

export type * from "./activity";
export type * from "./artifacts";
export type * from "./charts";
export type * from "./columns";
export type * from "./datasets";
export type * from "./endpoint";
export type * from "./error";
export type * from "./experiments";
export type * from "./id";
export type * from "./lib";
export type * from "./logged_models";
export type * from "./metric_summaries";
export type * from "./metrics";
export type * from "./model_versions";
export type * from "./registered_models";
export type * from "./run_changes";
export type * from "./run_events";
export type * from "./run_groups";
export type * from "./run_trees";
export type * from "./runs";
export type * from "./server_info";
export type * from "./views";
