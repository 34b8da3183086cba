//! Moving artifacts: by the proxy, in local folders, and from servers that mean harm.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use trainyard::{Client, Error, Progress};
use trainyard_api::ErrorCode;

use crate::script::{Script, answer};
use crate::tracking::Yard;

fn names(folder: &Path) -> Vec<String> {
    trainyard::internals::models::files_below(folder).unwrap()
}

#[test]
fn a_tree_goes_up_and_comes_back_the_same() {
    for yard in Yard::both() {
        let source = yard.folder.path().join("source");
        fs::create_dir_all(source.join("a/b")).unwrap();
        let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        for (name, content) in
            [("one.txt", &b"1"[..]), ("a/empty", b""), ("a/b/large.bin", &large), ("a/q? 100%#+é.txt", b"odd")]
        {
            fs::write(source.join(name), content).unwrap();
        }
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        artifacts.upload_dir(&source, "tree", &()).unwrap();

        let top = artifacts.list("").unwrap();
        assert_eq!((top.len(), top[0].path.as_str(), top[0].is_dir), (1, "tree", true));
        let below: Vec<(String, Option<i64>)> =
            artifacts.list("tree/a").unwrap().into_iter().map(|file| (file.path, file.file_size)).collect();
        assert_eq!(below[1], ("tree/a/empty".to_owned(), Some(0)));
        assert!(artifacts.list("tree/one.txt").unwrap().is_empty());

        let dest = yard.folder.path().join("dest");
        let place = artifacts.download("tree", &dest, &()).unwrap();
        assert_eq!(place.file_name().unwrap(), "tree");
        assert_eq!(names(&place), names(&source));
        assert_eq!(fs::read(place.join("a/b/large.bin")).unwrap(), large);
        assert_eq!(fs::read(place.join("a/q? 100%#+é.txt")).unwrap(), b"odd");

        let file = artifacts.download("tree/one.txt", &dest, &()).unwrap();
        assert_eq!(fs::read(file).unwrap(), b"1");

        artifacts.delete("tree/a").unwrap();
        assert_eq!(artifacts.list("tree").unwrap().len(), 1);
    }
}

#[test]
fn bytes_are_written_replaced_and_read() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        artifacts.write("notes/a.json", b"{}").unwrap();
        artifacts.write("notes/a.json", b"[1]").unwrap();
        assert_eq!(artifacts.read("notes/a.json").unwrap(), b"[1]");
    }
}

#[test]
fn what_is_not_there_is_named() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        let dest = yard.folder.path().join("dest");
        for error in [artifacts.read("gone.txt").unwrap_err(), artifacts.download("gone", &dest, &()).unwrap_err()] {
            assert!(matches!(&error, Error::NoArtifact { path, .. } if path.starts_with("gone")), "{error}");
            assert_eq!(error.code(), ErrorCode::ResourceDoesNotExist);
        }
        let error = artifacts.upload(&[(yard.folder.path().join("no.txt"), "no.txt".to_owned())], &()).unwrap_err();
        assert!(error.to_string().contains("no.txt"), "{error}");
    }
}

#[test]
fn paths_that_leave_the_root_are_refused_before_anything_is_sent() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        for path in ["../x", "a/../../x", "/etc/passwd", "%2e%2e/x", "a\\..\\x", "a//b", "a\0b"] {
            let error = artifacts.write(path, b"x").unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{path}: {error}");
            assert!(artifacts.read(path).is_err() && artifacts.list(path).is_err() && artifacts.delete(path).is_err());
            assert!(artifacts.download(path, yard.folder.path(), &()).is_err());
        }
    }
}

#[test]
fn a_local_root_can_be_read_in_place() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    let artifacts = run.artifacts().unwrap();
    artifacts.write("a.txt", b"x").unwrap();
    assert_eq!(fs::read(artifacts.local_root().unwrap().join("a.txt")).unwrap(), b"x");
    let uri = format!("file://{}", artifacts.local_root().unwrap().display());
    assert_eq!(yard.client.artifacts(&uri).unwrap().local_root(), artifacts.local_root());
}

#[test]
fn artifacts_behind_a_server_are_out_of_reach_without_one() {
    let yard = Yard::embedded();
    let message = yard.client.artifacts("mlflow-artifacts:/1/r/artifacts").unwrap_err().to_string();
    assert!(message.contains("set the tracking URI to that server's address"), "{message}");
    let message = yard.client.artifacts("ftp://host/x").unwrap_err().to_string();
    assert!(message.contains("s3://"), "{message}");
}

#[derive(Default)]
struct Counted {
    files: AtomicU64,
    expected: AtomicU64,
    moved: AtomicU64,
    ended: AtomicBool,
    cancel_after: u64,
}

impl Progress for Counted {
    fn begin(&self, files: usize, bytes: Option<u64>) {
        self.files.store(files as u64, Ordering::Relaxed);
        self.expected.store(bytes.unwrap(), Ordering::Relaxed);
    }

    fn advance(&self, bytes: u64) {
        self.moved.fetch_add(bytes, Ordering::Relaxed);
    }

    fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.moved.load(Ordering::Relaxed) > self.cancel_after
    }
}

fn files_of(folder: &Path, count: usize, size: usize) -> Vec<(PathBuf, String)> {
    (0..count)
        .map(|n| {
            let path = folder.join(format!("up{n}"));
            fs::write(&path, vec![7; size]).unwrap();
            (path, format!("up/{n}"))
        })
        .collect()
}

#[test]
fn progress_counts_every_byte_of_both_ways() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        let files = files_of(yard.folder.path(), 20, 1000);
        for way in ["up", "down"] {
            let progress = Counted { cancel_after: u64::MAX, ..Default::default() };
            match way {
                "up" => artifacts.upload(&files, &progress).unwrap(),
                _ => drop(artifacts.download("up", &yard.folder.path().join("dest"), &progress).unwrap()),
            }
            assert_eq!(progress.files.into_inner(), 20);
            assert_eq!((progress.expected.into_inner(), progress.moved.into_inner()), (20_000, 20_000), "{way}");
            assert!(progress.ended.into_inner());
        }
    }
}

#[test]
fn a_transfer_can_be_cancelled_and_leaves_no_half_file() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let artifacts = run.artifacts().unwrap();
        let files = files_of(yard.folder.path(), 3, 4_000_000);
        let progress = Counted { cancel_after: 1_000_000, ..Default::default() };
        assert!(matches!(artifacts.upload(&files, &progress), Err(Error::Cancelled)));
        artifacts.upload(&files, &()).unwrap();
        let dest = yard.folder.path().join("dest");
        let progress = Counted { cancel_after: 1_000_000, ..Default::default() };
        assert!(matches!(artifacts.download("up", &dest, &progress), Err(Error::Cancelled)));
        for name in names(&dest) {
            assert_eq!(fs::metadata(dest.join(&name)).unwrap().len(), 4_000_000, "{name}");
        }
    }
}

/// A client whose server answers listings and files of this script.
fn hostile(answers: &[&str]) -> (Script, Client) {
    let script = Script::start(answers.iter().map(|body| answer("200 OK", "", body)).collect());
    let client = Client::connect(&script.uri).unwrap();
    (script, client)
}

#[test]
fn a_server_cannot_name_files_outside_of_the_destination() {
    let folder = tempfile::tempdir().unwrap();
    let dest = folder.path().join("dest");
    for name in ["../escaped", "/tmp/escaped", "a/../../escaped", "..\\\\escaped", "%2e%2e/escaped", "..", "", "C:/x"] {
        let listing = format!(r#"{{"files": [{{"path": "{name}", "is_dir": false, "file_size": 1}}]}}"#);
        let (script, client) = hostile(&[&listing]);
        let error = client.artifacts("mlflow-artifacts:/1").unwrap().download("", &dest, &()).unwrap_err();
        assert!(matches!(error, Error::ArtifactPath { .. }), "{name}: {error}");
        script.requests();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn directories_without_end_come_to_an_end() {
    let listing = r#"{"files": [{"path": "a", "is_dir": true}]}"#;
    let (_script, client) = hostile(&[listing; 80]);
    let folder = tempfile::tempdir().unwrap();
    let error = client.artifacts("mlflow-artifacts:/1").unwrap().download("", folder.path(), &()).unwrap_err();
    assert!(error.to_string().contains("nested too deeply"), "{error}");
}

const ONE_FILE: &str = r#"{"files": [{"path": "data.bin", "is_dir": false, "file_size": 10}]}"#;

fn cut_off(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n{headers}\r\n01234").into_bytes()
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let script = Script::start(vec![
        answer("200 OK", "", ONE_FILE),
        cut_off("ETag: \"v1\"\r\n"),
        answer("206 Partial Content", "Content-Range: bytes 5-9/10\r\nETag: \"v1\"\r\n", "56789"),
    ]);
    let client = Client::connect(&script.uri).unwrap();
    let folder = tempfile::tempdir().unwrap();
    client.artifacts("mlflow-artifacts:/1").unwrap().download("", folder.path(), &()).unwrap();
    assert_eq!(fs::read(folder.path().join("data.bin")).unwrap(), b"0123456789");
    let asked = script.requests();
    assert_eq!(asked[1].header("Range"), None);
    assert_eq!((asked[2].header("Range"), asked[2].header("If-Range")), (Some("bytes=5-"), Some("\"v1\"")));
}

#[test]
fn a_download_of_a_file_that_changed_meanwhile_begins_again() {
    for headers in ["ETag: \"v1\"\r\n", ""] {
        let script = Script::start(vec![
            answer("200 OK", "", ONE_FILE),
            cut_off(headers),
            answer("200 OK", "ETag: \"v2\"\r\n", "abcdefghij"),
        ]);
        let client = Client::connect(&script.uri).unwrap();
        let folder = tempfile::tempdir().unwrap();
        client.artifacts("mlflow-artifacts:/1").unwrap().download("", folder.path(), &()).unwrap();
        assert_eq!(fs::read(folder.path().join("data.bin")).unwrap(), b"abcdefghij");
        script.requests();
    }
}

#[test]
fn a_download_that_fails_leaves_the_older_file_alone() {
    let script = Script::start(vec![answer("200 OK", "", ONE_FILE), answer("403 Forbidden", "", "no")]);
    let client = Client::connect(&script.uri).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.bin"), "older").unwrap();
    let error = client.artifacts("mlflow-artifacts:/1").unwrap().download("", folder.path(), &()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PermissionDenied);
    assert_eq!(names(folder.path()), ["data.bin"]);
    assert_eq!(fs::read(folder.path().join("data.bin")).unwrap(), b"older");
    script.requests();
}

#[test]
fn uploads_say_length_and_type_and_are_repeated_from_the_start() {
    let script = Script::start(vec![
        answer("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        answer("200 OK", "", "{}"),
        answer("200 OK", "", "{}"),
    ]);
    let client = Client::connect(&script.uri).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("MLmodel");
    fs::write(&file, "flavors: {}").unwrap();
    let artifacts = client.artifacts("mlflow-artifacts:/1/r 1/artifacts/").unwrap();
    artifacts.upload(&[(file, "m/MLmodel".to_owned())], &()).unwrap();
    artifacts.write("page.html", b"x").unwrap();
    let asked = script.requests();
    for request in &asked[..2] {
        assert_eq!(request.line, "PUT /api/2.0/mlflow-artifacts/artifacts/1/r%201/artifacts/m/MLmodel HTTP/1.1");
        assert_eq!(request.body, b"flavors: {}");
        assert_eq!(request.header("Content-Length"), Some("11"));
        assert_eq!(request.header("Transfer-Encoding"), None);
        assert_eq!(request.header("Content-Type"), Some("text/plain"));
    }
    assert_eq!(asked[2].header("Content-Type"), Some("text/html"));
}
