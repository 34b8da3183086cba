//! What is stored is read back; nothing outside of the root is reached; nothing half-written stays.

use std::fs;
use std::pin::pin;

use futures_util::{StreamExt, stream};
use trainyard_api::artifacts::FileInfo;

use super::*;

fn store() -> (tempfile::TempDir, ArtifactStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = ArtifactStore::open(folder.path().join("root").to_str().unwrap()).unwrap();
    (folder, store)
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_stored_file_is_read_back_whole_and_in_parts() {
    let (_folder, store) = store();
    assert_eq!(store.put(&path("1/run/a.txt"), body("0123456789")).await.unwrap(), 10);
    assert_eq!(read(&store, "1/run/a.txt", None).await.unwrap(), b"0123456789");
    assert_eq!(read(&store, "1/run/a.txt", Some(ByteRange::Between(2, 4))).await.unwrap(), b"234");
    assert_eq!(read(&store, "1/run/a.txt", Some(ByteRange::From(8))).await.unwrap(), b"89");
    assert_eq!(read(&store, "1/run/a.txt", Some(ByteRange::Last(3))).await.unwrap(), b"789");
    let beyond = read(&store, "1/run/a.txt", Some(ByteRange::From(10))).await.unwrap_err();
    assert!(matches!(beyond, ArtifactError::RangeNotSatisfiable { size: 10 }));
}

#[tokio::test]
async fn a_large_file_goes_and_comes_in_pieces() {
    let (_folder, store) = store();
    let chunk: Vec<u8> = (0..100_003_u32).map(|n| n as u8).collect();
    let chunks = vec![Bytes::from(chunk.clone()); 20];
    let size = store.put(&path("big"), stream::iter(chunks.clone().into_iter().map(Ok::<_, BoxError>))).await.unwrap();
    assert_eq!(size, 2_000_060);
    assert_eq!(read(&store, "big", None).await.unwrap(), chunks.concat());
    assert_eq!(
        read(&store, "big", Some(ByteRange::Between(300_000, 1_500_000))).await.unwrap(),
        &chunks.concat()[300_000..=1_500_000]
    );
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let (_folder, store) = store();
    store.put(&path("empty"), stream::empty::<Result<Bytes, BoxError>>()).await.unwrap();
    assert_eq!(read(&store, "empty", None).await.unwrap(), b"");
    assert_eq!(store.head(&path("empty")).await.unwrap().size, 0);
}

#[tokio::test]
async fn storing_again_replaces_the_file_and_its_etag() {
    let (_folder, store) = store();
    store.put(&path("a"), body("first")).await.unwrap();
    let first = store.head(&path("a")).await.unwrap();
    store.put(&path("a"), body("other")).await.unwrap();
    let other = store.head(&path("a")).await.unwrap();
    assert_eq!(read(&store, "a", None).await.unwrap(), b"other");
    assert_eq!(first.size, other.size);
    assert_ne!(first.etag, other.etag);
}

#[tokio::test]
async fn a_directory_lists_its_direct_children() {
    let (_folder, store) = store();
    for name in ["m/z.txt", "m/a b%20c.txt", "m/data/deep/file"] {
        store.put(&path(name), body("12345")).await.unwrap();
    }
    let file = |name: &str| FileInfo { path: name.into(), is_dir: false, file_size: Some(5) };
    let directory = |name: &str| FileInfo { path: name.into(), is_dir: true, file_size: None };
    assert_eq!(store.list(&ArtifactPath::root()).await.unwrap(), [directory("m")]);
    assert_eq!(store.list(&path("m")).await.unwrap(), [file("a b%20c.txt"), directory("data"), file("z.txt")]);
    assert_eq!(store.list(&path("m/z.txt")).await.unwrap(), []);
    assert_eq!(store.list(&path("nowhere")).await.unwrap(), []);
}

#[tokio::test]
async fn deleting_takes_files_and_whole_directories() {
    let (_folder, store) = store();
    for name in ["m/a", "m/b/c", "other"] {
        store.put(&path(name), body("x")).await.unwrap();
    }
    store.delete(&path("other")).await.unwrap();
    store.delete(&path("m")).await.unwrap();
    assert_eq!(store.list(&ArtifactPath::root()).await.unwrap(), []);
    assert!(matches!(store.delete(&path("m")).await.unwrap_err(), ArtifactError::NotFound(_)));
    assert!(store.delete(&ArtifactPath::root()).await.is_err());
}

#[tokio::test]
async fn files_and_directories_do_not_take_each_others_place() {
    let (folder, store) = store();
    store.put(&path("d/f"), body("x")).await.unwrap();
    assert!(matches!(store.put(&path("d"), body("y")).await.unwrap_err(), ArtifactError::IsDirectory(_)));
    assert!(matches!(store.put(&path("d/f/g"), body("y")).await.unwrap_err(), ArtifactError::NotADirectory(_)));
    assert!(matches!(store.get(&path("d"), None).await.err().unwrap(), ArtifactError::IsDirectory(_)));
    assert!(matches!(store.get(&path("d/none"), None).await.err().unwrap(), ArtifactError::NotFound(_)));
    assert_eq!(names(&folder.path().join("root/d")), ["f"]);
}

#[tokio::test]
async fn a_name_too_long_for_the_disk_is_a_wrong_path() {
    let (_folder, store) = store();
    let error = store.put(&path(&"n".repeat(300)), body("x")).await.unwrap_err();
    assert_eq!(error.code(), trainyard_api::ErrorCode::InvalidParameterValue);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (folder, store) = store();
    store.put(&path("kept"), body("before")).await.unwrap();
    let megabyte = Bytes::from(vec![0; 1 << 20]);
    let broken = stream::iter([Ok(megabyte.clone()), Ok(megabyte), Err(std::io::Error::other("connection lost"))]);
    let error = store.put(&path("kept"), broken).await.unwrap_err();
    assert_eq!(error.to_string(), "The upload of 'kept' broke off: connection lost");
    assert_eq!(names(&folder.path().join("root")), ["kept"]);
    assert_eq!(read(&store, "kept", None).await.unwrap(), b"before");
}

#[tokio::test]
async fn an_upload_under_way_is_invisible_and_a_dropped_one_leaves_nothing() {
    let (folder, store) = store();
    let root = folder.path().join("root");
    let (place, megabyte) = (path("slow"), Bytes::from(vec![0; 1 << 20]));
    let endless = stream::iter([Ok::<_, BoxError>(megabyte)]).chain(stream::pending());
    {
        let mut upload = pin!(store.put(&place, endless));
        while !root.exists() || names(&root).is_empty() {
            assert!(futures_util::poll!(&mut upload).is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!(store.list(&ArtifactPath::root()).await.unwrap(), []);
    }
    while !names(&root).is_empty() {
        tokio::task::yield_now().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_out_of_the_root_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let (folder, store) = store();
    store.put(&path("inside/file"), body("mine")).await.unwrap();
    let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "secret").unwrap();
    symlink(&outside, root.join("absolute")).unwrap();
    symlink("../outside", root.join("relative")).unwrap();
    symlink("../outside/secret", root.join("file")).unwrap();
    symlink("inside/file", root.join("within")).unwrap();

    for name in ["absolute/secret", "relative/secret", "file"] {
        let error = store.get(&path(name), None).await.err().unwrap();
        assert!(matches!(error, ArtifactError::InvalidPath(_)), "{name}: {error}");
        store.put(&path(&format!("{name}/new")), body("x")).await.unwrap_err();
    }
    for name in ["absolute/new", "relative/new"] {
        store.put(&path(name), body("x")).await.unwrap_err();
        store.list(&path(name)).await.unwrap_err();
    }
    assert_eq!(read(&store, "within", None).await.unwrap(), b"mine");
    let listed: Vec<_> = store.list(&ArtifactPath::root()).await.unwrap().into_iter().map(|file| file.path).collect();
    assert_eq!(listed, ["inside", "within"]);

    // Writing and deleting under a link's name touches the link alone.
    store.put(&path("file"), body("new")).await.unwrap();
    store.delete(&path("absolute")).await.unwrap();
    assert_eq!(fs::read_to_string(outside.join("secret")).unwrap(), "secret");
    assert_eq!(names(&outside), ["secret"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_not_an_artifact() {
    let (folder, store) = store();
    store.put(&path("file"), body("x")).await.unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("root/pipe")).status().unwrap();
    assert!(made.success());
    assert!(matches!(store.get(&path("pipe"), None).await.err().unwrap(), ArtifactError::NotFound(_)));
}

#[tokio::test]
async fn preparing_makes_the_folder_or_says_why_not() {
    let (folder, store) = store();
    store.prepare().await.unwrap();
    assert_eq!(names(&folder.path().join("root")), [""; 0]);
    fs::write(folder.path().join("file"), "").unwrap();
    let below_a_file = ArtifactStore::open(folder.path().join("file/root").to_str().unwrap()).unwrap();
    let error = below_a_file.prepare().await.unwrap_err().to_string();
    assert!(error.contains("file/root': the folder cannot be made or written: "), "{error}");
}

#[tokio::test]
async fn a_file_uri_names_the_same_folder() {
    let (folder, store) = store();
    store.put(&path("a"), body("x")).await.unwrap();
    let same = ArtifactStore::open(&format!("file://{}/root", folder.path().display())).unwrap();
    assert_eq!(read(&same, "a", None).await.unwrap(), b"x");
}
