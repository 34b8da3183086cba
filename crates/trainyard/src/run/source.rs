//! Tags that say where a run comes from: user, program and git commit.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trainyard_api::Tag;

use crate::{Error, setting};

pub(super) const USER: &str = "mlflow.user";
const NAME: &str = "mlflow.source.name";
const KIND: &str = "mlflow.source.type";
const COMMIT: &str = "mlflow.source.git.commit";

/// The tags of this process, and those of `MLFLOW_RUN_CONTEXT`, which win.
pub(super) fn tags() -> Result<Vec<Tag>, Error> {
    let program = env::current_exe().ok();
    let mut tags = BTreeMap::from([(USER.to_owned(), user()), (KIND.to_owned(), "LOCAL".to_owned())]);
    if let Some(program) = &program {
        tags.insert(NAME.to_owned(), program.display().to_string());
    }
    let folder = env::current_dir().ok();
    // A program that was built in its repository lies there, wherever it is started.
    let folders = [program.as_deref().and_then(Path::parent), folder.as_deref()];
    if let Some(commit) = folders.into_iter().flatten().find_map(commit) {
        tags.insert(COMMIT.to_owned(), commit);
    }
    tags.extend(of_environment()?);
    Ok(tags.into_iter().map(|(key, value)| Tag::new(key, value)).collect())
}

fn user() -> String {
    let names = ["LOGNAME", "USER", "LNAME", "USERNAME"];
    names.iter().filter_map(|name| env::var(name).ok()).find(|user| !user.is_empty()).unwrap_or("unknown".to_owned())
}

fn of_environment() -> Result<BTreeMap<String, String>, Error> {
    let Some((name, value)) = setting::text("RUN_CONTEXT") else { return Ok(BTreeMap::new()) };
    let Ok(tags) = serde_json::from_str::<BTreeMap<String, Value>>(&value) else {
        return Err(Error::Setting { name, value, reason: "expected a JSON object of tags".to_owned() });
    };
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(tags.into_iter().map(|(key, value)| (key, text(value))).collect())
}

/// The commit that is checked out around a folder, read from `.git` without running git.
fn commit(folder: &Path) -> Option<String> {
    let git = folder.ancestors().find_map(git_folder)?;
    let head = read(&git.join("HEAD"))?;
    let Some(reference) = head.strip_prefix("ref: ") else { return Some(head) };
    let mut folders = vec![git.clone()];
    if let Some(common) = read(&git.join("commondir")) {
        folders.push(git.join(common));
    }
    folders.iter().find_map(|folder| read(&folder.join(reference)).or_else(|| packed(folder, reference)))
}

/// The folder of git's data, where a folder is the top of a working tree.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    // In a further working tree, or a submodule, a file says where it is.
    let place = read(&git)?;
    Some(folder.join(place.strip_prefix("gitdir: ")?))
}

fn packed(git: &Path, reference: &str) -> Option<String> {
    let packed = read(&git.join("packed-refs"))?;
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(_, name)| *name == reference).map(|(commit, _)| commit.to_owned())
}

fn read(file: &Path) -> Option<String> {
    fs::read_to_string(file).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_found_however_git_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tree, git) = (folder.path().join("a/b"), folder.path().join(".git"));
        let write = |path: PathBuf, text: &str| {
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        };
        fs::create_dir_all(&tree).expect("folders");
        write(git.join("HEAD"), "0123\n");
        assert_eq!(commit(&tree).as_deref(), Some("0123"), "a commit without a branch");
        write(git.join("HEAD"), "ref: refs/heads/main\n");
        assert_eq!(commit(&tree), None, "a branch without a commit");
        write(git.join("packed-refs"), "# pack-refs\n4567 refs/heads/other\n89ab refs/heads/main\n");
        assert_eq!(commit(&tree).as_deref(), Some("89ab"));
        write(git.join("refs/heads/main"), "cdef\n");
        assert_eq!(commit(&tree).as_deref(), Some("cdef"));

        let further = tempfile::tempdir().expect("a folder");
        write(further.path().join(".git"), &format!("gitdir: {}/worktrees/w\n", git.display()));
        write(git.join("worktrees/w/HEAD"), "ref: refs/heads/main\n");
        write(git.join("worktrees/w/commondir"), "../..\n");
        assert_eq!(commit(further.path()).as_deref(), Some("cdef"), "a further working tree");
    }
}
