// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

/** An answer without fields: `{}`. */
export type Empty = Record<string, never>;
