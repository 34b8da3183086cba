//! The guide docs/rust.md, as far as a test can hold it to its word.

use std::fs;
use std::path::Path;

#[test]
fn the_whole_program_of_the_guide_is_the_example_that_is_compiled_and_run() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = fs::read_to_string(top.join("docs/rust.md")).unwrap();
    let example = fs::read_to_string(top.join("examples/first_model.rs")).unwrap();
    let (_, program) = example.split_once("\n\n").unwrap();
    assert!(guide.contains(&format!("```rust\n{program}```\n")), "docs/rust.md and examples/first_model.rs differ");
}
