// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

export type ExperimentId = string;
export type RunId = string;
export type ModelId = string;
