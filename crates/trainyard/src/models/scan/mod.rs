//! What a saved model refers to, read from its bytes without running any of them.
//!
//! Pickles (plain, or in the archives that PyTorch writes) are walked opcode by opcode, skops files by their
//! `schema.json`, Keras files by their `config.json`. The mapping from modules to distributions is the caller's.

mod pickle;
mod skops;
mod source;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use crate::Error;

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Top-level modules, sorted; standard library and `__main__` included.
    pub modules: Vec<String>,
    /// Classes and functions as `module.name`, sorted.
    pub types: Vec<String>,
    /// Whether every reference could be read; a pickle may compute the names of what it loads.
    pub complete: bool,
}

/// Scans a pickle, a skops, Keras or PyTorch archive, told apart by content. Any other zip archive refers to nothing.
pub fn file(path: &Path) -> Result<Scan, Error> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut magic = [0; 4];
    let zipped = file.read_exact(&mut magic).is_ok() && magic == *b"PK\x03\x04";
    file.rewind().map_err(Error::io(path))?;
    let found = if zipped {
        archive(file)
    } else {
        let mut found = Found::default();
        pickle::scan(BufReader::with_capacity(1 << 16, file), &mut found).map(|()| found)
    };
    found.map(Found::into_scan).map_err(|reason| Error::model(path, reason))
}

fn archive(file: File) -> Result<Found, String> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let mut found = Found::default();
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    for name in names {
        let in_entry = |reason: String| format!("{name}: {reason}");
        let is_schema = matches!(name.as_str(), "schema.json" | "config.json");
        if !is_schema && !name.ends_with(".pkl") {
            continue;
        }
        let entry = archive.by_name(&name).map_err(|error| in_entry(error.to_string()))?;
        let reader = BufReader::new(entry);
        let result = if is_schema { skops::scan(reader, &mut found) } else { pickle::scan(reader, &mut found) };
        result.map_err(in_entry)?;
    }
    Ok(found)
}

/// References as they are found.
#[derive(Debug)]
struct Found {
    modules: BTreeSet<String>,
    types: BTreeSet<String>,
    complete: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self { modules: BTreeSet::new(), types: BTreeSet::new(), complete: true }
    }
}

impl Found {
    fn module(&mut self, module: &str) {
        let top = module.split('.').next().unwrap_or_default();
        if !top.is_empty() && !self.modules.contains(top) {
            self.modules.insert(top.to_owned());
        }
    }

    fn type_of(&mut self, module: &str, name: &str) {
        self.module(module);
        let qualified = format!("{module}.{name}");
        if !self.types.contains(&qualified) {
            self.types.insert(qualified);
        }
    }

    fn into_scan(self) -> Scan {
        Scan {
            modules: self.modules.into_iter().collect(),
            types: self.types.into_iter().collect(),
            complete: self.complete,
        }
    }
}
