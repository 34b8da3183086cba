//! Has the program built again when the web UI has been: it holds the files of `ui/dist`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Debug builds read the files where they lie. A folder that is missing would have them built anew each time.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../ui/dist");
    }
}
