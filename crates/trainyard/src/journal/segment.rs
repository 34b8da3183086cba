//! The files that records are appended to: of a fixed size, all of it allocated before the first byte is written.

#![allow(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memmap2::MmapMut;

use super::folder::private;
use super::record::{FRAME, frame};

/// What a segment begins with: its kind, and the version of the format.
pub(super) const START: [u8; 8] = *b"TYSEG\0\0\x01";
/// Size of the first segment of a journal; each later one is four times as large, up to [`LARGEST`].
pub(super) const SMALLEST: usize = 256 << 10;
/// Size below which no segment is made, though the disk be full.
pub(super) const LEAST: usize = SMALLEST / 2;
/// Size of the segments of a busy journal: seldom enough that making one does not count, small enough to be given back soon.
pub(super) const LARGEST: usize = 8 << 20;

/// Where a segment of a journal lies.
pub(super) fn path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.segment"))
}

/// A segment that is being written, mapped into memory.
pub(super) struct Segment {
    map: MmapMut,
    used: usize,
}

impl Segment {
    /// Makes a segment with room for `size` bytes. A full disk shows here, and leaves nothing behind.
    pub(super) fn create(path: &Path, size: usize) -> io::Result<Self> {
        let file = private(OpenOptions::new().read(true).write(true).create_new(true)).open(path)?;
        let made = allocate(&file, size).and_then(|()| map(&file)).inspect_err(|_| {
            // What went wrong with the segment is the error that counts.
            let _ = fs::remove_file(path);
        });
        let mut map = made?;
        map[..START.len()].copy_from_slice(&START);
        Ok(Self { map, used: START.len() })
    }

    /// Bytes that are left.
    pub(super) fn room(&self) -> usize {
        self.map.len() - self.used
    }

    /// Where the next record goes.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Appends a record, for which there has to be [`room`](Self::room).
    pub(super) fn append(&mut self, payload: &[u8]) {
        let at = self.used;
        self.used += FRAME + payload.len();
        self.map[at + FRAME..self.used].copy_from_slice(payload);
        self.map[at..at + FRAME].copy_from_slice(&frame(payload));
    }
}

fn map(file: &File) -> io::Result<MmapMut> {
    // SAFETY: a mapping is a slice of memory as long as nothing else changes or shortens the file.
    // - The file was made by `create` just now with `create_new` and mode 0600 in a folder of mode 0700, under a name
    //   that no other journal uses; `create` calls this once, so there is one mapping, which `Segment` owns.
    // - Nobody but its owner writes to it: readers open segments read-only, and other processes leave a journal whose
    //   lock is held alone. A forked child has the mapping too, but writes to a journal of its own (`PerProcess`).
    // - It is never shortened, only removed, which leaves the mapping as it is.
    // - All its blocks are allocated, so that no store into it can find the disk full and end in SIGBUS.
    unsafe { MmapMut::map_mut(file) }
}

/// Gives a file its full length on disk, filled with zeros.
fn allocate(file: &File, size: usize) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    loop {
        use rustix::io::Errno;
        match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, size as u64) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => {}
            // File systems such as NFS before 4.2 cannot.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => break,
            Err(error) => return Err(error.into()),
        }
    }
    let zeros = vec![0; 64 << 10];
    let mut file = file;
    let mut left = size;
    while left > 0 {
        let part = left.min(zeros.len());
        file.write_all(&zeros[..part])?;
        left -= part;
    }
    file.flush()
}
