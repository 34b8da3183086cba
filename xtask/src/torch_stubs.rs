//! CPU tests with a CUDA build of torch: stand-ins for the NVIDIA libraries that it is linked with.
//!
//! The package index has no CPU build of torch for Linux on x86-64, and the NVIDIA packages of the CUDA build are two
//! gigabytes that no test uses. So torch is installed by itself, and each missing library is replaced by one with the
//! names that torch's own libraries look for in it. Every function answers "no device"; torch then computes on the CPU.
//! The stand-ins are for tests only: they lie beside torch's libraries in a test environment and are never shipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::step::{first_line, program, root, run};

const TOOLS_ADVICE: &str = "Install a C compiler and binutils (Debian: `apt install gcc binutils`), then repeat.";
/// How the names of NVIDIA's libraries begin, and those of their symbols.
const LIBRARIES: &[&str] = &["libcu", "libnccl", "libnv"];
const SYMBOLS: &[&str] = &["cu", "nccl", "nv"];

/// What torch's libraries look for in others.
#[derive(Default)]
struct Wanted {
    libraries: BTreeSet<String>,
    /// Version of a symbol -> the library that has it. NVIDIA's versions are used by one library each.
    versions: BTreeMap<String, String>,
    /// Name and version of each symbol; whether it is data and not a function.
    symbols: BTreeMap<(String, Option<String>), bool>,
    defined: BTreeSet<String>,
}

/// Puts the stand-ins beside the libraries of the torch that an interpreter imports, and tries it.
pub fn install(python: &Path) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(());
    }
    let folder = libraries_of_torch(python)?;
    let wanted = Wanted::by(&folder)?;
    let sources = root().join("target/torch-stubs");
    fs::create_dir_all(&sources).context("cannot make target/torch-stubs")?;
    for library in &wanted.libraries {
        let source = sources.join(format!("{library}.c"));
        fs::write(&source, wanted.source(library)).with_context(|| format!("cannot write {}", source.display()))?;
        let mut compile = program("cc", &["-shared", "-fPIC", "-O1", "-w"]);
        compile.arg(format!("-Wl,-soname,{library}")).arg("-o").arg(folder.join(library)).arg(&source);
        if let Some(script) = wanted.version_script(library) {
            let path = sources.join(format!("{library}.map"));
            fs::write(&path, script).with_context(|| format!("cannot write {}", path.display()))?;
            compile.arg(format!("-Wl,--version-script={}", path.display()));
        }
        run(&format!("Compile a stand-in for {library}"), compile, TOOLS_ADVICE)?;
    }
    let check = "import torch; assert not torch.cuda.is_available(); assert (torch.ones(2) + 1).sum() == 4";
    run("Try torch without NVIDIA's libraries", program(python, &["-c", check]), "torch's message is above.")
}

fn libraries_of_torch(python: &Path) -> Result<PathBuf> {
    let find = "from importlib.util import find_spec; print(find_spec('torch').submodule_search_locations[0])";
    let package = first_line(program(python, &["-c", find])).context("torch is not in the environment")?;
    Ok(Path::new(&package).join("lib"))
}

impl Wanted {
    fn by(folder: &Path) -> Result<Self> {
        let mut wanted = Self::default();
        for file in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let file = file?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Stand-ins of an earlier time are made again.
            if file.is_file() && name.contains(".so") && !is_any(&name, LIBRARIES) {
                let output = program("readelf", &["-d", "-V", "--dyn-syms", "-W"]).arg(&file).output();
                let output = output.with_context(|| format!("cannot run readelf. {TOOLS_ADVICE}"))?;
                if !output.status.success() {
                    bail!("readelf cannot read {}", file.display());
                }
                wanted.add(&String::from_utf8_lossy(&output.stdout));
            }
        }
        let Self { symbols, defined, versions, .. } = &mut wanted;
        symbols.retain(|(name, version), _| match version {
            Some(version) => versions.contains_key(version),
            None => is_any(name, SYMBOLS) && !defined.contains(name),
        });
        Ok(wanted)
    }

    /// Takes in what readelf says about one library.
    fn add(&mut self, text: &str) {
        let mut library = "";
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let Some((_, needed)) = line.split_once("(NEEDED)") {
                let needed = needed.split(['[', ']']).nth(1).unwrap_or_default();
                if is_any(needed, LIBRARIES) {
                    self.libraries.insert(needed.to_owned());
                }
            } else if let Some(place) = words.iter().position(|word| *word == "File:") {
                library = words.get(place + 1).copied().unwrap_or_default();
            } else if let [_, "Name:", version, "Flags:", ..] = words[..] {
                if is_any(library, LIBRARIES) {
                    self.versions.insert(version.to_owned(), library.to_owned());
                }
            } else if let [_, _, _, kind, _, _, section, symbol, ..] = words[..] {
                let (name, version) = match symbol.split_once('@') {
                    Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
                    None => (symbol.to_owned(), None),
                };
                if section == "UND" {
                    self.symbols.insert((name, version), kind == "OBJECT");
                } else {
                    self.defined.insert(name);
                }
            }
        }
    }

    /// The symbols of one library. Which library one without a version belongs to is not recorded: all that have no
    /// versions get it.
    fn symbols_of(&self, library: &str) -> impl Iterator<Item = (&str, bool)> {
        let has_versions = self.versions_of(library).next().is_some();
        self.symbols.iter().filter_map(move |((name, version), is_data)| {
            let belongs = match version {
                Some(version) => self.versions[version] == library,
                None => !has_versions,
            };
            belongs.then_some((name.as_str(), *is_data))
        })
    }

    fn versions_of(&self, library: &str) -> impl Iterator<Item = &str> {
        self.versions.iter().filter_map(move |(version, of)| (of == library).then_some(version.as_str()))
    }

    fn source(&self, library: &str) -> String {
        let mut source = String::new();
        for (name, is_data) in self.symbols_of(library) {
            if is_data {
                let _ = writeln!(source, "void *{name}[8];");
            } else if name.contains("String") || name.contains("ErrorName") {
                let _ = writeln!(source, "const char *{name}(void) {{ return \"no NVIDIA library\"; }}");
            } else {
                // 100 is cudaErrorNoDevice; the other libraries take anything but 0 for a failure.
                let _ = writeln!(source, "long {name}(void) {{ return 100; }}");
            }
        }
        source
    }

    fn version_script(&self, library: &str) -> Option<String> {
        let mut script = String::new();
        for version in self.versions_of(library) {
            let names = self.symbols.keys().filter(|(_, of)| of.as_deref() == Some(version));
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            let _ = writeln!(script, "{version} {{ global: {}; }};", names.join("; "));
        }
        (!script.is_empty()).then_some(script)
    }
}

fn is_any(name: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| name.starts_with(beginning))
}
