//! Why a server does not start, in one sentence each.

use std::fs;
use std::path::Path;

use trainyard_server::{Server, ServerConfig};

use crate::test_server::config_in;

fn refusal(folder: &Path, change: impl FnOnce(&mut ServerConfig)) -> String {
    let mut config = config_in(folder);
    change(&mut config);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime.block_on(Server::bind(config)).err().expect("the server starts");
    error.to_string().replace(folder.to_str().unwrap(), "[folder]")
}

#[test]
fn a_port_in_use_is_named_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let message = refusal(folder.path(), |config| config.port = port);
    insta::assert_snapshot!(message.replace(&port.to_string(), "[port]"), @"port [port] of 127.0.0.1 is already in use; choose another with --port, or stop the program that has it");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(refusal(folder.path(), |config| config.host = "192.0.2.1".to_owned()), @"cannot listen on 192.0.2.1:0: Cannot assign requested address (os error 99)");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let below = |name: &str| folder.path().join("file").join(name).display().to_string();
    insta::assert_snapshot!(refusal(folder.path(), |config| config.artifacts_destination = below("artifacts")), @"Invalid artifact location '[folder]/file/artifacts': the folder cannot be made or written: Not a directory (os error 20)");
    let database = format!("sqlite:///{}", below("yard.db"));
    insta::assert_snapshot!(refusal(folder.path(), |config| config.backend_store_uri = database), @"the database [folder]/file/yard.db cannot be opened: folder [folder]/file cannot be made: File exists (os error 17)");
}

#[test]
fn addresses_of_stores_that_do_not_exist_here_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = |uri: &str| refusal(folder.path(), |config| config.backend_store_uri = uri.to_owned());
    insta::assert_snapshot!(store("mysql://user@host/db"), @"the store `mysql://…@host/db` cannot be used: only SQLite and PostgreSQL are supported");
    insta::assert_snapshot!(store("nonsense"), @"the store `nonsense` cannot be used: it begins neither with `sqlite:///` nor with `postgresql://`");
    let artifacts = |uri: &str| refusal(folder.path(), |config| config.artifacts_destination = uri.to_owned());
    insta::assert_snapshot!(artifacts("hdfs://host/path"), @"Invalid artifact location 'hdfs://host/path': the scheme 'hdfs' is not supported; use a folder, file://, s3://, gs:// or abfss://");
    let prefix = |prefix: &str| refusal(folder.path(), |config| config.static_prefix = prefix.to_owned());
    insta::assert_snapshot!(prefix("tracking"), @"the static prefix 'tracking' has to begin with '/' and may hold neither '{' nor '}' nor a final '/'");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yard.db");
    fs::write(&file, "not a database, but long enough to be looked at closely by one").unwrap();
    insta::assert_snapshot!(refusal(folder.path(), |_| {}), @"[folder]/yard.db is not a database");
    assert!(fs::read_to_string(&file).unwrap().starts_with("not a database"));
}
