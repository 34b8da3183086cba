//! Memory stays bounded whatever passes through.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::process::Command;

use crate::TestServer;

/// Far more than what a growing allocator may keep, far less than a file.
pub const BOUND_KILOBYTES: u64 = 64 << 10;
const FILE_BYTES: usize = 256 << 20;

pub fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_large_file_passes_in_both_directions_in_little_memory() {
    // In a process of its own, because other tests use memory too.
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(["--exact", "memory::large_file", "--ignored"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "run by a_large_file_passes_in_both_directions_in_little_memory"]
fn large_file() {
    let server = TestServer::start();
    let target = "/api/2.0/mlflow-artifacts/artifacts/large";
    let chunk = vec![0x5a; 1 << 20];
    let before = peak_kilobytes();
    let mut connection = server.connect();
    connection.send_head("PUT", target, &[], FILE_BYTES);
    for _ in 0..FILE_BYTES / chunk.len() {
        connection.send(&chunk).unwrap();
    }
    assert_eq!(connection.answer("PUT").snapshot(), "200 {}");

    let mut download = std::net::TcpStream::connect(&server.address).unwrap();
    write!(download, "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut received = 0;
    loop {
        let read = download.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        received += read;
    }
    assert!(received > FILE_BYTES);
    let grown = peak_kilobytes() - before;
    assert!(grown < BOUND_KILOBYTES, "{grown} kilobytes more for a file of {} megabytes", FILE_BYTES >> 20);
}
