//! YAML as PyYAML reads and writes it.
//!
//! PyYAML follows YAML 1.1, where `no` is false, `1:30` is 90 and `1e5` is text, and leaves bare what is text to it. So
//! what is read is resolved as YAML 1.1 has it (`scalar`), and what is written means the same in both versions (`write`).

mod read;
mod scalar;
mod write;

pub use read::from_yaml;
pub use write::to_yaml;
