//! Has the program built again when the web UI has been: it holds the files of `ui/dist`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../ui/dist");
    } else if std::fs::exists("../../ui").unwrap_or(false) {
        // Debug builds read the files where they lie, whenever these are made; but a folder that is missing when the program
        // is compiled would count as missing ever after.
        let _ = std::fs::create_dir_all("../../ui/dist");
    }
}
